import type { RunningRotation } from '../../api/types.ts';
import { isOf } from '../../key/attempt-id.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Rule } from '../decision.ts';
import { elapsed, later } from '../duration.ts';
import type { Explanation } from '../explanation.ts';
import type { Delivered, Facts, Holding } from '../facts.ts';
import { keyLimit } from '../key-limit.ts';
import { formatOrdinal } from '../ordinal.ts';
import { rotateCommand } from '../requests.ts';
import { sameValue } from '../same-value.ts';
import { takeOverDelay } from '../take-over.ts';
import { beginRecovery, currentPlan } from '../transitions/attempts.ts';
import { publish } from '../transitions/migration.ts';
import { committed, ownerOf, statusOf } from '../transitions/status.ts';
import { pendingToken } from '../trigger.ts';
import { type LeftKey, unansweredCalls } from '../unanswered.ts';
import { adoptAfterAll } from './adopting.ts';
import { awaitPeople, resumeRequest } from './awaiting-people.ts';
import { checkBeforeAttempt } from './before-attempt.ts';
import { nextAttemptOf, reissue, restoreAgain } from './next-attempt.ts';
import { sweepOrphans } from './sweep.ts';
import { findUnanswered, isRepeated, park, parked, repeatUnanswered } from './unanswered.ts';
import { wait } from './waiting.ts';

type Working = Extract<Holding, { type: 'Working' }>;

const MAX_FAILED_VERIFICATIONS = 3;

/**
 * Steps 2-5. Rule C: only the process whose claim stands in status acts for an attempt; anybody else first commits the next
 * attempt with a claim of its own.
 *
 *     claim ours ── issue, verify, publish ── delivered ── CAS published
 *         │ answer lost                          ▲      (an issuer that repeats whole answers is asked again first)
 *         ▼                                      │ take over
 *     CAS n.(k+1) ── read targets ── holds a key of this revision
 *         │ none: fence all targets, find and revoke orphans; what nobody can find needs a human
 *         ▼
 *     CAS n.(k+2) ── issue anew
 *
 * In a roll back nothing is issued, so that nothing can be lost: whoever goes on publishes the restored key under a new attempt.
 */
export const delivering: Rule = (facts) => {
  const { rotation } = statusOf(facts);
  if (!rotation || rotation.publishedAt) return undefined;
  if (failedTooOften(rotation) && pendingToken(facts) === undefined) return verificationFailed(facts);
  return parked(facts, rotation) ?? (facts.holding ? goOn(facts, rotation, facts.holding) : takeOver(facts, rotation));
};

function goOn(facts: Facts, rotation: RunningRotation, holding: Holding): Decision {
  switch (holding.type) {
    case 'Working':
      if (!holding.key && planHasChanged(facts, rotation)) return reissue(facts, rotation);
      if (rotation.recovering) return { type: 'Step', step: { type: 'Recover', fenceOnly: false } };
      if (facts.pending) return awaitPeople(facts, rotation, facts.pending);
      return claimInDoubt(facts, rotation, holding) ?? { type: 'Step', step: { type: 'Deliver' } };
    case 'Delivered':
      return published(facts, rotation, holding.delivered);
    case 'Unanswered':
      return repeatUnanswered(facts, rotation) ?? recover(facts, rotation);
    case 'Lost':
      return recover(facts, rotation, holding);
    case 'VerificationFailed':
      return afterFailedVerification(facts, rotation, holding);
    case 'Stopped':
      return reissue(facts, rotation);
    case 'Fenced':
      return (
        findUnanswered(facts) ??
        sweepOrphans(facts, 'Revision', 'orphan of an attempt whose answer was lost') ??
        park(facts, rotation) ??
        takeOverAgain(facts, rotation) ??
        reissue(facts, rotation, neededToken(facts, rotation))
      );
  }
}

/**
 * There is no room for another key, and a target serves one of this revision. An issuer that did not know it yet when it was to be taken
 * over may know it by now.
 */
function takeOverAgain(facts: Facts, rotation: RunningRotation): Decision | undefined {
  if (!keyLimit(facts, rotation.plan.issuer) || !servesLivingKey(facts, rotation)) return undefined;
  const since = elapsed(facts.time, rotation.attemptAt, facts.limits.sweepDelay);
  if (since === 'Ask') return { type: 'Look', at: ['time'] };
  return since === 'Yes' ? recover(facts, rotation) : undefined;
}

function servesLivingKey(facts: Facts, { oldKey }: RunningRotation): boolean {
  const { targets = [], labelled = [] } = facts;
  const { revision } = committed(facts);
  const living = new Set(labelled.flatMap((key) => (key.live && key.keyID !== oldKey?.keyID ? [key.keyID] : [])));
  return targets.some((target) => {
    const marker = target.presence === 'Present' ? target.marker : undefined;
    return (
      marker !== undefined && isOf(marker, ownerOf(facts)) && marker.revision === revision && living.has(marker.keyID)
    );
  });
}

/**
 * Rule C: an issue call that is tried again comes some time after the claim was seen to stand, and a cache may have missed that
 * somebody else took it. The first call follows the write of its claim at once.
 */
function claimInDoubt(facts: Facts, { restoredKey }: RunningRotation, { key }: Working): Decision | undefined {
  return key || restoredKey ? undefined : lookFor(facts, 'live');
}

function takeOver(facts: Facts, rotation: RunningRotation): Decision {
  const delay = takeOverDelay(facts, rotation);
  const resumed = resumeRequest(facts, rotation, delay);
  if (resumed) return resumed;
  const since = elapsed(facts.time, rotation.attemptAt, delay);
  if (since === 'Yes') return recover(facts, rotation);
  if (since === 'Ask') return { type: 'Look', at: ['time'] };
  return wait(facts, since.again, {
    reason: 'Issuing',
    message: `another process began attempt ${formatOrdinal(committed(facts))} at ${rotation.attemptAt}; it is taken over at ${later(rotation.attemptAt, delay)}`,
  });
}

function published(facts: Facts, rotation: RunningRotation, delivered: Delivered): Decision {
  const message = `key ${delivered.key.keyID} is published to ${delivered.targets.map((target) => target.name).join(', ')}`;
  return commit('Published', present(facts, publish(facts, rotation, delivered)), [
    { type: 'Normal', reason: 'KeyPublished', message },
  ]);
}

function recover(facts: Facts, rotation: RunningRotation, left: LeftKey = {}): Decision {
  if (rotation.restoredKey) return restoreAgain(facts, rotation);
  return (
    adoptAfterAll(facts, rotation, left) ??
    checkBeforeAttempt(facts, nextAttemptOf(facts)) ??
    commit('Recover', present(facts, beginRecovery(facts, rotation, left)))
  );
}

function afterFailedVerification(
  facts: Facts,
  rotation: RunningRotation,
  holding: Extract<Holding, { type: 'VerificationFailed' }>,
): Decision {
  const failed = (rotation.failedVerifications ?? 0) + 1;
  const counted = { ...rotation, failedVerifications: failed };
  if (failed >= MAX_FAILED_VERIFICATIONS && !failedTooOften(rotation)) {
    const status = { ...statusOf(facts), rotation: counted };
    const stalled = unverified(facts, holding.message);
    return commit('VerificationFailed', present(facts, status, { stalled, rotating: stalled }), [
      { type: 'Warning', ...stalled },
    ]);
  }
  if (holding.keyID !== undefined) return recover(facts, counted, holding);
  return reissue(facts, counted, neededToken(facts, rotation));
}

/**
 * While this attempt surely made no key its plan may follow the spec, so that a request which the issuer refuses can be corrected.
 */
function planHasChanged(facts: Facts, rotation: RunningRotation): boolean {
  if (rotation.recovering || isRepeated(facts, rotation)) return false;
  return !sameValue(currentPlan(facts, rotation), rotation.plan);
}

/** The rotate token without which this attempt would not be made. */
function neededToken(facts: Facts, rotation: RunningRotation): string | undefined {
  const isStuck = failedTooOften(rotation) || unansweredCalls(facts).length > 0;
  return isStuck ? pendingToken(facts) : undefined;
}

function failedTooOften(rotation: RunningRotation): boolean {
  return (rotation.failedVerifications ?? 0) >= MAX_FAILED_VERIFICATIONS;
}

function verificationFailed(facts: Facts): Decision {
  const stalled = unverified(facts, `the issuer gave ${MAX_FAILED_VERIFICATIONS} keys that did not verify`);
  return { type: 'Rest', status: present(facts, statusOf(facts), { stalled, rotating: stalled }) };
}

function unverified(facts: Facts, problem: string): Explanation {
  const message = `${problem}; correct the issuer or spec.key, then: ${rotateCommand(facts)}`;
  return { reason: 'VerificationFailed', message };
}
