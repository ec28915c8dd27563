import { FINALIZER } from '../../api/names.ts';
import type { IssuerIdentity } from '../../api/types.ts';
import { type Decision, lookFor } from '../decision.ts';
import { elapsed, later } from '../duration.ts';
import type { Facts, NamespaceLimit } from '../facts.ts';
import { keyLimit } from '../key-limit.ts';
import type { Ordinal } from '../ordinal.ts';
import { recordedAt, replacement } from '../replacement.ts';
import { ISSUE_WINDOW_MS, isRecent, recentIssueCalls } from '../transitions/attempts.ts';
import { ownerOf, statusOf } from '../transitions/status.ts';
import { stateRegression } from './state-regression.ts';
import { stalled, wait } from './waiting.ts';

/** Step 0: the object must not go before what is ours outside of it has. */
export function needsFinalizer(facts: Facts): Decision | undefined {
  if (facts.object.metadata.finalizers?.includes(FINALIZER)) return undefined;
  return { type: 'Step', step: { type: 'AddFinalizer' } };
}

/** What must hold before any attempt is committed: status is not from the past, and every target may be written. */
export function checkBeforeAttempt(facts: Facts, next: Ordinal): Decision | undefined {
  return lookFor(facts, 'targets', 'labelled') ?? stateRegression(facts) ?? blockedTarget(facts, next);
}

/** What stands against one more living key at this issuer. */
export function roomForKey(facts: Facts, issuer: IssuerIdentity): Decision | undefined {
  const problem = keyLimit(facts, issuer);
  return problem && stalled(facts, problem);
}

/** Bounded issue calls: a loop that nobody foresaw must not flood the issuer with keys, nor a namespace use up what others share. */
export function issueBudget(facts: Facts): Decision | undefined {
  const { issueCallsPerHour } = facts.limits;
  const own = budget(facts, recentIssueCalls(facts), issueCallsPerHour, 'the limit of --issue-calls-per-hour');
  const limits = own ? [] : (facts.namespaceLimits ?? []);
  return own ?? limits.map((limit) => budgetOfNamespace(facts, limit)).find((decision) => decision !== undefined);
}

function budgetOfNamespace(facts: Facts, { issuer, perHour, calls }: NamespaceLimit): Decision | undefined {
  const recent = calls().filter((time) => isRecent(facts, time));
  const limit = issuer
    ? `which ${issuer.kind} ${issuer.name} grants no more of (issueCallsPerHour in its spec.grants)`
    : 'the limit of --namespace-issue-calls-per-hour';
  return budget(facts, recent, perHour, `by namespace ${facts.object.metadata.namespace}, ${limit}`);
}

/** `calls`: when they were made within the last hour. */
function budget(facts: Facts, calls: readonly string[], perHour: number, limit: string): Decision | undefined {
  const [decisive] = calls.toSorted().slice(-perHour);
  if (calls.length < perHour || decisive === undefined) return undefined;
  const over = elapsed(facts.time, decisive, ISSUE_WINDOW_MS);
  if (over === 'Ask') return { type: 'Look', at: ['time'] };
  const requeueAfter = over === 'Yes' ? 1_000 : over.again;
  return wait(facts, requeueAfter, {
    reason: 'IssueLimit',
    message: `${calls.length} keys, or permissions for one, were asked for within an hour, ${limit}; going on at ${later(decisive, ISSUE_WINDOW_MS)}`,
  });
}

function blockedTarget(facts: Facts, next: Ordinal): Decision | undefined {
  const writer = { ...ownerOf(facts), ...next };
  for (const target of facts.targets ?? []) {
    const verdict = replacement(target, writer, recordedAt(target, statusOf(facts)));
    if (verdict.type !== 'Stop') continue;
    const adopt = statusOf(facts).current ? '' : '; to take the value over set spec.existingKey.policy to Adopt';
    return stalled(facts, { reason: 'Conflict', message: `${verdict.message}${adopt}` });
  }
  return undefined;
}
