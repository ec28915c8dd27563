import { expect, test, vi } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { createNamespaceLimits } from '../../../src/operator/rotation/gather/namespace-limits.ts';
import type { IssueCalls } from '../../../src/operator/rotation/issue-calls.ts';
import { factsOf, type Given, idle, issuing, PLAN } from '../rotation/facts.ts';

const SHARED = { ...PLAN.issuer, kind: 'ClusterApiKeyIssuer', name: 'shared' };
const OTHER = { ...SHARED, name: 'other' };
const planFor = (issuer: typeof SHARED) => ({ type: 'Resolved' as const, plan: { ...PLAN, issuer } });

/** What bounds the next issue call, of a namespace that asked each issuer of the cluster for two keys; `shared` grants two, `gone` is gone. */
function limitsOf(given: Given, made = 4) {
  return found(given, made).map(({ calls, ...limit }) => ({ ...limit, calls: calls() }));
}

function found(given: Given, made: number, of: IssueCalls['of'] = (_, issuer = 'all') => [issuer, issuer]) {
  const { limits, ...facts } = factsOf(given);
  const limitsFor = createNamespaceLimits({
    issueCalls: { note() {}, count: () => made, of },
    references: {
      grantedCallsPerHour(namespace, { name }) {
        if (name === 'gone') throw new CallError('refused', 'IssuerReplaced', 'it is gone');
        return namespace === 'team' && name === 'shared' ? 2 : undefined;
      },
    },
  });
  return limitsFor({ ...facts, limits: { ...limits, namespaceIssueCallsPerHour: 4 } });
}

const OF_SHARED = { issuer: SHARED, perHour: 2, calls: ['shared', 'shared'] };
const OF_ALL = { perHour: 4, calls: ['all', 'all'] };

test.each<[string, Given, object[]]>([
  ['of the issuer that spec names, at rest', { status: idle(), references: planFor(SHARED) }, [OF_SHARED, OF_ALL]],
  [
    'of the issuer to which the attempts of a running revision are bound, whatever spec names by now',
    { status: issuing({ plan: { ...PLAN, issuer: SHARED } }, { attempt: 2 }), references: planFor(OTHER) },
    [OF_SHARED, OF_ALL],
  ],
  [
    'of the issuer that spec names by now, where the next attempt may follow it',
    { status: issuing({ plan: { ...PLAN, issuer: SHARED } }), references: planFor(OTHER) },
    [OF_ALL],
  ],
  ['the operator alone, where the issuer is of the namespace', { status: idle() }, [OF_ALL]],
  ['the operator alone, where the issuer is gone', { references: planFor({ ...SHARED, name: 'gone' }) }, [OF_ALL]],
])('what bounds the next issue call is the limit %s', (_, given, wanted) => {
  expect(limitsOf(given)).toEqual(wanted);
});

test('nothing is looked for while the namespace has asked for less', () => {
  expect(limitsOf({ references: planFor(SHARED) }, 1)).toEqual([]);
  expect(limitsOf({ references: planFor(SHARED) }, 3)).toEqual([OF_SHARED]);
});

test('nor is looked for by thousands at rest whose namespace has asked for as much as it may', () => {
  const looked = vi.fn(() => []);
  expect(found({ status: idle(), references: planFor(SHARED) }, 4, looked)).toHaveLength(2);
  expect(looked).not.toHaveBeenCalled();
});
