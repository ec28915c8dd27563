import type { AbandonedKey, ConsumerStatus, Plan, RotationStatus, RunningRotation } from '../../api/types.ts';
import { formatAttemptId } from '../../key/attempt-id.ts';
import { later } from '../duration.ts';
import type { Facts } from '../facts.ts';
import type { Ordinal } from '../ordinal.ts';
import { keysInUse, orphansOf } from '../orphans.ts';
import { recentRepairs } from '../repair-limit.ts';
import type { Trigger } from '../trigger.ts';
import { type LeftKey, leftBehind } from '../unanswered.ts';
import { withAbandoned } from './abandoned.ts';
import { abandon } from './completion.ts';
import { replacedKeys } from './replaced-keys.ts';
import { committed, handled, ownerOf, presentTokens, statusOf } from './status.ts';

// Each function answers the whole next status for one compare-and-set; conditions are added by `present`.

/** Issue calls are counted over this long. */
export const ISSUE_WINDOW_MS = 3_600_000;

/** Step 1: a new revision with its plan, under a claim of this process. */
export function beginRevision(facts: Facts, plan: Plan, trigger: Trigger): RotationStatus {
  const { rolledBack: _, ...status } = withOrphans(facts);
  const ordinal = { revision: (status.revision ?? 0) + 1, attempt: 1 };
  return {
    ...status,
    ...ordinal,
    ...handled(
      facts,
      status.revision ? { rotate: trigger.token, emergency: trigger.emergency?.token } : presentTokens(facts),
    ),
    ...(trigger.tick === undefined ? {} : { lastTick: trigger.tick }),
    issueCalls: [...recentIssueCalls(facts), facts.time.stamp],
    ...(trigger.type === 'Drift' ? { repairs: [...recentRepairs(facts), facts.time.stamp] } : {}),
    rotation: {
      ...attemptFields(facts, ordinal),
      trigger: trigger.type,
      ...(trigger.emergency === undefined ? {} : { leakedKeyID: trigger.emergency.keyID }),
      ...(trigger.reason === undefined ? {} : { reason: trigger.reason }),
      startedAt: facts.time.stamp,
      plan,
      ...(status.current ? { oldKey: status.current } : {}),
      targets: pendingTargets(plan),
      consumers: pendingConsumers(facts, {}),
    },
  };
}

/**
 * Keys that were issued so late that no sweep met them are seen in the list that is read before the intent. Listed here, they are
 * revoked when this rotation ends, with the evidence of all consumers.
 */
function withOrphans(facts: Facts): RotationStatus {
  const status = statusOf(facts);
  const listed = new Set((status.abandoned ?? []).map(({ keyID }) => keyID));
  // Nobody works on the committed attempt any more: a second key of it, which a restore has let come, is an orphan too.
  const next = { revision: committed(facts).revision + 1, attempt: 1 };
  const orphans = orphansOf(facts.labelled ?? [], next, keysInUse(status));
  const unlisted = orphans.filter(({ keyID }) => !listed.has(keyID));
  return unlisted.length === 0 ? status : abandon(facts, unlisted, 'found alive before the rotation began');
}

/**
 * The next attempt of the same revision, with a claim of this process, to take over or to fence. Its issue call is not made.
 * `key`: that of the attempt that is given up, where it may still live.
 */
export function beginRecovery(facts: Facts, rotation: RunningRotation, key: LeftKey = {}): RotationStatus {
  return { ...nextAttempt(facts, { ...rotation, recovering: true }), ...toSweep(facts, rotation, key) };
}

/** What an attempt that is given up leaves to be found and swept. */
export function toSweep(
  facts: Facts,
  rotation: RunningRotation,
  key: LeftKey,
): Pick<RotationStatus, 'abandoned' | 'sweepAfter'> {
  const left = leftBehind(facts, rotation, key);
  return {
    ...(left.length === 0 ? {} : { abandoned: withAbandoned(statusOf(facts), left) }),
    // An issue call with unknown outcome may be carried out later than any sweep that ends this rotation.
    sweepAfter: later(facts.time.stamp, facts.limits.sweepDelay),
  };
}

/** The next attempt of a roll back: publishes the restored key once more. No issue call, whatever became of the attempt before. */
export function beginRestoration(facts: Facts, rotation: RunningRotation, token: string | undefined): RotationStatus {
  return { ...nextAttempt(facts, unpublished(facts, rotation, rotation.plan)), ...handled(facts, { rotate: token }) };
}

/** The next attempt of the same revision that issues a key; `token`: the rotate token that gives it all its tries again. */
export function beginReissue(facts: Facts, rotation: RunningRotation, token: string | undefined): RotationStatus {
  const abandoned = abandonedBy(facts, rotation, token);
  const fresh: RunningRotation = {
    ...unpublished(facts, rotation, currentPlan(facts, rotation)),
    ...(token === undefined ? {} : { failedVerifications: 0 }),
  };
  return {
    ...nextAttempt(facts, fresh),
    abandoned,
    issueCalls: [...recentIssueCalls(facts), facts.time.stamp],
    ...handled(facts, { rotate: token }),
  };
}

/**
 * The new key has leaked and there is no way back: the next attempt issues another, and the leaked key, listed as any published key
 * that is replaced, is revoked as soon as no target carries it.
 */
export function replaceLeaked(
  facts: Facts,
  rotation: RunningRotation,
  leakedKeyID: string,
  token: string,
): RotationStatus {
  const next = beginReissue(facts, rotation, undefined);
  const reason = `emergency ${token}`.slice(0, 256);
  return {
    ...next,
    ...handled(facts, { emergency: token }),
    abandoned: next.abandoned?.map((key) => (key.keyID === leakedKeyID ? { ...key, leaked: true, reason } : key)) ?? [],
  };
}

/** The running rotation as it is before its key is published. */
function unpublished(facts: Facts, rotation: RunningRotation, plan: Plan): RunningRotation {
  const { recovering: _, newKey: __, publishedAt: ___, migratedAt: ____, ...rest } = rotation;
  return { ...rest, plan, targets: pendingTargets(plan), consumers: pendingConsumers(facts, {}) };
}

/** The same issue call once more, counted as one. */
export function repeatCall(facts: Facts): RotationStatus {
  return { ...statusOf(facts), issueCalls: [...recentIssueCalls(facts), facts.time.stamp] };
}

/** A key that is replaced may be in use. A token says that a person has seen to the calls that nobody answered. */
function abandonedBy(facts: Facts, rotation: RunningRotation, token: string | undefined): AbandonedKey[] {
  const replaced = replacedKeys(facts, rotation);
  const ids = replaced.map(({ keyID }) => keyID);
  const known = (statusOf(facts).abandoned ?? []).filter(({ keyID }) =>
    keyID === undefined ? token === undefined : !ids.includes(keyID),
  );
  return withAbandoned({ abandoned: known }, replaced);
}

/**
 * The plan for the next issue call of this revision: what the spec says now of the key. Issuer and targets stay as they were
 * frozen once a second attempt exists, because keys of earlier attempts are looked for there. A roll back has nothing to issue.
 */
export function currentPlan(facts: Facts, { plan, publishedAt, restoredKey }: RunningRotation): Plan {
  if (facts.references.type !== 'Resolved' || restoredKey) return plan;
  const { plan: now } = facts.references;
  return committed(facts).attempt === 1 && !publishedAt ? now : { ...plan, key: now.key };
}

/** The plan of the next issue call, whether it begins a revision or an attempt; undefined where none can be. */
export function nextPlan(facts: Facts): Plan | undefined {
  const { rotation } = statusOf(facts);
  if (rotation) return currentPlan(facts, rotation);
  return facts.references.type === 'Resolved' ? facts.references.plan : undefined;
}

/** Issue calls of the last hour that count against the hourly limit. */
export function recentIssueCalls(facts: Facts): string[] {
  return (statusOf(facts).issueCalls ?? [])
    .filter((time) => !(facts.time.now - Date.parse(time) >= ISSUE_WINDOW_MS))
    .slice(-31);
}

/** Whether a call of the namespace was made within the last hour. */
export function isRecent({ time: { now } }: Facts, time: string): boolean {
  return now - Date.parse(time) < ISSUE_WINDOW_MS;
}

function nextAttempt(facts: Facts, { parked: _, request: __, ...rotation }: RunningRotation): RotationStatus {
  const { revision, attempt } = committed(facts);
  const ordinal = { revision, attempt: attempt + 1 };
  const targets = pendingTargets(rotation.plan);
  return { ...statusOf(facts), ...ordinal, rotation: { ...rotation, ...attemptFields(facts, ordinal), targets } };
}

/** The identity of an attempt, under a claim of this process. */
export function attemptFields(
  facts: Facts,
  ordinal: Ordinal,
): Pick<RunningRotation, 'attemptID' | 'attemptAt' | 'claim'> {
  return {
    attemptID: formatAttemptId({ ...ownerOf(facts), ...ordinal }),
    attemptAt: facts.time.stamp,
    claim: facts.freshClaim,
  };
}

/** Nothing is written yet. */
export function pendingTargets(plan: Plan): NonNullable<RunningRotation['targets']> {
  return plan.targets.map(({ name }) => ({ name, state: 'Pending' }));
}

/** Nobody has moved yet. */
export function pendingConsumers(facts: Facts, proofHashes: Readonly<Record<string, string>>): ConsumerStatus[] {
  return (facts.object.spec.consumers ?? []).map(({ name }) => {
    const hash = proofHashes[name];
    return { name, state: 'Pending', since: facts.time.stamp, ...(hash === undefined ? {} : { proofHash: hash }) };
  });
}
