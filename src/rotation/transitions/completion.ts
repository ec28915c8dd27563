import type { AbandonedKey, HistoryEntry, RecordedKey, RotationStatus, RunningRotation } from '../../api/types.ts';
import type { Facts, LabelledKey } from '../facts.ts';
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
  const { rotation: _, abandoned: __, ...status } = statusOf(facts);
  const skipped = skippedTick(facts);
  return {
    ...status,
    current: currentKey(facts, rotation, newKey),
    lastRotationTime: facts.time.stamp,
    ...(skipped === undefined ? {} : { lastTick: skipped }),
    history: [historyEntry(facts, rotation, newKey.keyID, result), ...(status.history ?? [])].slice(0, HISTORY_LIMIT),
  };
}

/** The tick that passed while the rotation ran: it is not made up for. */
export function skippedTick({ schedule }: Facts): string | undefined {
  return schedule.type === 'Valid' && schedule.due ? schedule.tick : undefined;
}

/** Lists keys that may then be revoked under rule R. */
export function abandon(facts: Facts, keys: readonly LabelledKey[], reason: string): RotationStatus {
  const status = statusOf(facts);
  const targets = (status.rotation?.plan.targets ?? status.current?.targets ?? []).map(
    ({ name, storeUID, address, path }) => ({
      name,
      address,
      path,
      storeUID: storeUID ?? '',
    }),
  );
  const entries = keys.map(
    ({ keyID, revision, attempt, issuer }): AbandonedKey => ({ revision, attempt, keyID, issuer, targets, reason }),
  );
  return { ...status, abandoned: [...(status.abandoned ?? []), ...entries].slice(-64) };
}

function currentKey(
  facts: Facts,
  rotation: RunningRotation,
  newKey: NonNullable<RunningRotation['newKey']>,
): RecordedKey {
  const versions = new Map((rotation.targets ?? []).map((target) => [target.name, target]));
  return {
    ...newKey,
    ...committed(facts),
    ...rotation.plan.key,
    issuer: rotation.plan.issuer,
    targets: rotation.plan.targets.map((target) => recordedTarget(target, versions.get(target.name))),
  };
}

function historyEntry(facts: Facts, rotation: RunningRotation, keyID: string, result: string): HistoryEntry {
  const { trigger, reason, startedAt, publishedAt, migratedAt, oldKey, revokeIntent } = rotation;
  const { revision, attempt } = committed(facts);
  return {
    revision,
    attempts: attempt,
    trigger,
    ...(reason === undefined ? {} : { reason }),
    result,
    keyID,
    ...(oldKey === undefined ? {} : { revokedKeyID: oldKey.keyID }),
    ...(revokeIntent === undefined ? {} : { basis: revokeIntent.basis }),
    startedAt,
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(migratedAt === undefined ? {} : { migratedAt }),
    finishedAt: facts.time.stamp,
  };
}
