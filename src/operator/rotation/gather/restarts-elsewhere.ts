import type { ApiKeyRotation } from '../../../api/types.ts';

/** A restart that takes longer than a Deployment is given by default to make progress does not hold up those of other rotations. */
const COUNTS_FOR_MS = 600_000;

/** Workloads that wait for the end of a restart that this rotation made, each with the time when it was seen to have begun. */
export function restartingWorkloads({ status }: ApiKeyRotation): { readonly name: string; readonly since: string }[] {
  return (status?.rotation?.consumers ?? []).flatMap(({ state, rollout }) =>
    state === 'Pending' && rollout?.restartedAt ? [{ name: rollout.workload, since: rollout.restartedAt }] : [],
  );
}

/**
 * Workloads that restart for other rotations of a namespace, from caches: the bound on restarts is there to spare the cluster, and one
 * more is no harm. `now`: server time in milliseconds.
 */
export function restartsElsewhere(
  others: readonly ApiKeyRotation[],
  uid: string | undefined,
  now: number,
): readonly string[] {
  const restarting = others.filter(({ metadata }) => metadata.uid !== uid).flatMap(restartingWorkloads);
  const counting = restarting.filter(({ since }) => now - Date.parse(since) < COUNTS_FOR_MS);
  return [...new Set(counting.map(({ name }) => name))].sort();
}
