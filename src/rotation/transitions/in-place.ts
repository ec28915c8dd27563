import type { Plan, RecordedKey, RotationStatus, RunningRotation } from '../../api/types.ts';
import type { Facts } from '../facts.ts';
import type { Trigger } from '../trigger.ts';
import { attemptFields, pendingConsumers, pendingTargets, recentIssueCalls } from './attempts.ts';
import { entryOf, extendHistory } from './completion.ts';
import { committed, handled, statusOf } from './status.ts';

// Permissions that are added to the current key. Each function answers the whole next status for one compare-and-set.

/** A new revision that issues no key. It counts as an issue call: who edits specs must not keep an issuer busy. */
export function beginInPlace(facts: Facts, plan: Plan, current: RecordedKey, trigger: Trigger): RotationStatus {
  const { rolledBack: _, ...status } = statusOf(facts);
  const ordinal = { revision: committed(facts).revision + 1, attempt: 1 };
  return {
    ...status,
    ...ordinal,
    issueCalls: [...recentIssueCalls(facts), facts.time.stamp],
    rotation: {
      ...attemptFields(facts, ordinal),
      trigger: trigger.type,
      ...(trigger.reason === undefined ? {} : { reason: trigger.reason }),
      startedAt: facts.time.stamp,
      plan,
      inPlace: additionTo(facts, plan, current),
    },
  };
}

/** The next attempt of the same revision, under a claim of this process: somebody else's, or by another plan. */
export function goOnInPlace(facts: Facts, rotation: RunningRotation, plan: Plan, current: RecordedKey): RotationStatus {
  const { revision, attempt } = committed(facts);
  const ordinal = { revision, attempt: attempt + 1 };
  const next = { ...rotation, ...attemptFields(facts, ordinal), plan, inPlace: additionTo(facts, plan, current) };
  return { ...statusOf(facts), ...ordinal, rotation: next };
}

/** The current key has what was asked for, and stays where it is. It was not rotated: its schedule goes on as before. */
export function finishInPlace(facts: Facts, rotation: RunningRotation, current: RecordedKey): RotationStatus {
  const { permissions } = rotation.plan.key;
  return endedAs(facts, rotation, { ...current, permissions: [...permissions] }, 'PermissionsUpdated');
}

/** The spec wants a key of another place by now: what was begun here is of no use any more. */
export function giveUpInPlace(facts: Facts, rotation: RunningRotation, current: RecordedKey): RotationStatus {
  return endedAs(facts, rotation, current, 'Superseded');
}

/**
 * The same revision goes on with a new key, which retires the current one. `seen`: what that one may do by now, so that it can be
 * gone back to. `emergency`: it has leaked.
 */
export function reissueInPlace(
  facts: Facts,
  rotation: RunningRotation,
  current: RecordedKey,
  { seen, emergency }: { readonly seen?: readonly string[]; readonly emergency?: string } = {},
): RotationStatus {
  const { revision, attempt } = committed(facts);
  const ordinal = { revision, attempt: attempt + 1 };
  const { inPlace: _, ...rest } = rotation;
  const old = seen === undefined ? current : { ...current, permissions: [...seen] };
  return {
    ...statusOf(facts),
    ...ordinal,
    ...handled(facts, { emergency }),
    current: old,
    issueCalls: [...recentIssueCalls(facts), facts.time.stamp],
    rotation: {
      ...rest,
      ...attemptFields(facts, ordinal),
      ...(emergency === undefined ? {} : { leakedKeyID: old.keyID }),
      oldKey: old,
      targets: pendingTargets(rotation.plan),
      consumers: pendingConsumers(facts, {}),
    },
  };
}

function additionTo(
  { object: { metadata, spec } }: Facts,
  { key }: Plan,
  { keyID, permissions = [] }: RecordedKey,
): NonNullable<RunningRotation['inPlace']> {
  const add = key.permissions.filter((permission) => !permissions.includes(permission));
  // Whoever decides wants one, and may look there who wants the permissions.
  const origin = `spec.key.permissions of ApiKeyRotation ${metadata.namespace}/${metadata.name}`;
  return { keyID, add, reason: spec.key.reason ?? origin.slice(0, 256) };
}

function endedAs(facts: Facts, rotation: RunningRotation, current: RecordedKey, result: string): RotationStatus {
  const { rotation: _, ...status } = statusOf(facts);
  return {
    ...status,
    current,
    history: extendHistory(facts, entryOf(facts, rotation, current.keyID, result, undefined)),
  };
}
