import { ANNOTATION } from '../../api/names.ts';
import type { IssuerIdentity, RecordedKey, RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Notice } from '../decision.ts';
import { elapsed, later } from '../duration.ts';
import type { Explanation } from '../explanation.ts';
import type { Facts, TargetFact } from '../facts.ts';
import { keyLimit } from '../key-limit.ts';
import { formatOrdinal, type Ordinal } from '../ordinal.ts';
import { type Trace, traceFromTheFuture } from '../regression.ts';
import { type RecordedValue, replacement } from '../replacement.ts';
import { samePlace } from '../same-place.ts';
import { beginReissue, beginRestoration, ISSUE_WINDOW_MS, recentIssueCalls } from '../transitions/attempts.ts';
import { abandon } from '../transitions/completion.ts';
import { committed, ownerOf, statusOf } from '../transitions/status.ts';
import { listsKeys, unansweredLabels } from '../unanswered.ts';

const RETRY = 60_000;

/** Nothing moves without a human; looked at again every minute because the remedy may lie outside Kubernetes. */
export function stalled(facts: Facts, explanation: Explanation): Decision {
  return {
    type: 'Wait',
    requeueAfter: RETRY,
    status: present(facts, statusOf(facts), { stalled: explanation, rotating: explanation }),
  };
}

/** Waits for something that comes by itself. */
export function wait(facts: Facts, requeueAfter: number, rotating: Explanation): Decision {
  return { type: 'Wait', requeueAfter, status: present(facts, statusOf(facts), { rotating }) };
}

/** What must hold before any attempt is committed: status is not from the past, and every target may be written. */
export function checkBeforeAttempt(facts: Facts, next: Ordinal): Decision | undefined {
  return lookFor(facts, 'targets', 'labelled') ?? stateRegression(facts) ?? blockedTarget(facts, next);
}

/**
 * The next attempt of this revision, with an issue call of its own; in a roll back it publishes the restored key once more.
 * `token`: the rotate token that this takes; any other one stays for the rotation to come.
 */
export function reissue(facts: Facts, rotation: RunningRotation, token?: string): Decision {
  if (rotation.restoredKey) return restoreAgain(facts, rotation, token);
  return (
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

/** What stands against one more living key at this issuer. */
export function roomForKey(facts: Facts, issuer: IssuerIdentity): Decision | undefined {
  const problem = keyLimit(facts, issuer);
  return problem && stalled(facts, problem);
}

/** Bounded issue calls: a loop that nobody foresaw must not flood the issuer with keys. */
export function issueBudget(facts: Facts): Decision | undefined {
  const calls = recentIssueCalls(facts);
  const [oldest] = calls;
  if (calls.length < facts.limits.issueCallsPerHour || oldest === undefined) return undefined;
  const over = elapsed(facts.time, oldest, ISSUE_WINDOW_MS);
  if (over === 'Ask') return { type: 'Look', at: ['time'] };
  const requeueAfter = over === 'Yes' ? 1_000 : over.again;
  return wait(facts, requeueAfter, {
    reason: 'IssueLimit',
    message: `${calls.length} keys were asked for within an hour, the limit of --issue-calls-per-hour; going on at ${later(oldest, ISSUE_WINDOW_MS)}`,
  });
}

/** A marker or label of ours above the committed attempt: this status was restored from the past. */
export function stateRegression(facts: Facts): Decision | undefined {
  const trace = traceFromTheFuture(facts);
  if (!trace) return undefined;
  if (trace.planted) {
    return stalled(facts, {
      reason: 'Conflict',
      message: `${trace.place} carries marker ${formatOrdinal(trace)} of this rotation with a key that the issuer does not know as ours; remove that value`,
    });
  }
  const token = acceptToken(facts, trace);
  if (token !== undefined) return acceptState(facts, trace, token);
  const { name, namespace } = facts.object.metadata;
  return stalled(facts, {
    reason: 'StateRegression',
    message:
      `${trace.place} belongs to attempt ${formatOrdinal(trace)}, but this status knows only ${formatOrdinal(committed(facts))}: it was restored from the past. ` +
      `If no other cluster works on this key: kubectl annotate akr -n ${namespace} ${name} --overwrite ${ANNOTATION.acceptState}=${trace.revision}/$(date +%s)`,
  });
}

/** `<revision>` or `<revision>/<anything new>` naming the highest revision seen, each value handled once. */
function acceptToken({ object }: Facts, trace: Trace): string | undefined {
  const token = object.metadata.annotations?.[ANNOTATION.acceptState];
  if (token?.split('/')[0] !== String(trace.revision)) return undefined;
  return token === object.status?.lastHandled?.acceptState ? undefined : token;
}

/**
 * The key that all targets serve becomes current. Other living keys of ours may still be in use: they are listed, and revoked when
 * the next rotation ends with the evidence of all consumers.
 */
function acceptState(facts: Facts, trace: Trace, token: string): Decision {
  const missing = lookFor(facts, 'identity', 'labelled');
  if (missing) return missing;
  const { current } = statusOf(facts);
  const adopted =
    current?.adopted === true && facts.identity?.type === 'Key' && facts.identity.key.keyID === current.keyID;
  if (facts.identity?.type !== 'Key' || !(facts.identity.labelled || adopted)) {
    const why = facts.identity?.type === 'None' ? facts.identity.message : 'their key does not carry our label';
    return stalled(facts, {
      reason: 'StateRegression',
      message: `the state of attempt ${formatOrdinal(trace)} is accepted as soon as all targets serve one live key of ours: ${why}; restore that value`,
    });
  }
  const { key } = facts.identity;
  const others = (facts.labelled ?? []).filter((other) => other.live && other.keyID !== key.keyID);
  const { rotation: _, sweepAfter: __, ...status } = abandon(facts, others, 'alive when the state was accepted');
  const accepted = {
    ...status,
    revision: trace.revision,
    attempt: trace.attempt,
    current: adopted ? { ...key, adopted } : key,
    lastHandled: { ...status.lastHandled, acceptState: token.slice(0, 256) },
  };
  const rest =
    others.length > 0
      ? `; also alive until the next rotation ends: ${others.map((other) => other.keyID).join(', ')}`
      : '';
  const unseen = listsKeys(facts)
    ? ''
    : '; the issuer lists no keys: others may be alive that this status has forgotten';
  const message = `state accepted at ${formatOrdinal(trace)}; key ${key.keyID} is current${rest}${unseen}`;
  return commit('AcceptState', present(facts, accepted), [{ type: 'Warning', reason: 'StateAccepted', message }]);
}

function blockedTarget(facts: Facts, next: Ordinal): Decision | undefined {
  const writer = { ...ownerOf(facts), ...next };
  for (const target of facts.targets ?? []) {
    const verdict = replacement(target, writer, recordedAt(target, statusOf(facts).current));
    if (verdict.type !== 'Stop') continue;
    const adopt = statusOf(facts).current ? '' : '; to take the value over set existingKey.policy to Adopt';
    return stalled(facts, { reason: 'Conflict', message: `${verdict.message}${adopt}` });
  }
  return undefined;
}

/** What status recorded about the value at a target. */
export function recordedAt(
  place: Pick<TargetFact, 'address' | 'path'>,
  key: RecordedKey | undefined,
): RecordedValue | undefined {
  const target = key?.targets.find((recorded) => samePlace(recorded, place));
  if (!key || !target) return undefined;
  const { version, createdTime } = target;
  return {
    fingerprint: key.fingerprint,
    ...(version === undefined ? {} : { version }),
    ...(createdTime === undefined ? {} : { createdTime }),
  };
}

/** S15: only keys with our label, or adopted ones, are revoked; undefined when the old key is one. */
export function notOurs(facts: Facts, old: RecordedKey): Decision | undefined {
  if (facts.keys?.old?.ours) return undefined;
  const why = old.adopted
    ? 'was adopted, and its store no longer has the version that would show it to be ours'
    : 'does not carry our label';
  return stalled(facts, {
    reason: 'Conflict',
    message: `key ${old.keyID} at ${old.issuer.origin} ${why}: it is not revoked; revoke it there by hand, then the rotation ends by itself`,
  });
}
