import { describe, expect, it } from 'vitest';
import { PODS } from '../../../demo/cast.ts';
import { type Findings, violationsOf } from '../../../demo/verdict.ts';

const time = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const first = {
  ...{ trigger: 'FirstIssue', attempts: 1, issuedKeyID: 'a', publishedAt: time(0) },
  ...{ revokedKeyID: null, lastReportAt: null, revokedAt: null },
};
const requested = {
  ...{ trigger: 'Requested', attempts: 1, issuedKeyID: 'b', publishedAt: time(10) },
  ...{ revokedKeyID: 'a', lastReportAt: time(12), revokedAt: time(13) },
};
const changed = {
  ...{ trigger: 'KeyChanged', attempts: 1, issuedKeyID: 'c', publishedAt: time(20) },
  ...{ revokedKeyID: 'b', lastReportAt: time(22), revokedAt: time(23) },
};
const pods = PODS.map(({ name }) => ({ pod: name, calls: 600, failed: 0, failures: {}, seconds: 10 }));
const [firstPod, ...otherPods] = pods;
if (!firstPod) throw new Error('the story has no pod');

const good: Findings = {
  problem: undefined,
  rotations: [first, requested, changed],
  reports: [2, 3].flatMap((revision) => PODS.map(({ name }) => ({ pod: name, revision, at: 0 }))),
  pods,
  acceptedCalls: 3_600,
  oldKeys: [
    { keyID: 'a', status: 401 },
    { keyID: 'b', status: 401 },
  ],
  liveKeys: ['c'],
  served: { statedID: 'c', keyID: 'c' },
  slowConsumerNamed: true,
  leaks: [],
};

describe('the verdict', () => {
  it('has nothing to say when every promise was kept', () => {
    expect(violationsOf(good)).toEqual([]);
  });

  it('accepts four fifths of fifty calls a second, and not one call less', () => {
    const slow = pods.map((pod) => ({ ...pod, calls: 400 }));
    expect(violationsOf({ ...good, pods: slow, acceptedCalls: 2_400 })).toEqual([]);
    const slower = [{ ...firstPod, calls: 399 }, ...slow.slice(1)];
    expect(violationsOf({ ...good, pods: slower, acceptedCalls: 2_399 })).toEqual([
      'The consumers made 2399 calls in 60.0 s together: 2400 are needed.',
    ]);
  });

  it.each<[string, Partial<Findings>, string[]]>([
    ['a story that broke off', { problem: 'the operator ended' }, ['The story did not end: the operator ended.']],
    [
      'a failed call',
      { pods: [{ ...firstPod, failed: 2, failures: { 401: 2 } }, ...otherPods], acceptedCalls: 3_598 },
      ['2 of 600 calls of payments-api-0 failed: 2 x 401.'],
    ],
    [
      'a process that says nothing',
      { pods: otherPods, acceptedCalls: 3_000 },
      ['payments-api-0 did not say how many calls it made.'],
    ],
    [
      'counts that do not agree',
      { acceptedCalls: 3_599 },
      ['The consumers count 3600 accepted calls, the issuing API 3599.'],
    ],
    [
      'an old key that lives',
      {
        rotations: [first, { ...requested, revokedKeyID: null, revokedAt: null }, changed],
        oldKeys: [
          { keyID: 'a', status: 200 },
          { keyID: 'b', status: 401 },
        ],
        liveKeys: ['a', 'c'],
      },
      [
        'The old key a of the rotation Requested was not revoked.',
        'The old key a is answered 200 instead of 401.',
        '2 keys are alive (a, c) instead of one.',
      ],
    ],
    [
      'a key that died before the last report',
      { rotations: [first, { ...requested, revokedAt: time(11) }, changed] },
      [`The old key a died at ${time(11)}, before the last report at ${time(12)}.`],
    ],
    [
      'a key that died in the very moment of the last report',
      { rotations: [first, { ...requested, revokedAt: time(12) }, changed] },
      [`The old key a died at ${time(12)}, before the last report at ${time(12)}.`],
    ],
    [
      'a pod that was not waited for',
      { reports: good.reports.filter(({ pod, revision }) => pod !== 'ledger-1' || revision !== 3) },
      ['No report of ledger-1 was accepted in the rotation KeyChanged.'],
    ],
    [
      'a store that serves an old key',
      { served: { statedID: 'b', keyID: 'b' } },
      ['Vault serves the key b under the id b: not the live key.'],
    ],
    [
      'a store that serves a key under the id of another',
      { served: { statedID: 'b', keyID: 'c' } },
      ['Vault serves the key c under the id b: not the live key.'],
    ],
    [
      'a store that serves nobody’s key',
      { served: { statedID: 'c', keyID: undefined } },
      ['Vault serves the key of nobody under the id c: not the live key.'],
    ],
    [
      'a consumer that was waited for in silence',
      { slowConsumerNamed: false },
      ['reporting was not named while it was waited for.'],
    ],
    ['a leak', { leaks: [{ channel: 'output of ledger-0', keyID: 'b' }] }, ['output of ledger-0 holds the text of b.']],
  ])('names %s', (_case, difference, violations) => {
    expect(violationsOf({ ...good, ...difference })).toEqual(violations);
  });

  it('names rotations that did not happen, and only once what follows from that', () => {
    expect(
      violationsOf({ ...good, rotations: [first, requested], liveKeys: ['b'], served: { statedID: 'b', keyID: 'b' } }),
    ).toEqual(['Expected the rotations FirstIssue, Requested, KeyChanged, saw FirstIssue, Requested.']);
    expect(violationsOf({ ...good, rotations: [] })).toEqual([
      'Expected the rotations FirstIssue, Requested, KeyChanged, saw none.',
    ]);
  });
});
