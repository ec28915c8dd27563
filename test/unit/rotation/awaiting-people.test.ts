import { expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import { factsOf, type Given, issuing, labelled, revoking, serving } from './facts.ts';
import { decisionTable, noticesOf, statusIn } from './table.ts';

const people = { replay: 'ID', list: true, expectedWithinMs: 3_600_000 } as const;
const pending = { text: 'Please issue a key', secretName: 'apio-delivered-key' };
const request = { ...pending, since: '2030-01-01T12:00:00Z' };
const holder: Given = { status: issuing(), capabilities: people, holding: { type: 'Working' }, live: true };
const asked: Given = { ...holder, status: issuing({ request }) };
const stranger: Given = { status: issuing({ request }), capabilities: people };
const old: Given = {
  status: revoking(),
  capabilities: people,
  confirmedOldKey: 'k1',
  pending: { text: 'Please revoke k1' },
  at: '2030-01-01T12:00:10Z',
};

decisionTable('people are asked', {
  'what they are asked for is committed': { ...holder, pending, decides: 'commit Request' },
  'and waited for': {
    ...asked,
    pending,
    at: '2030-01-01T12:10:00Z',
    decides: 'wait 30 s, KeyRequested',
    message: 'Please issue a key (asked for at 2030-01-01T12:00:00Z, expected until 2030-01-01T13:00:00Z)',
  },
  'what is wrong with what they gave is told first': {
    ...asked,
    pending: { ...pending, problem: 'Secret apio-delivered-key is not taken: field key is missing' },
    at: '2030-01-01T12:10:00Z',
    decides: 'wait 30 s, KeyRequested',
    message:
      'Secret apio-delivered-key is not taken: field key is missing. Please issue a key (asked for at 2030-01-01T12:00:00Z, expected until 2030-01-01T13:00:00Z)',
  },
  'somebody is woken when it takes too long, by the API server’s clock': {
    ...asked,
    pending,
    at: '2030-01-01T13:00:01Z',
    lag: 5_000,
    decides: 'look at time',
  },
  'and the wait goes on': {
    ...asked,
    pending,
    at: '2030-01-01T13:00:01Z',
    fresh: true,
    decides: 'wait 30 s, Stalled NeedsHuman',
  },
  'whoever looks again asks the issuer, not the people': { ...asked, decides: 'deliver' },
  'another process leaves the holder its time, and more': {
    ...stranger,
    at: '2030-01-01T12:05:00Z',
    fresh: true,
    decides: 'wait 300 s, KeyRequested',
  },
  'and then goes on with the same attempt': {
    ...stranger,
    at: '2030-01-01T12:10:01Z',
    fresh: true,
    decides: 'commit Resume',
  },
  'a new leader at once': {
    ...stranger,
    leadsSince: '2030-01-01T12:05:00Z',
    at: '2030-01-01T12:05:00Z',
    fresh: true,
    decides: 'commit Resume',
  },
  'an attempt that has asked nobody yet is gone on with in its time': {
    ...stranger,
    status: issuing(),
    at: '2030-01-01T12:01:01Z',
    fresh: true,
    decides: 'commit Resume',
  },
  'one that recovers is not': {
    ...stranger,
    status: issuing({ recovering: true }),
    at: '2030-01-01T12:01:01Z',
    fresh: true,
    targets: [serving('k1')],
    labelled: [labelled('k1', 1, 1)],
    decides: 'commit Recover',
  },
  'a revocation is asked for in the same way': { ...old, decides: 'commit Request' },
});

test('the request is told in an event, and stands beside the attempt', () => {
  const decision = decide(factsOf({ ...holder, pending }));
  expect(noticesOf(decision)).toEqual(['Normal KeyRequested']);
  expect(statusIn(decision)?.rotation).toMatchObject({ claim: 'claim-1', request: pending });
});

test('who goes on keeps attempt, request and count, under a claim of its own', () => {
  const given = { ...stranger, at: '2030-01-01T12:10:01Z', fresh: true };
  const calls = { issueCalls: ['2030-01-01T11:59:00Z', '2030-01-01T12:00:00Z'] };
  const status = statusIn(decide(factsOf({ ...given, status: issuing({ request }, calls) })));
  expect(status).toMatchObject({
    revision: 2,
    attempt: 1,
    issueCalls: ['2030-01-01T11:59:00Z', status?.rotation?.attemptAt],
  });
  expect(status?.rotation).toMatchObject({ attemptID: 'inst/uid-1/2.1', request });
  expect(status?.rotation?.claim).not.toBe('claim-1');
});
