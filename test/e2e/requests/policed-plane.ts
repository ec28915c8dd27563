import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterRoles, namespaceRoles, OPERATOR } from '../../integration/documented-roles.ts';
import { type Answer, type ControlPlane, startControlPlane } from '../components/control-plane.ts';
import { type Cluster, createCluster } from '../world/cluster.ts';

const TOP = join(import.meta.dirname, '../../..');
const MERGE = 'application/merge-patch+json';

/** A real control plane with our CRDs, the operator's documented roles, people, and policies of `config`. */
export interface PolicedPlane {
  readonly plane: ControlPlane;
  readonly cluster: Cluster;
  /** As a person; a PATCH merges. */
  send(user: string, method: string, path: string, body?: unknown): Promise<Answer>;
  /** As the operator's ServiceAccount, which a real one would be in its groups as well. */
  sendAsOperator(method: string, path: string, body: unknown): Promise<Answer>;
}

/** `people`: the namespace, its people and what they may, as YAML; `files`: paths in the project. */
export async function startPolicedPlane(
  namespace: string,
  { people, files, secretTargets }: { people: string; files: readonly string[]; secretTargets: boolean },
): Promise<PolicedPlane> {
  const plane = await startControlPlane();
  const cluster = createCluster(plane);
  try {
    for (const file of readdirSync(join(TOP, 'crds'))) await cluster.apply(readProjectFile(`crds/${file}`));
    await cluster.apply(people);
    for (const file of files) await cluster.apply(readProjectFile(file));
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
    send: (user, method, path, body) =>
      plane.request(method, path, body, { headers: { 'Impersonate-User': user }, ...merging(method) }),
    sendAsOperator: async (method, path, body) =>
      plane.request(method, path, body, { token: await cluster.token(OPERATOR), ...merging(method) }),
  };
}

/** The text of a file of the project. */
export function readProjectFile(path: string): string {
  return readFileSync(join(TOP, path), 'utf8');
}

/** An answer as tests compare it: its status, and the message of a refusal. */
export function shown({ status, body }: Answer): string {
  return `${status} ${(body as { message?: string }).message ?? ''}`;
}
