import type { DriftedTarget } from '../api/types.ts';
import { isOf } from '../key/attempt-id.ts';
import type { Facts, TargetFact } from './facts.ts';
import { isAbove } from './ordinal.ts';
import { currentAt, isRecorded, type Present } from './replacement.ts';
import { committed, ownerOf, statusOf } from './transitions/status.ts';

/** What has changed behind our back at the targets that were looked at. */
export function driftsOf(facts: Facts): DriftedTarget[] {
  return (facts.targets ?? []).flatMap((target) => {
    const change = driftAt(target, facts);
    return change ? [driftedTarget(target, change)] : [];
  });
}

/**
 * What has become of the current key at a target; undefined where it stands there, and the next rotation may write over it.
 *
 *     Deleted   ── nothing stands there, or a version with none of our fields and no marker
 *     Changed   ── another text than the current key's, or none in its field
 *     Unmarked  ── the current key's text in a version that is not ours
 *     Foreign   ── the marker of another rotation or installation, whatever the text; no marker, and nothing by which to record the value
 *
 * A marker of ours above the committed attempt is no drift: it says that status comes from the past (rule R).
 */
export function driftAt(target: TargetFact, facts: Facts): DriftedTarget['change'] | undefined {
  if (target.presence === 'Absent') return 'Deleted';
  const { marker, hasOurFields } = target;
  if (!marker && !isReplaceable(target)) return 'Foreign';
  if (!marker && !hasOurFields) return 'Deleted';
  const isOurs = marker !== undefined && isOf(marker, ownerOf(facts));
  if (isOurs && isAbove(marker, committed(facts))) return undefined;
  if (marker && !isOurs) return 'Foreign';
  if (target.fingerprint !== statusOf(facts).current?.fingerprint) return 'Changed';
  return isOurs || isAsRecorded(target, facts) ? undefined : 'Unmarked';
}

/** Whether a value without a marker can be recorded so that rule W knows it again, or needs not be since all its fields stay. */
function isReplaceable({ versionsNameValues, fingerprint, fieldsPolicy, hasOurFields }: Present): boolean {
  return versionsNameValues || fingerprint !== undefined || (fieldsPolicy === 'Merge' && !hasOurFields);
}

function isAsRecorded(target: Present, facts: Facts): boolean {
  const recorded = currentAt(target, statusOf(facts));
  return recorded !== undefined && isRecorded(target, recorded);
}

function driftedTarget(target: TargetFact, change: DriftedTarget['change']): DriftedTarget {
  const { name, address, path } = target;
  const place = { name, address, path, change };
  if (target.presence === 'Absent') return place;
  const { version, createdTime, fingerprint, versionsNameValues } = target;
  return {
    ...place,
    // Where other edits change the version too, it tells nothing and would be news each time.
    ...(versionsNameValues ? { version } : {}),
    ...(versionsNameValues && createdTime !== undefined ? { createdTime } : {}),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}
