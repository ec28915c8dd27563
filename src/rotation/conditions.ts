import { PROTOCOL } from '../api/names.ts';
import type { Condition, RotationStatus, RunningRotation } from '../api/types.ts';
import { driftTold } from './drift-told.ts';
import { later, milliseconds, toTimestamp } from './duration.ts';
import type { Explanation } from './explanation.ts';
import type { Facts } from './facts.ts';
import { heldGeneration, isHeldBack } from './held-back.ts';
import { consumersText } from './missing-consumers.ts';
import { permissionText } from './permissions.ts';
import { renewalTime } from './renewal.ts';
import { samePlace } from './same-place.ts';
import { withLeak, withRefusal, withRequests } from './told-requests.ts';
import { heldStart } from './trigger.ts';

/** What the status alone does not tell. */
export interface Circumstance {
  /** Replaces what the phase says: what is waited for right now. */
  readonly rotating?: Explanation;
  /** Nothing moves without a human. */
  readonly stalled?: Explanation;
  /** Spec or references are not valid. */
  readonly notReady?: Explanation;
}

/** The status with everything that is derived from it: conditions, summary, next rotation. */
export function present(facts: Facts, status: RotationStatus, circumstance: Circumstance = {}): RotationStatus {
  // What a request waits for is told by what stands after this write.
  const seen = { ...facts, object: { ...facts.object, status } };
  const { conditions: before = [], consumersSummary: _, nextRotationTime: __, ...rest } = status;
  const summary = summaryOf(status.rotation);
  const next = nextRotation(seen, status);
  const generation = heldGeneration(facts);
  return {
    ...rest,
    ...(status.rolledBack && generation !== undefined ? { rolledBack: { ...status.rolledBack, generation } } : {}),
    protocol: PROTOCOL,
    // Never changed once it is there: another installation's status is not ours to take.
    installation: status.installation ?? facts.installation,
    observedGeneration: facts.object.metadata.generation ?? 0,
    ...(summary === undefined ? {} : { consumersSummary: summary }),
    ...(next === undefined ? {} : { nextRotationTime: next }),
    conditions: conditionsOf(seen, status, circumstance).map((condition) => withTransition(condition, before, facts)),
  };
}

/** The next tick or the renewal before expiry, whichever comes first; for what is due and held back, the time until which it is. */
function nextRotation(facts: Facts, { current }: RotationStatus): string | undefined {
  if (isHeldBack(facts)) return undefined;
  const until = heldStart(facts)?.until;
  if (until !== undefined) return toTimestamp(until);
  const { object, schedule } = facts;
  const tick = schedule.type === 'Valid' ? schedule.next : undefined;
  const renewal = current && renewalTime(object.spec, current);
  if (renewal === undefined) return tick;
  return tick !== undefined && Date.parse(tick) < renewal ? tick : toTimestamp(renewal);
}

type Verdict = Pick<Condition, 'type' | 'status'> & Explanation;

function conditionsOf(facts: Facts, status: RotationStatus, { rotating, stalled, notReady }: Circumstance): Verdict[] {
  const { rotation, current } = status;
  const phase: Explanation = rotation
    ? withRefusal(rotation, phaseOf(facts, rotation))
    : { reason: 'Settled', message: 'no rotation is running' };
  const drift = driftTold(facts, status);
  const needed = stalled ?? (drift?.needsHuman ? drift.told : undefined);
  const pending = (rotation?.consumers ?? []).filter((consumer) => consumer.state === 'Pending');
  return [
    ready(
      current !== undefined,
      notReady ??
        missingTarget(facts) ??
        (current ? undefined : { reason: 'NoKey', message: 'no key has been published yet' }) ??
        (drift?.isServed ? undefined : drift?.told),
    ),
    { type: 'Rotating', status: rotation ? 'True' : 'False', ...withRequests(facts, rotating ?? drift?.told ?? phase) },
    rotation?.oldKey && (pending.length > 0 || !rotation.publishedAt)
      ? { type: 'ConsumersMigrated', status: 'False', reason: 'Pending', message: pendingMessage(pending) }
      : { type: 'ConsumersMigrated', status: 'True', reason: 'AllMigrated', message: 'no consumer is waited for' },
    rotation?.oldKey
      ? {
          type: 'OldKeyRevoked',
          status: 'False',
          reason: 'OldKeyAlive',
          message: `key ${rotation.oldKey.keyID} is not revoked yet`,
        }
      : { type: 'OldKeyRevoked', status: 'True', reason: 'NoOldKey', message: 'no old key is alive' },
    needed
      ? { type: 'Stalled', status: 'True', ...withLeak(facts, needed) }
      : { type: 'Stalled', status: 'False', reason: 'Progressing', message: 'no human is needed' },
  ];
}

/** A target of spec that does not have the current key yet: one that was added, or that a rotation went on without. */
function missingTarget({ object: { status }, references }: Facts): Explanation | undefined {
  const { current, rotation } = status ?? {};
  if (!current || rotation || references.type !== 'Resolved') return undefined;
  const missing = references.plan.targets.filter(
    (target) => !current.targets.some((known) => samePlace(known, target)),
  );
  if (missing.length === 0) return undefined;
  const names = missing.map(({ name }) => name).join(', ');
  return { reason: 'TargetPending', message: `these targets do not have the current key yet: ${names}` };
}

function ready(hasKey: boolean, problem: Explanation | undefined): Verdict {
  if (problem) return { type: 'Ready', status: 'False', ...problem };
  return {
    type: 'Ready',
    status: hasKey ? 'True' : 'False',
    reason: 'KeyPublished',
    message: 'every target holds a key that was verified and is alive',
  };
}

/** What a running rotation is at, since when, and whom it waits for. */
export function phaseOf(facts: Facts, rotation: RunningRotation): Explanation {
  if (rotation.revokeIntent) {
    const { keyID, decidedAt } = rotation.revokeIntent;
    return { reason: 'Revoking', message: `revoking key ${keyID} at the issuer, as decided at ${decidedAt}` };
  }
  if (rotation.inPlace) return inPlacePhase(rotation, rotation.inPlace);
  const attempt = `attempt ${rotation.attemptID.split('/').at(-1)}, begun at ${rotation.attemptAt},`;
  if (rotation.publishedAt && !rotation.oldKey)
    return { reason: 'Publishing', message: `${attempt} has the first key in every target and records it` };
  if (rotation.publishedAt)
    return { reason: 'Migrating', message: migratingMessage(facts, rotation, rotation.publishedAt) };
  if (rotation.restoredKey)
    return {
      reason: 'Publishing',
      message: `${attempt} publishes key ${rotation.restoredKey.keyID} again: revision ${rotation.rollbackOf} is rolled back (${rotation.reason})`,
    };
  return {
    reason: 'Issuing',
    message: `${attempt} obtains and publishes a new key (trigger ${rotation.trigger})`,
  };
}

function inPlacePhase(
  { startedAt }: RunningRotation,
  { keyID, add }: NonNullable<RunningRotation['inPlace']>,
): Explanation {
  const message = `since ${startedAt} the issuer is asked to add permissions [${permissionText(add)}] to key ${keyID}, which stays in use; to have a new key issued instead, set spec.key.onPermissionChange to Reissue`;
  return { reason: 'UpdatingPermissions', message };
}

function migratingMessage(facts: Facts, rotation: RunningRotation, publishedAt: string): string {
  const { migration, withoutEvidence } = facts.object.spec;
  if (withoutEvidence) {
    return `the old key is revoked at ${later(publishedAt, milliseconds(withoutEvidence.overlap))} without evidence`;
  }
  const pending = (rotation.consumers ?? []).filter((consumer) => consumer.state === 'Pending');
  if (pending.length === 0) return graceMessage(rotation.migratedAt, migration?.gracePeriod);
  const deadline = migration?.deadline ? ` until ${later(rotation.startedAt, milliseconds(migration.deadline))}` : '';
  const expiry = rotation.oldKey?.expiresAt ? `; the old key expires by itself at ${rotation.oldKey.expiresAt}` : '';
  return `${pendingMessage(pending)}, since ${publishedAt}${deadline}${expiry}; a consumer that no longer exists is released by removing it from spec.consumers`;
}

function graceMessage(migratedAt: string | undefined, gracePeriod: string | undefined): string {
  if (migratedAt === undefined) return 'all consumers have moved';
  return `all consumers have moved; the old key is revoked after ${later(migratedAt, milliseconds(gracePeriod))}`;
}

function pendingMessage(pending: readonly { name: string; message?: string }[]): string {
  if (pending.length === 0) return 'the new key is not published yet';
  return `waiting for ${consumersText(pending)}`;
}

function summaryOf(rotation: RunningRotation | undefined): string | undefined {
  const consumers = rotation?.consumers;
  if (!rotation?.oldKey || !consumers?.length) return undefined;
  return `${consumers.filter((consumer) => consumer.state === 'Migrated').length}/${consumers.length}`;
}

function withTransition(verdict: Verdict, before: readonly Condition[], facts: Facts): Condition {
  const old = before.find((condition) => condition.type === verdict.type);
  const lastTransitionTime = old?.status === verdict.status ? old.lastTransitionTime : facts.time.stamp;
  return {
    ...verdict,
    message: verdict.message.slice(0, 4096),
    observedGeneration: facts.object.metadata.generation ?? 0,
    lastTransitionTime,
  };
}
