import type { AbandonedKey, HistoryEntry, RecordedKey, RotationStatus, RunningRotation } from '../../api/types.ts';
import type { Facts, FoundKey, LabelledKey } from '../facts.ts';
import { compareOrdinals } from '../ordinal.ts';
import { abandonedPlaces, withAbandoned } from './abandoned.ts';
import { recordedTarget } from './recorded.ts';
import { committed, statusOf } from './status.ts';

const HISTORY_LIMIT = 10;

/** Step 9: the new key is the current one and the rotation is history. */
export function finish(
  facts: Facts,
  rotation: RunningRotation,
  newKey: NonNullable<RunningRotation['newKey']>,
  result: string,
): RotationStatus {
  const { rotation: _, abandoned: __, drift: ___, repairs, ...status } = statusOf(facts);
  const skipped = skippedTick(facts);
  const { rollbackOf: revision } = rotation;
  const generation = facts.object.metadata.generation ?? 0;
  return {
    ...status,
    // A person who asks for another key has seen to what was repaired so often; a schedule has not.
    ...(repairs && rotation.trigger !== 'Requested' ? { repairs } : {}),
    current: publishedKey(facts, rotation, newKey),
    lastRotationTime: facts.time.stamp,
    ...(skipped === undefined ? {} : { lastTick: skipped }),
    history: extendHistory(facts, entryOf(facts, rotation, newKey.keyID, result, rotation.oldKey?.keyID)),
    ...(revision === undefined ? {} : { rolledBack: { revision, generation, trigger: rotation.trigger } }),
  };
}

/** The tick that passed while the rotation ran: it is not made up for. */
export function skippedTick({ schedule }: Facts): string | undefined {
  return schedule.type === 'Valid' && schedule.due ? schedule.tick : undefined;
}

/** Lists keys that may then be revoked under rule R. */
export function abandon(facts: Facts, keys: readonly LabelledKey[], reason: string): RotationStatus {
  const status = statusOf(facts);
  const targets = abandonedPlaces(status.rotation?.plan.targets ?? status.current?.targets ?? []);
  const entries = keys.map(
    ({ keyID, revision, attempt, issuer }): AbandonedKey => ({ revision, attempt, keyID, issuer, targets, reason }),
  );
  return { ...status, abandoned: withAbandoned(status, entries) };
}

/** The key of an unanswered issue call has been found: from now on it is a listed orphan like any other. */
export function identify(facts: Facts, { keyID, ...ordinal }: FoundKey): RotationStatus {
  const status = statusOf(facts);
  const abandoned = (status.abandoned ?? []).map((entry) =>
    entry.keyID === undefined && compareOrdinals(entry, ordinal) === 0 ? { ...entry, keyID } : entry,
  );
  return { ...status, abandoned };
}

/** The key that the running rotation has published, as status records one: in a roll back the restored key at its new places. */
export function publishedKey(
  facts: Facts,
  rotation: RunningRotation,
  newKey: NonNullable<RunningRotation['newKey']>,
): RecordedKey {
  const versions = new Map((rotation.targets ?? []).map((target) => [target.name, target]));
  return {
    ...newKey,
    ...(rotation.restoredKey?.adopted ? { adopted: true } : {}),
    ...committed(facts),
    ...rotation.plan.key,
    issuer: rotation.plan.issuer,
    targets: rotation.plan.targets.map((target) => recordedTarget(target, versions.get(target.name))),
  };
}

/** The history, newest first, with one more entry. */
export function extendHistory(facts: Facts, entry: HistoryEntry): HistoryEntry[] {
  return [entry, ...(statusOf(facts).history ?? [])].slice(0, HISTORY_LIMIT);
}

/** What history keeps of a rotation that published `keyID`; `revokedKeyID`: the key that it retired, if it came so far. */
export function entryOf(
  facts: Facts,
  rotation: RunningRotation,
  keyID: string | undefined,
  result: string,
  revokedKeyID: string | undefined,
): HistoryEntry {
  const { trigger, reason, startedAt, publishedAt, migratedAt, rollbackOf, revokeIntent } = rotation;
  const { revision, attempt } = committed(facts);
  return {
    revision,
    ...(rollbackOf === undefined ? {} : { rollbackOf }),
    attempts: attempt,
    trigger,
    ...(reason === undefined ? {} : { reason }),
    result,
    ...(keyID === undefined ? {} : { keyID }),
    ...(revokedKeyID === undefined ? {} : { revokedKeyID }),
    ...(revokeIntent === undefined ? {} : { basis: revokeIntent.basis }),
    startedAt,
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(migratedAt === undefined ? {} : { migratedAt }),
    finishedAt: facts.time.stamp,
  };
}
