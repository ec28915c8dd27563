import type { Plan, RecordedKey, RotationStatus, RunningRotation } from '../../api/types.ts';
import type { Facts } from '../facts.ts';
import { attemptFields, pendingConsumers, pendingTargets } from './attempts.ts';
import { entryOf, extendHistory, publishedKey } from './completion.ts';
import { committed, handled, statusOf } from './status.ts';

/** Why a rotation is rolled back, and the tokens that are handled with it. */
export interface RollBackCause {
  readonly trigger: 'RollBack' | 'Deadline' | 'Emergency';
  readonly reason: string;
  /** The key that dies without a wait, where that is why. */
  readonly leakedKeyID?: string | undefined;
  readonly handled: Readonly<Record<string, string | undefined>>;
}

/**
 * A roll back is a forward revision: the key that the running rotation retires is published again, and the key that it published
 * is retired. `current` stays what it was before both.
 */
export function beginRollBack(
  facts: Facts,
  rotation: RunningRotation,
  restoredKey: RecordedKey,
  cause: RollBackCause,
): RotationStatus {
  const status = statusOf(facts);
  const { revision } = committed(facts);
  const ordinal = { revision: revision + 1, attempt: 1 };
  const plan = restoringPlan(rotation.plan, restoredKey);
  return {
    ...status,
    ...ordinal,
    ...handled(facts, cause.handled),
    history: extendHistory(facts, entryOf(facts, rotation, rotation.newKey?.keyID, 'RolledBack', undefined)),
    rotation: {
      ...attemptFields(facts, ordinal),
      trigger: cause.trigger,
      reason: cause.reason.slice(0, 512),
      rollbackOf: revision,
      ...(cause.leakedKeyID === undefined ? {} : { leakedKeyID: cause.leakedKeyID }),
      restoredKey,
      startedAt: facts.time.stamp,
      plan,
      oldKey: retiredKey(facts, rotation, restoredKey),
      targets: pendingTargets(plan),
      consumers: pendingConsumers(facts, {}),
    },
  };
}

/** The running rotation goes on; it is said why it cannot be rolled back. */
export function refuseRollBack(facts: Facts, token: string | undefined, why: string): RotationStatus {
  const { rotation, ...status } = statusOf(facts);
  return {
    ...status,
    ...handled(facts, { rollback: token }),
    ...(rotation && { rotation: { ...rotation, rollbackRefused: why.slice(0, 1024) } }),
  };
}

/** The plan of a roll back: the places of the rotation before it; issuer and key as the restored one was recorded. */
export function restoringPlan(
  { key, targets }: Plan,
  { issuer, environment, permissions, organization }: RecordedKey,
): Plan {
  return {
    issuer,
    key: {
      environment: environment ?? key.environment,
      permissions: permissions ?? key.permissions,
      ...(organization === undefined ? {} : { organization }),
    },
    targets,
  };
}

/** What consumers may be using now. A roll back that is not published yet has given them nothing but the key that it restores. */
function retiredKey(facts: Facts, rotation: RunningRotation, restored: RecordedKey): RecordedKey {
  if (rotation.newKey) return publishedKey(facts, rotation, rotation.newKey);
  return rotation.restoredKey ?? restored;
}
