import type {
  AbandonedKey,
  ConsumerStatus,
  HistoryEntry,
  Plan,
  PlannedTarget,
  RecordedKey,
  RotationStatus,
  RunningRotation,
  TargetVersion,
} from '../api/types.ts';
import { formatAttemptId } from '../key/attempt-id.ts';
import type { ConsumerAssessment } from './assessment.ts';
import { later } from './duration.ts';
import type { Delivered, Facts, LabelledKey } from './facts.ts';
import type { Ordinal } from './ordinal.ts';
import { pendingToken, type Trigger } from './trigger.ts';

// Each function answers the whole next status for one compare-and-set; conditions are added by `present`.

const HISTORY_LIMIT = 10;
/** Issue calls are counted over this long. */
export const ISSUE_WINDOW_MS = 3_600_000;

/** The present status; an object that has none starts from nothing. */
export function statusOf(facts: Facts): RotationStatus {
  return facts.object.status ?? {};
}

/** Revision and attempt that status has committed. */
export function committed(facts: Facts): Ordinal {
  const { revision = 0, attempt = 0 } = statusOf(facts);
  return { revision, attempt };
}

/** Step 1: a new revision with its plan, under a claim of this process. */
export function beginRevision(facts: Facts, plan: Plan, trigger: Trigger): RotationStatus {
  const status = statusOf(facts);
  const token = trigger.token ?? (status.revision ? undefined : pendingToken(facts));
  const ordinal = { revision: (status.revision ?? 0) + 1, attempt: 1 };
  return {
    ...status,
    ...ordinal,
    ...(token === undefined ? {} : { lastHandled: { ...status.lastHandled, rotate: token } }),
    ...(trigger.tick === undefined ? {} : { lastTick: trigger.tick }),
    issueCalls: [...recentIssueCalls(facts), facts.time.stamp],
    rotation: {
      ...attemptFields(facts, ordinal),
      trigger: trigger.type,
      ...(trigger.reason === undefined ? {} : { reason: trigger.reason }),
      startedAt: facts.time.stamp,
      plan,
      ...(status.current ? { oldKey: status.current } : {}),
      targets: pendingTargets(plan),
      consumers: pendingConsumers(facts, {}),
    },
  };
}

/** The next attempt of the same revision, with a claim of this process, to take over or to fence. Its issue call is not made. */
export function beginRecovery(facts: Facts, rotation: RunningRotation): RotationStatus {
  return {
    ...nextAttempt(facts, { ...rotation, recovering: true }),
    // An issue call with unknown outcome may be carried out later than any sweep that ends this rotation.
    sweepAfter: later(facts.time.stamp, facts.limits.sweepDelay),
  };
}

/** The next attempt of the same revision that issues a key; `token`: the rotate token that gives it all its tries again. */
export function beginReissue(facts: Facts, rotation: RunningRotation, token: string | undefined): RotationStatus {
  const { recovering: _, newKey: __, publishedAt: ___, migratedAt: ____, ...rest } = rotation;
  const plan = currentPlan(facts, rotation);
  const fresh: RunningRotation = {
    ...rest,
    ...(token === undefined ? {} : { failedVerifications: 0 }),
    plan,
    targets: pendingTargets(plan),
    consumers: pendingConsumers(facts, {}),
  };
  return {
    ...nextAttempt(facts, fresh),
    issueCalls: [...recentIssueCalls(facts), facts.time.stamp],
    ...(token === undefined ? {} : { lastHandled: { ...statusOf(facts).lastHandled, rotate: token } }),
  };
}

/**
 * The plan for the next issue call of this revision: what the spec says now of the key. Issuer and targets stay as they were
 * frozen once a second attempt exists, because keys of earlier attempts are looked for there.
 */
export function currentPlan(facts: Facts, { plan }: RunningRotation): Plan {
  if (facts.references.type !== 'Resolved') return plan;
  const { plan: now } = facts.references;
  return committed(facts).attempt === 1 ? now : { ...plan, key: now.key };
}

/** Step 5: every target serves the new key. */
export function publish(
  facts: Facts,
  rotation: RunningRotation,
  { key, targets, proofHashes }: Delivered,
): RotationStatus {
  return {
    ...statusOf(facts),
    rotation: {
      ...rotation,
      newKey: key,
      publishedAt: facts.time.stamp,
      targets: targets.map((target) => ({ ...target, state: 'Published' as const })),
      consumers: pendingConsumers(facts, proofHashes),
    },
  };
}

/** The consumers of spec, those added during the wait with what they can prove. */
export function changeConsumers(facts: Facts, rotation: RunningRotation): RotationStatus {
  const known = new Map((rotation.consumers ?? []).map((consumer) => [consumer.name, consumer]));
  const wanted = pendingConsumers(facts, facts.proofHashes ?? {});
  // Grace counts from the last consumer; a new one has not moved yet.
  const { migratedAt: _, ...rest } = rotation;
  return {
    ...statusOf(facts),
    rotation: { ...rest, consumers: wanted.map((consumer) => ({ ...consumer, ...known.get(consumer.name) })) },
  };
}

/** What the consumers have shown so far; `since` moves only when a consumer's state does. */
export function progress(
  facts: Facts,
  rotation: RunningRotation,
  assessments: readonly ConsumerAssessment[],
): RunningRotation {
  const before = new Map((rotation.consumers ?? []).map((consumer) => [consumer.name, consumer]));
  const consumers = assessments.map((now) => consumerStatus(now, before.get(now.name), facts));
  const allMigrated = consumers.every((consumer) => consumer.state === 'Migrated');
  const { migratedAt, ...rest } = rotation;
  return { ...rest, consumers, ...(allMigrated ? { migratedAt: migratedAt ?? facts.time.stamp } : {}) };
}

/** Step 7: the old key may be revoked; no way back. */
export function decideRevocation(
  facts: Facts,
  rotation: RunningRotation,
  old: RecordedKey,
  basis: 'Evidence' | 'WithoutEvidence',
): RotationStatus {
  return {
    ...statusOf(facts),
    rotation: { ...rotation, revokeIntent: { keyID: old.keyID, decidedAt: facts.time.stamp, basis } },
  };
}

/** After a long wait between intent and revocation the evidence still holds. */
export function renewRevocation(
  facts: Facts,
  rotation: RunningRotation,
  intent: NonNullable<RunningRotation['revokeIntent']>,
): RotationStatus {
  return { ...statusOf(facts), rotation: { ...rotation, revokeIntent: { ...intent, checkedAt: facts.time.stamp } } };
}

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

/** Issue calls of the last hour that count against the hourly limit. */
export function recentIssueCalls(facts: Facts): string[] {
  return (statusOf(facts).issueCalls ?? [])
    .filter((time) => !(facts.time.now - Date.parse(time) >= ISSUE_WINDOW_MS))
    .slice(-31);
}

function nextAttempt(facts: Facts, rotation: RunningRotation): RotationStatus {
  const { revision, attempt } = committed(facts);
  const ordinal = { revision, attempt: attempt + 1 };
  return { ...statusOf(facts), ...ordinal, rotation: { ...rotation, ...attemptFields(facts, ordinal) } };
}

function attemptFields(facts: Facts, ordinal: Ordinal): Pick<RunningRotation, 'attemptID' | 'attemptAt' | 'claim'> {
  const uid = facts.object.metadata.uid ?? '';
  return {
    attemptID: formatAttemptId({ installation: facts.installation, uid, ...ordinal }),
    attemptAt: facts.time.stamp,
    claim: facts.freshClaim,
  };
}

function pendingTargets(plan: Plan): NonNullable<RunningRotation['targets']> {
  return plan.targets.map(({ name }) => ({ name, state: 'Pending' }));
}

function pendingConsumers(facts: Facts, proofHashes: Readonly<Record<string, string>>): ConsumerStatus[] {
  return (facts.object.spec.consumers ?? []).map(({ name }) => {
    const hash = proofHashes[name];
    return { name, state: 'Pending', since: facts.time.stamp, ...(hash === undefined ? {} : { proofHash: hash }) };
  });
}

function consumerStatus(now: ConsumerAssessment, before: ConsumerStatus | undefined, facts: Facts): ConsumerStatus {
  const since = before?.state === now.state ? before.since : facts.time.stamp;
  return {
    name: now.name,
    state: now.state,
    ...(since === undefined ? {} : { since }),
    ...(now.missingPods.length === 0 ? {} : { missingPods: now.missingPods.slice(0, 10) }),
    ...(before?.proofHash === undefined ? {} : { proofHash: before.proofHash }),
    message: now.message.slice(0, 1024),
  };
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

/** A target and its version as status records them with a key. */
export function recordedTarget(
  { name, storeName, storeUID, address, path, fields }: PlannedTarget,
  written: { readonly version?: string; readonly createdTime?: string } | undefined,
): TargetVersion {
  const { version, createdTime } = written ?? {};
  return {
    name,
    storeName,
    storeUID,
    address,
    path,
    keyField: keyFieldOf(fields),
    ...(version === undefined ? {} : { version }),
    ...(createdTime === undefined ? {} : { createdTime }),
  };
}

/** The field of a target that holds the key's text. */
export function keyFieldOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields).find(([, source]) => source === 'key')?.[0] ?? 'key';
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
