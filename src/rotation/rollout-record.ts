import type { ConsumerStatus } from '../api/types.ts';
import type { RolloutFinding } from './assessment.ts';

/** What status keeps of a consumer's workload. */
export type RolloutRecord = NonNullable<ConsumerStatus['rollout']>;

/** The record is about this workload and this copy; of another one nothing holds. */
export function isRecordOf(
  record: RolloutRecord | undefined,
  found: Pick<RolloutFinding, 'workload' | 'workloadUID' | 'copy'>,
): record is RolloutRecord {
  return (
    record !== undefined &&
    record.workload === found.workload &&
    record.workloadUID === found.workloadUID &&
    record.copy === found.copy
  );
}

/**
 * The record after a look; `stamp` (RFC 3339) is a moment that the look was certainly not after. A copy that was new and is not any more
 * is new from the next time on that it is seen to be: pods that started meanwhile may have read the other value.
 */
export function recordRollout(
  before: RolloutRecord | undefined,
  found: RolloutFinding | undefined,
  stamp: string,
): RolloutRecord | undefined {
  if (!found) return before;
  const { workload, workloadUID, copy, copyIsNew, newSince, isRestarted } = found;
  const known = isRecordOf(before, found) ? before : undefined;
  const copySeenAt = copyIsNew ? (known?.copySeenAt ?? newSince ?? stamp) : undefined;
  const restartedAt = known?.restartedAt ?? (isRestarted ? stamp : undefined);
  return {
    workload,
    workloadUID,
    copy,
    ...(copySeenAt === undefined ? {} : { copySeenAt }),
    ...(restartedAt === undefined ? {} : { restartedAt }),
  };
}
