import type { RotationStatus } from '../api/types.ts';
import { type AttemptId, isOf } from '../key/attempt-id.ts';
import type { MarkerFact, TargetFact } from './facts.ts';
import { compareOrdinals, formatOrdinal } from './ordinal.ts';
import { samePlace } from './same-place.ts';

/** Who wants to write what: an attempt of one object, and the key that it holds (none while only asking beforehand). */
export interface Writer extends AttemptId {
  readonly key?: { readonly keyID: string; readonly fingerprint: string };
}

/** What was recorded about the value that may be replaced without a marker: current, adopted or drifted. */
export interface RecordedValue {
  /** Of the key field; undefined where there was none. */
  readonly fingerprint?: string;
  readonly version?: string;
  readonly createdTime?: string;
}

type Place = Pick<TargetFact, 'address' | 'path'>;

/** What status recorded about values at a target that may be replaced: the current key's, and one that is to be repaired. */
export function recordedAt(place: Place, status: RotationStatus): RecordedValue[] {
  return [currentAt(place, status), driftedAt(place, status)].filter((value) => value !== undefined);
}

/** What status recorded about the current key's value at a target. */
export function currentAt(place: Place, { current }: RotationStatus): RecordedValue | undefined {
  const target = current?.targets.find((recorded) => samePlace(recorded, place));
  return current && target && { fingerprint: current.fingerprint, ...versionOf(target) };
}

/** What others have written is not ours to replace. A place that was empty leaves nothing by which to know what stands there now. */
function driftedAt(place: Place, { drift }: RotationStatus): RecordedValue | undefined {
  const target = drift?.policy === 'Repair' && drift.targets.find((recorded) => samePlace(recorded, place));
  if (!target || target.change === 'Foreign') return undefined;
  if (target.version === undefined && target.fingerprint === undefined) return undefined;
  return { ...(target.fingerprint === undefined ? {} : { fingerprint: target.fingerprint }), ...versionOf(target) };
}

function versionOf({ version, createdTime }: Omit<RecordedValue, 'fingerprint'>): Omit<RecordedValue, 'fingerprint'> {
  return {
    ...(version === undefined ? {} : { version }),
    ...(createdTime === undefined ? {} : { createdTime }),
  };
}

/** `Done`: our own write stands there already. */
export type Replacement =
  | { readonly type: 'Replace' }
  | { readonly type: 'Done' }
  | {
      readonly type: 'Stop';
      readonly reason: 'ForeignValue' | 'ForeignMarker' | 'HigherMarker';
      readonly message: string;
    };

/**
 * Rule W: a publish may replace only nothing, a lower marker of ours, or exactly the value recorded. The write itself is a
 * compare-and-set on what was read here.
 */
export function replacement(target: TargetFact, writer: Writer, recorded: readonly RecordedValue[]): Replacement {
  if (target.presence === 'Absent') return { type: 'Replace' };
  if (target.marker && isOf(target.marker, writer)) return byOwnMarker(target, target.marker, writer);
  if (recorded.some((value) => isRecorded(target, value))) return { type: 'Replace' };
  if (target.marker) {
    const problem = `belongs to the rotation with uid ${target.marker.uid}`;
    return stop(
      'ForeignMarker',
      target,
      problem,
      'choose another path in spec.targets, or delete the other rotation and its value',
    );
  }
  if (target.fieldsPolicy === 'Merge' && !target.hasOurFields) return { type: 'Replace' };
  const merge = target.hasOurFields ? '' : ', or set fieldsPolicy to Merge to keep its fields beside ours';
  return stop(
    'ForeignValue',
    target,
    'holds a value that this rotation did not write',
    `remove the value, or choose another path in spec.targets${merge}`,
  );
}

/** A target where something stands. */
export type Present = Extract<TargetFact, { presence: 'Present' }>;

function byOwnMarker(target: Present, marker: MarkerFact, writer: Writer): Replacement {
  const order = compareOrdinals(marker, writer);
  if (order < 0) return { type: 'Replace' };
  const holdsOurKey = marker.keyID === writer.key?.keyID && target.fingerprint === writer.key?.fingerprint;
  if (order === 0 && holdsOurKey) return { type: 'Done' };
  return stop(
    'HigherMarker',
    target,
    `carries the marker ${formatOrdinal(marker)}`,
    `attempt ${formatOrdinal(writer)} must not write there`,
  );
}

/** Whether exactly this stood there when it was recorded. */
export function isRecorded(target: Present, recorded: RecordedValue): boolean {
  if (target.fingerprint !== recorded.fingerprint) return false;
  if (!target.versionsNameValues) return true;
  return target.version === recorded.version && target.createdTime === recorded.createdTime;
}

function stop(
  reason: 'ForeignValue' | 'ForeignMarker' | 'HigherMarker',
  { name, path }: TargetFact,
  problem: string,
  remedy: string,
): Replacement {
  return { type: 'Stop', reason, message: `target ${name}: ${path} ${problem}; ${remedy}` };
}
