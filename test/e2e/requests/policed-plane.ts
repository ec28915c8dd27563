import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { clusterRoles, namespaceRoles, OPERATOR } from '../../integration/documented-roles.ts';
import { type Answer, type ControlPlane, startControlPlane } from '../components/control-plane.ts';
import { programPath } from '../components/locate.ts';
import { type Cluster, createCluster } from '../world/cluster.ts';

const TOP = join(import.meta.dirname, '../../..');
const MERGE = 'application/merge-patch+json';

/** A real control plane with our CRDs, the operator's documented roles, people, and policies of `config`, put there as a page says. */
export interface PolicedPlane {
  readonly plane: ControlPlane;
  readonly cluster: Cluster;
  /** As a person; a PATCH merges. */
  send(user: string, method: string, path: string, body?: unknown): Promise<Answer>;
  /** As the operator's ServiceAccount, which a real one would be in its groups as well. */
  sendAsOperator(method: string, path: string, body: unknown): Promise<Answer>;
}

interface Policed {
  /** The namespace, its people and what they may, as YAML. */
  readonly people: string;
  /** The group of a person, where somebody has one. */
  readonly groups?: Readonly<Record<string, string>>;
  /** What an administrator types in the project's folder, once people are there. */
  readonly commands?: string;
  readonly secretTargets: boolean;
  /** More flags of the API server. */
  readonly apiServerFlags?: readonly string[];
}

export async function startPolicedPlane(
  namespace: string,
  { people, groups = {}, commands = '', secretTargets, apiServerFlags = [] }: Policed,
): Promise<PolicedPlane> {
  const plane = await startControlPlane({ apiServerFlags });
  const cluster = createCluster(plane);
  try {
    for (const file of readdirSync(join(TOP, 'crds'))) await cluster.apply(readProjectFile(`crds/${file}`));
    await cluster.apply(people);
    await typeAsAdministrator(plane, commands);
    await cluster.apply(clusterRoles({ wholeCluster: true }));
    await cluster.apply(namespaceRoles(namespace, { secretTargets }));
  } catch (error) {
    await plane.stop({ keepLogs: true });
    throw error;
  }
  const merging = (method: string) => (method === 'PATCH' ? { contentType: MERGE } : {});
  return {
    plane,
    cluster,
    send: (user, method, path, body) => {
      const group = groups[user];
      const headers = { 'Impersonate-User': user, ...(group !== undefined && { 'Impersonate-Group': group }) };
      return plane.request(method, path, body, { headers, ...merging(method) });
    },
    sendAsOperator: async (method, path, body) =>
      plane.request(method, path, body, { token: await cluster.token(OPERATOR), ...merging(method) }),
  };
}

/** Rejects when a command fails. */
async function typeAsAdministrator(plane: ControlPlane, commands: string): Promise<void> {
  const config = join(plane.folder, 'administrator');
  await writeFile(config, plane.kubeconfig(), { mode: 0o600 });
  const env = {
    PATH: `${dirname(programPath('kubectl'))}:${process.env.PATH}`,
    HOME: plane.folder,
    KUBECONFIG: config,
  };
  await promisify(execFile)('sh', ['-ec', commands], { cwd: TOP, env });
}

/** The text of a file of the project. */
function readProjectFile(path: string): string {
  return readFileSync(join(TOP, path), 'utf8');
}

/** An answer as tests compare it: its status, and the message of a refusal. */
export function shown({ status, body }: Answer): string {
  return `${status} ${(body as { message?: string }).message ?? ''}`;
}
