import type { DriftedTarget, RecordedKey, RotationStatus, TargetVersion } from '../../api/types.ts';
import type { Facts } from '../facts.ts';
import { isRepaired, recentRepairs } from '../repair-limit.ts';
import { samePlace } from '../same-place.ts';
import { committed, statusOf } from './status.ts';

// Each function answers the whole next status for one compare-and-set; conditions are added by `present`.

/** What was seen, and whether it may be replaced. A repair that was begun is over with it. */
export function recordDrift(facts: Facts, targets: readonly DriftedTarget[], gaveUp = false): RotationStatus {
  const status = statusOf(facts);
  return {
    ...status,
    drift: {
      seenAt: status.drift?.seenAt ?? facts.time.stamp,
      policy: isRepaired(facts) ? 'Repair' : 'Report',
      ...(gaveUp ? { gaveUp } : {}),
      targets: [...targets],
    },
  };
}

/** The attempt under which the current key is written again, with a claim of this process. */
export function beginRepair(facts: Facts, targets: readonly DriftedTarget[]): RotationStatus {
  const { drift, ...status } = recordDrift(facts, targets);
  return {
    ...status,
    attempt: committed(facts).attempt + 1,
    repairs: [...recentRepairs(facts), facts.time.stamp],
    ...(drift && { drift: { ...drift, repair: { claim: facts.freshClaim, at: facts.time.stamp } } }),
  };
}

/** The current key stands at all targets again but those that are `left`, at some in other versions than before. */
export function endDrift(
  facts: Facts,
  current: RecordedKey,
  versions: readonly TargetVersion[],
  left: readonly DriftedTarget[] = [],
): RotationStatus {
  const { drift: _, ...status } = statusOf(facts);
  const { drift } = left.length > 0 ? recordDrift(facts, left) : {};
  const targets = current.targets.map((known) => versions.find((now) => samePlace(now, known)) ?? known);
  return { ...status, ...(drift && { drift }), current: { ...current, targets } };
}
