import { ANNOTATION } from '../../api/names.ts';
import type { RecordedKey } from '../../api/types.ts';
import { type Explanation, present } from '../conditions.ts';
import { commit, type Decision, lookFor } from '../decision.ts';
import { later } from '../duration.ts';
import type { Facts, TargetFact } from '../facts.ts';
import { formatOrdinal, type Ordinal } from '../ordinal.ts';
import { type Trace, traceFromTheFuture } from '../regression.ts';
import { type RecordedValue, replacement } from '../replacement.ts';
import { recentIssueCalls, statusOf } from '../transitions.ts';

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

/** Bounded issue calls: a loop that nobody foresaw must not flood the issuer with keys. */
export function issueBudget(facts: Facts): Decision | undefined {
  const calls = recentIssueCalls(facts);
  const [oldest] = calls;
  if (calls.length < facts.limits.issueCallsPerHour || oldest === undefined) return undefined;
  const until = later(oldest, 3_600_000);
  return wait(facts, Math.max(1_000, Date.parse(until) - facts.time.now), {
    reason: 'IssueLimit',
    message: `${calls.length} keys were asked for within an hour, the limit of --issue-calls-per-hour; going on at ${until}`,
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
  if (facts.object.metadata.annotations?.[ANNOTATION.acceptState] === String(trace.revision))
    return acceptState(facts, trace);
  const { name, namespace } = facts.object.metadata;
  return stalled(facts, {
    reason: 'StateRegression',
    message:
      `${trace.place} belongs to attempt ${formatOrdinal(trace)}, but this status knows only ${formatOrdinal(currentOrdinal(facts))}: it was restored from the past. ` +
      `If no other cluster works on this key: kubectl annotate akr -n ${namespace} ${name} ${ANNOTATION.acceptState}=${trace.revision}`,
  });
}

function acceptState(facts: Facts, trace: Trace): Decision {
  const missing = lookFor(facts, 'identity');
  if (missing) return missing;
  if (facts.identity?.type !== 'Key' || !facts.identity.labelled) {
    const why = facts.identity?.type === 'None' ? facts.identity.message : 'their key does not carry our label';
    return stalled(facts, {
      reason: 'StateRegression',
      message: `accept-state must wait until all targets serve one live key of ours: ${why}`,
    });
  }
  const { rotation: _, ...status } = statusOf(facts);
  const accepted = {
    ...status,
    revision: trace.revision,
    attempt: trace.attempt,
    current: facts.identity.key,
    lastHandled: { ...status.lastHandled, acceptState: String(trace.revision) },
    sweepAfter: facts.time.stamp,
  };
  const message = `state accepted at ${formatOrdinal(trace)}; key ${facts.identity.key.keyID} is current`;
  return commit('AcceptState', present(facts, accepted), [{ type: 'Warning', reason: 'StateAccepted', message }]);
}

function blockedTarget(facts: Facts, next: Ordinal): Decision | undefined {
  const writer = { installation: facts.installation, uid: facts.object.metadata.uid ?? '', ...next };
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
  { address, path }: Pick<TargetFact, 'address' | 'path'>,
  key: RecordedKey | undefined,
): RecordedValue | undefined {
  const target = key?.targets.find((recorded) => recorded.address === address && recorded.path === path);
  if (!key || !target) return undefined;
  const { version, createdTime } = target;
  return {
    fingerprint: key.fingerprint,
    ...(version === undefined ? {} : { version }),
    ...(createdTime === undefined ? {} : { createdTime }),
  };
}

function currentOrdinal(facts: Facts): Ordinal {
  const { revision = 0, attempt = 0 } = statusOf(facts);
  return { revision, attempt };
}

/** S15: only keys with our label, or adopted ones, are revoked; undefined when the old key is one. */
export function notOurs(facts: Facts, old: RecordedKey): Decision | undefined {
  if (facts.keys?.old?.ours || old.adopted) return undefined;
  return stalled(facts, {
    reason: 'Conflict',
    message: `key ${old.keyID} at ${old.issuer.origin} does not carry our label and is not revoked; if it is yours revoke it by hand, the rotation then ends by itself`,
  });
}
