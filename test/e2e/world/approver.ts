import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { typeAs } from './person.ts';
import type { Rotation } from './tenant.ts';
import type { World } from './world.ts';

const CONFIG = join(import.meta.dirname, '../../../config');
const NAME = 'oscar';

/** Installs the policy about reports, and lets one person approve in a namespace: what docs/evidence-approval.md asks for. */
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

/** That person types the command that the status shows; answers what kubectl says. */
export async function approve(world: World, status: Rotation['status'], consumer: string): Promise<string> {
  const [, command = ''] = told(status, consumer).split('\n');
  return typeAs(world, NAME, command);
}
