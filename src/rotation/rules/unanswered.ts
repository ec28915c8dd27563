import type { RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor } from '../decision.ts';
import { elapsed, later } from '../duration.ts';
import type { Explanation } from '../explanation.ts';
import type { Facts } from '../facts.ts';
import type { Ordinal } from '../ordinal.ts';
import { rotateCommand } from '../requests.ts';
import { recentIssueCalls, repeatCall } from '../transitions/attempts.ts';
import { identify } from '../transitions/completion.ts';
import { statusOf } from '../transitions/status.ts';
import { pendingToken } from '../trigger.ts';
import { isReplayable, unansweredCalls, unansweredLabels } from '../unanswered.ts';
import { issueBudget } from './before-attempt.ts';
import { wait } from './waiting.ts';

/** The issuer may still be at work on the call that it did not answer. */
const REPEAT_AFTER_MS = 10_000;

/**
 * The holder's way out where the issuer repeats whole answers: the same call again, within the window. It is committed first, as
 * every issue call is, so that it is made only while the claim stands. Undefined where there is no such way (any more).
 */
export function repeatUnanswered(facts: Facts, rotation: RunningRotation): Decision | undefined {
  const calls = recentIssueCalls(facts);
  if (facts.capabilities?.replay !== 'Full' || rotation.restoredKey) return undefined;
  // This machine may have slept since the last answer told the time.
  const missing = lookFor(facts, 'time');
  if (missing) return missing;
  if (!isReplayable(facts, rotation.attemptAt)) return undefined;
  if (isSpent(facts, rotation, calls)) return undefined;
  const calledAt = calls.at(-1) ?? rotation.attemptAt;
  const since = elapsed(facts.time, calledAt, REPEAT_AFTER_MS);
  if (typeof since !== 'object') return commit('Repeat', present(facts, repeatCall(facts)));
  const message = `the issuer did not answer issue call ${rotation.attemptID}; the same call is made again at ${later(calledAt, REPEAT_AFTER_MS)}`;
  return wait(facts, since.again, { reason: 'Issuing', message });
}

/** Whether there may be no more issue call for now. Who replaces a leaked key waits for no other rotation of the namespace. */
function isSpent(facts: Facts, { leakedKeyID }: RunningRotation, calls: readonly string[]): boolean {
  if (leakedKeyID !== undefined) return calls.length >= facts.limits.issueCallsPerHour;
  return issueBudget(facts) !== undefined;
}

/**
 * Whether the issue call of this attempt was made before and not answered: its key may live, whose text only this attempt can still
 * get. The first call is counted in the write that begins the attempt, at the same time.
 */
export function isRepeated(facts: Facts, { attemptAt }: RunningRotation): boolean {
  const lastCall = statusOf(facts).issueCalls?.at(-1);
  return lastCall !== undefined && lastCall !== attemptAt;
}

/**
 * Finds the keys of unanswered issue calls at an issuer that cannot list: by the same call again, under this process's own claim
 * and after the fence, so that whatever comes of it is published by nobody. Undefined when none is left to be found.
 */
export function findUnanswered(facts: Facts): Decision | undefined {
  if (facts.holding?.type !== 'Fenced') return undefined;
  if (facts.found) return commit('Abandon', present(facts, identify(facts, facts.found)));
  const call = findable(facts);
  if (!call) return undefined;
  const { revision, attempt } = call;
  return lookFor(facts, 'live', 'time') ?? { type: 'Step', step: { type: 'Find', call: { revision, attempt } } };
}

/** Whether there is something that `findUnanswered` would find. */
export function canFind(facts: Facts): boolean {
  return findable(facts) !== undefined;
}

function findable(facts: Facts): Ordinal | undefined {
  return unansweredCalls(facts).find(({ calledAt }) => isReplayable(facts, calledAt));
}

/**
 * Nobody can see whether those calls made keys: a person looks, and says so with a token that allows one more call. Committed, so
 * that no other process takes the attempt over only to come as far.
 */
export function park(facts: Facts, rotation: RunningRotation): Decision | undefined {
  if (unansweredCalls(facts).length === 0 || pendingToken(facts) !== undefined) return undefined;
  const stalled = needsHuman(facts);
  const status = { ...statusOf(facts), rotation: { ...rotation, parked: true } };
  return commit('Park', present(facts, status, { stalled, rotating: stalled }), [
    { type: 'Warning', reason: 'KeyMayLive', message: stalled.message },
  ]);
}

/** What a parked rotation shows until a new token comes. */
export function parked(facts: Facts, rotation: RunningRotation): Decision | undefined {
  if (!rotation.parked || pendingToken(facts) !== undefined) return undefined;
  const stalled = needsHuman(facts);
  return { type: 'Rest', status: present(facts, statusOf(facts), { stalled, rotating: stalled }) };
}

function needsHuman(facts: Facts): Explanation {
  return {
    reason: 'NeedsHuman',
    message: `an issue call was not answered, and the issuer can neither list keys nor repeat that call now: a key labelled ${unansweredLabels(facts)} may be alive that nobody has seen. Look there and revoke it, then: ${rotateCommand(facts)}`,
  };
}
