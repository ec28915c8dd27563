import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from '../components/locate.ts';
import type { Rotation } from './tenant.ts';
import type { World } from './world.ts';

const CONFIG = join(import.meta.dirname, '../../../config');
const NAME = 'oscar';
const run = promisify(execFile);

/** Installs the policy about reports, and lets one person approve in a namespace: what docs/evidence.md asks for. */
export async function admitApprover({ cluster }: World, namespace: string): Promise<void> {
  for (const file of ['approval-roles.yaml', 'report-policy.yaml']) {
    await cluster.apply(await readFile(join(CONFIG, file), 'utf8'));
  }
  await cluster.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: approvers, namespace: ${namespace}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: apikeyrotation-approvers}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${NAME}}]
`);
}

/** What the status tells of a consumer that is waited for. */
export const told = (status: Rotation['status'], consumer: string): string =>
  status?.rotation?.consumers?.find(({ name }) => name === consumer)?.message ?? '';

interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

/** That person types the command that the status shows; answers what kubectl says. */
export async function approve({ plane }: World, status: Rotation['status'], consumer: string): Promise<string> {
  const [, command = ''] = told(status, consumer).split('\n');
  const config = join(plane.folder, 'approver');
  await writeFile(config, plane.kubeconfig(), { mode: 0o600 });
  const env = { PATH: `${dirname(programPath('kubectl'))}:${process.env.PATH}`, HOME: plane.folder, CONFIG: config };
  const script = `kubectl() { command kubectl --kubeconfig "$CONFIG" --as ${NAME} "$@"; }; ${command}`;
  // A command that fails has said why.
  const { stdout, stderr } = await run('sh', ['-c', script], { env }).catch((failure: Said) => failure);
  return `${stdout}${stderr}`;
}
