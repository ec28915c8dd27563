import type { RecordedKey, RunningRotation } from '../../api/types.ts';
import { isOf } from '../../key/attempt-id.ts';
import type { ConsumerAssessment } from '../assessment.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Rule } from '../decision.ts';
import { elapsed, milliseconds } from '../duration.ts';
import type { Facts, TargetFact } from '../facts.ts';
import { KUBELET_LAG_MS } from '../kubelet-lag.ts';
import { rollBackCommand, rotateCommand } from '../requests.ts';
import { decideRevocation, isWaived, progress } from '../transitions/migration.ts';
import { committed, ownerOf, statusOf } from '../transitions/status.ts';
import { pendingToken } from '../trigger.ts';
import { consumersChanged } from './consumers-changed.ts';
import { waitForPending } from './deadline.ts';
import { finishing } from './finishing.ts';
import { reissue } from './next-attempt.ts';
import { notOurs, notYetKnown } from './old-key.ts';
import { moveRollouts, recordRollouts } from './rolling-out.ts';
import { stateRegressionAtTargets } from './state-regression.ts';
import { revokeLeaked } from './sweep.ts';
import { stalled } from './waiting.ts';
import { outsideWindow } from './window.ts';

/** Step 6: waits for the consumers, then step 7: looks at everything live and commits the intent to revoke. */
export const migrating: Rule = (facts) => {
  const { rotation } = statusOf(facts);
  if (!rotation?.publishedAt || rotation.revokeIntent) return undefined;
  if (!rotation.oldKey) return finishing(facts, rotation, 'Published');
  return revokeLeaked(facts) ?? waitForMigration(facts, rotation) ?? intendRevocation(facts, rotation, rotation.oldKey);
};

function waitForMigration(facts: Facts, rotation: RunningRotation): Decision | undefined {
  if (isWaived(rotation)) return undefined;
  return facts.object.spec.withoutEvidence ? waitForOverlap(facts, rotation) : waitForConsumers(facts, rotation);
}

function waitForOverlap(facts: Facts, rotation: RunningRotation): Decision | undefined {
  const { overlap } = facts.object.spec.withoutEvidence ?? {};
  return waitUntil(facts, rotation, rotation.publishedAt, milliseconds(overlap)) ?? outsideWindow(facts, rotation);
}

function waitForConsumers(facts: Facts, rotation: RunningRotation): Decision | undefined {
  const changed = consumersChanged(facts, rotation);
  if (changed) return changed;
  const assessments = facts.liveEvidence ?? facts.evidence;
  if (!assessments) return lookFor(facts, 'evidence');
  // Cached reports tell the best case: a pod that has never reported is unknown to them. Grace starts with a live look.
  const startsGrace = rotation.migratedAt === undefined && milliseconds(facts.object.spec.migration?.gracePeriod) > 0;
  if (startsGrace && allMigrated(assessments) && !facts.liveEvidence) return lookFor(facts, 'liveEvidence');
  const seen = progress(facts, rotation, assessments);
  const recorded = recordRollouts(facts, rotation, seen);
  if (recorded) return recorded;
  const pending = waitForPending(facts, seen, assessments);
  if (pending?.type === 'Wait')
    return waitInVain(facts, rotation) ?? moveRollouts(facts, seen, assessments, pending) ?? pending;
  if (pending) return pending;
  const { gracePeriod } = facts.object.spec.migration ?? {};
  return (
    waitForKubelets(facts, seen) ??
    waitUntil(facts, seen, seen.migratedAt, milliseconds(gracePeriod)) ??
    outsideWindow(facts, seen)
  );
}

/** A workload without pods may get one at any moment, which must not start with the old key any more. */
function waitForKubelets(facts: Facts, seen: RunningRotation): Decision | undefined {
  const last = (seen.consumers ?? [])
    .flatMap(({ rollout }) => rollout?.copySeenAt ?? [])
    .sort()
    .at(-1);
  return last === undefined ? undefined : waitUntil(facts, seen, last, KUBELET_LAG_MS);
}

/** Nobody can move to a key that a target does not serve any more; the targets are looked at now and then during the wait. */
function waitInVain(facts: Facts, rotation: RunningRotation): Decision | undefined {
  return facts.targets && (stateRegressionAtTargets(facts) ?? targetNotServing(facts, rotation));
}

function allMigrated(assessments: readonly ConsumerAssessment[]): boolean {
  return assessments.every((consumer) => consumer.state === 'Migrated');
}

/** Waits until `ms` have passed since `start`, by the API server's clock; undefined when they have. */
function waitUntil(facts: Facts, seen: RunningRotation, start: string | undefined, ms: number): Decision | undefined {
  const since = elapsed(facts.time, start, ms);
  if (since === 'Yes') return undefined;
  if (since === 'Ask') return { type: 'Look', at: ['time'] };
  return { type: 'Wait', requeueAfter: since.again, status: present(facts, { ...statusOf(facts), rotation: seen }) };
}

function intendRevocation(facts: Facts, rotation: RunningRotation, old: RecordedKey): Decision {
  const basis = basisOf(facts, rotation);
  const withEvidence = basis === 'Evidence';
  const missing = lookLive(facts, withEvidence);
  if (missing) return missing;
  const seen = withEvidence ? progress(facts, rotation, facts.liveEvidence ?? []) : rotation;
  return (
    stateRegressionAtTargets(facts) ??
    targetNotServing(facts, rotation) ??
    keysInDoubt(facts, seen, old) ??
    commit('RevokeIntent', present(facts, decideRevocation(facts, seen, old, basis)))
  );
}

/** In this order: pods are looked at last, once more if need be, so that one that started meanwhile is seen. */
function lookLive(facts: Facts, withEvidence: boolean): Decision | undefined {
  // Before we call with the keys ourselves: an old key that was adopted is shown to its issuer once more.
  const use = withEvidence && isSeenByUse(facts) ? (['usage'] as const) : [];
  const missing = lookFor(facts, ...use, 'targets', 'keys');
  if (!withEvidence) return missing;
  return missing?.type === 'Look'
    ? { type: 'Look', at: [...missing.at, 'liveEvidence'] }
    : lookFor(facts, 'liveEvidence');
}

function isSeenByUse({ object: { spec } }: Facts): boolean {
  return spec.consumers?.some(({ evidence }) => evidence.some(({ type }) => type === 'LastUsed')) ?? false;
}

function basisOf({ object }: Facts, rotation: RunningRotation): 'Evidence' | 'WithoutEvidence' | 'Emergency' {
  if (isWaived(rotation)) return 'Emergency';
  return object.spec.withoutEvidence ? 'WithoutEvidence' : 'Evidence';
}

/** Somebody killed the new key behind our back: a person says when it is worth another one. */
function newKeyIsDead(facts: Facts, rotation: RunningRotation): Decision {
  if (rotation.restoredKey) return restoredKeyIsDead(facts, rotation);
  const token = pendingToken(facts);
  if (token !== undefined) return reissue(facts, rotation, token);
  return stalled(facts, {
    reason: 'NeedsHuman',
    message: `the issuer rejects key ${rotation.newKey?.keyID} that the targets serve; the old key ${rotation.oldKey?.keyID} stays alive. ${rotateCommand(facts)} asks for another key`,
  });
}

/** A roll back issues nothing: the key that it was to retire is gone back to. */
function restoredKeyIsDead(facts: Facts, { newKey, oldKey }: RunningRotation): Decision {
  return stalled(facts, {
    reason: 'NeedsHuman',
    message: `the issuer rejects key ${newKey?.keyID} that the targets serve again; key ${oldKey?.keyID} stays alive. To go back to it: ${rollBackCommand(facts, committed(facts).revision)}`,
  });
}

function targetNotServing(facts: Facts, rotation: RunningRotation): Decision | undefined {
  const wrong = (facts.targets ?? []).find((target) => !servesNewKey(facts, target, rotation));
  if (!wrong) return undefined;
  const token = pendingToken(facts);
  if (token !== undefined) return reissue(facts, rotation, token);
  return stalled(facts, {
    reason: 'TargetChanged',
    message: `target ${wrong.name}: ${wrong.path} no longer serves key ${rotation.newKey?.keyID}; the old key stays alive until it does. Restore that version of the value, or ask for another key: ${rotateCommand(facts)}`,
  });
}

function servesNewKey(facts: Facts, target: TargetFact, rotation: RunningRotation): boolean {
  if (target.presence === 'Absent' || !target.marker) return false;
  const { keyID, fingerprint } = rotation.newKey ?? {};
  return (
    isOf(target.marker, ownerOf(facts)) &&
    target.marker.revision === statusOf(facts).revision &&
    target.marker.keyID === keyID &&
    target.fingerprint === fingerprint
  );
}

function keysInDoubt(facts: Facts, seen: RunningRotation, old: RecordedKey): Decision | undefined {
  const oldIsDead = !facts.keys?.old?.live;
  // A roll back with two dead keys has nothing left to wait for: the rotation that a person asks for next issues another.
  if (!facts.keys?.newVerified && !(seen.restoredKey && oldIsDead)) return newKeyIsDead(facts, seen);
  if (oldIsDead) return notYetKnown(facts, old) ?? finishing(facts, seen, 'OldKeyExpired');
  return notOurs(facts, old);
}
