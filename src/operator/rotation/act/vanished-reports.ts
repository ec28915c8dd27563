import { reports } from '../../../api/resources.ts';
import type { MigrationReport } from '../../../api/types.ts';
import type { PodView } from '../../../evidence/pod-view.ts';
import type { KubeApi } from '../../../runtime/kube/kube-api.ts';

/** A report whose pod is gone, or is no consumer's any more. */
export interface VanishedReport {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** More go with the rotations to come: a rollout of thousands of pods must not hold up the end of a rotation. */
const MAX_AT_ONCE = 100;

/** Those whose pod is not among these, which are all that may be a consumer's. */
export function vanishedReports(found: readonly MigrationReport[], pods: readonly PodView[]): VanishedReport[] {
  const present = new Set(pods.map((pod) => pod.uid));
  const gone = found.filter(({ spec }) => spec.reporter?.podUID !== undefined && !present.has(spec.reporter.podUID));
  return gone
    .slice(0, MAX_AT_ONCE)
    .flatMap(({ metadata: { namespace, name, uid } }) => (namespace && uid ? [{ namespace, name, uid }] : []));
}

/** Deletes them. One that stays is no harm: it counts for nothing. */
export async function dropReports(kube: Pick<KubeApi, 'delete'>, vanished: readonly VanishedReport[]): Promise<void> {
  for (const { namespace, name, uid } of vanished) {
    await kube.delete({ resource: reports, namespace, name }, { uid }).catch(() => undefined);
  }
}
