import type { RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, type Notice } from '../decision.ts';
import type { Facts } from '../facts.ts';
import type { Ordinal } from '../ordinal.ts';
import { beginReissue, beginRestoration } from '../transitions/attempts.ts';
import { committed } from '../transitions/status.ts';
import { unansweredLabels } from '../unanswered.ts';
import { adoptAfterAll } from './adopting.ts';
import { checkBeforeAttempt, issueBudget, roomForKey } from './before-attempt.ts';

/**
 * The next attempt of this revision, with an issue call of its own; in a roll back it publishes the restored key once more.
 * `token`: the rotate token that this takes; any other one stays for the rotation to come.
 */
export function reissue(facts: Facts, rotation: RunningRotation, token?: string): Decision {
  if (rotation.restoredKey) return restoreAgain(facts, rotation, token);
  return (
    adoptAfterAll(facts, rotation) ??
    (rotation.leakedKeyID === undefined ? issueBudget(facts) : undefined) ??
    checkBeforeAttempt(facts, nextAttemptOf(facts)) ??
    roomForKey(facts, rotation.plan.issuer) ??
    commit('Reissue', present(facts, beginReissue(facts, rotation, token)), token === undefined ? [] : forgotten(facts))
  );
}

/** No issue call is ever made in a roll back: each of its attempts does the same as the first. */
export function restoreAgain(facts: Facts, rotation: RunningRotation, token?: string): Decision {
  return (
    checkBeforeAttempt(facts, nextAttemptOf(facts)) ??
    commit('Restore', present(facts, beginRestoration(facts, rotation, token)))
  );
}

/** The attempt that would follow in the running revision. */
export function nextAttemptOf(facts: Facts): Ordinal {
  const { revision, attempt } = committed(facts);
  return { revision, attempt: attempt + 1 };
}

/** With a token a person takes over what nobody could find. */
function forgotten(facts: Facts): Notice[] {
  const labels = unansweredLabels(facts);
  if (labels === '') return [];
  const message = `another key is issued; nobody looks any more for a key labelled ${labels}`;
  return [{ type: 'Warning', reason: 'KeyMayLive', message }];
}
