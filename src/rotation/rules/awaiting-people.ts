import type { RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision } from '../decision.ts';
import { elapsed, later } from '../duration.ts';
import type { Explanation } from '../explanation.ts';
import type { Facts, PendingFact } from '../facts.ts';
import { resume, withRequest } from '../transitions/people.ts';
import { statusOf } from '../transitions/status.ts';

/** Nothing tells when people have done it: it is looked. */
const LOOK_AGAIN_MS = 30_000;
/** Of two that both live, none is in a hurry to have the other one's request. */
const RESUME_AFTER_MS = 600_000;

/**
 * People have been asked for a key, or for a revocation. What they are asked for stands in the status, so that any process can go on
 * with it, until they have done it. When they take longer than expected, somebody is woken.
 */
export function awaitPeople(facts: Facts, rotation: RunningRotation, pending: PendingFact): Decision {
  const { text, secretName } = pending;
  const { request } = rotation;
  const reason = secretName === undefined ? 'RevocationRequested' : 'KeyRequested';
  if (request?.text !== text || request.secretName !== secretName) {
    const status = withRequest(facts, rotation, pending);
    const told = explain(facts, reason, pending, facts.time.stamp);
    const notices = [{ type: 'Normal', reason, message: text } as const];
    return commit('Request', present(facts, status, { rotating: told }), notices);
  }
  const { expectedWithinMs = 0 } = facts.capabilities ?? {};
  const over = elapsed(facts.time, request.since, expectedWithinMs);
  if (over === 'Ask') return { type: 'Look', at: ['time'] };
  const rotating = explain(facts, reason, pending, request.since);
  const stalled = { reason: 'NeedsHuman', message: `people take longer than expected: ${rotating.message}` } as const;
  return {
    type: 'Wait',
    requeueAfter: LOOK_AGAIN_MS,
    status: present(facts, statusOf(facts), over === 'Yes' ? { rotating, stalled } : { rotating }),
  };
}

/**
 * A request stays the same whoever waits for it, and no call of ours makes a key: another process goes on with the same attempt, under
 * a claim of its own. Undefined where no people are asked.
 */
export function resumeRequest(facts: Facts, rotation: RunningRotation, delay: number): Decision | undefined {
  const { request, recovering, restoredKey, attemptAt } = rotation;
  if (recovering || restoredKey || facts.capabilities?.expectedWithinMs === undefined) return undefined;
  const since = elapsed(facts.time, attemptAt, request && delay > 0 ? Math.max(delay, RESUME_AFTER_MS) : delay);
  if (since === 'Yes') return commit('Resume', present(facts, resume(facts, rotation)));
  if (since === 'Ask') return { type: 'Look', at: ['time'] };
  if (!request) return undefined;
  const rotating = explain(facts, 'KeyRequested', { text: request.text }, request.since);
  return { type: 'Wait', requeueAfter: since.again, status: present(facts, statusOf(facts), { rotating }) };
}

function explain(
  { capabilities }: Facts,
  reason: 'KeyRequested' | 'RevocationRequested',
  { text, problem }: PendingFact,
  since: string,
): Explanation {
  const until = later(since, capabilities?.expectedWithinMs ?? 0);
  const wrong = problem === undefined ? '' : `${problem}. `;
  // In brackets: what is asked for may end with a command, to which no full stop must stick.
  return { reason, message: `${wrong}${text} (asked for at ${since}, expected until ${until})` };
}
