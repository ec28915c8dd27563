import { isLive, type PodView } from '../pod-view.ts';
import type { WorkloadView } from './workload.ts';

/** The label in which a Deployment's pods carry the hash of their template. */
const TEMPLATE_HASH = 'pod-template-hash';

type Owned = Pick<WorkloadView, 'kind' | 'name'>;

/**
 * The live pods of a workload among those that its selector selects: all but those that are seen to belong to somebody else. Pods of a
 * namesake that was deleted and pods without owner count: they use the key as well.
 */
export function podsOfWorkload(workload: Owned, selected: readonly PodView[]): PodView[] {
  return selected.filter((pod) => isLive(pod) && !isOfAnother(workload, pod));
}

function isOfAnother({ kind, name }: Owned, { controller, labels }: PodView): boolean {
  if (!controller) return false;
  if (kind !== 'Deployment') return controller.kind !== kind || controller.name !== name;
  if (controller.kind !== 'ReplicaSet') return true;
  // A Deployment names its ReplicaSets after itself and the hash; of one by another name it cannot be told whose it is.
  const hash = labels[TEMPLATE_HASH];
  return !!hash && controller.name.endsWith(`-${hash}`) && controller.name !== `${name}-${hash}`;
}
