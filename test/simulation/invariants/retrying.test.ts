import { describe, expect, test } from 'vitest';
import { callOf } from '../kernel/faults.ts';
import { begins, judge, type Line } from './history.ts';
import {
  issueCallsAreBounded,
  retriesAreBounded,
  retriesAreSpread,
  retryAfterIsKept,
  verdictsStand,
} from './retrying.ts';

/** One process makes the same call at these seconds, and is not answered. */
const tries = (name: string, ...seconds: number[]): Line[] => seconds.map((at) => [at, 'op1', begins(name)]);
const every = (seconds: number, count: number) => Array.from({ length: count }, (_, index) => index * seconds);
const answered = (name: string): Line[2] => ({ type: 'Answered', call: callOf(name), value: undefined });

describe('L4, retries', () => {
  test('forty in an hour are enough, whoever else makes the same call', () => {
    expect(judge(retriesAreBounded, tries('issuer issue', ...every(80, 40)))).toEqual([]);
    expect(judge(retriesAreBounded, tries('issuer issue', ...every(80, 41)))).toHaveLength(1);
    const others = every(80, 41).map((at): Line => [at, `op${at}`, begins('issuer issue')]);
    expect(judge(retriesAreBounded, others)).toEqual([]);
  });

  test('an answer begins another count', () => {
    const lines: Line[] = [...tries('issuer issue', ...every(1, 40)), [41, 'op1', answered('issuer issue')]];
    expect(judge(retriesAreBounded, [...lines, ...tries('issuer issue', 42)])).toEqual([]);
  });

  test('mere looks may be more', () => {
    expect(judge(retriesAreBounded, tries('store check', ...every(14.4, 250)))).toEqual([]);
    expect(judge(retriesAreBounded, tries('store check', ...every(14.3, 251)))).toHaveLength(1);
  });

  test('pauses that are all alike were not drawn', () => {
    expect(judge(retriesAreSpread, tries('store read', ...every(300, 6)))).toHaveLength(1);
    expect(judge(retriesAreSpread, tries('store read', 0, 300, 600, 900, 1_200, 1_400))).toEqual([]);
    expect(judge(retriesAreSpread, tries('store read', ...every(5, 20)))).toEqual([]);
  });
});

describe('L4, a time that the other side names', () => {
  const refused = (name: string): Line => [1, 'op1', { type: 'Refused', call: callOf(name), retryAfterSeconds: 7 }];
  test.each([
    ['before it breaks it', 'store read', tries('store read', 7.9), 1],
    ['from it on is right', 'store read', tries('store read', 8), 0],
    ['of another kind breaks it too', 'store read', tries('store check', 2), 1],
    ['to somebody else is free', 'store read', tries('issuer check', 2), 0],
    ['by another process is free', 'store read', [[2, 'op2', begins('store read')] as Line], 0],
    ['about objects of the kind breaks it', 'kube LIST pods', tries('kube GET pods', 2), 1],
    ['about objects of another kind is free', 'kube LIST pods', tries('kube GET secrets', 2), 0],
    ['of the election is free', 'kube PUT leases', tries('kube PUT leases', 2), 0],
  ])('a call %s', (_words, name, lines, problems) => {
    expect(judge(retryAfterIsKept, [refused(name), ...lines])).toHaveLength(problems);
  });
});

describe('L4, issue calls', () => {
  const made = (id: string): Line[2] => {
    const key = { id, text: id, fingerprint: id, label: undefined, alive: () => true };
    return { type: 'Issued', key };
  };
  test.each([
    [[0, 10, 20, 30, 40, 50], 0],
    [[0, 10, 20, 30, 40, 50, 60], 1],
    [[0, 10, 20, 30, 40, 50, 3_600], 0],
  ])('that make keys at %j s break it %i times', (seconds, problems) => {
    const lines = seconds.map((at): Line => [at, 'op1', made(`k${at}`)]);
    expect(judge(issueCallsAreBounded, lines)).toHaveLength(problems);
  });
});

test.each([
  ['every fifteen seconds', every(15, 9), 0],
  ['every second', every(1, 7), 1],
])('L4, whether a store is ready is written %s', (_words, seconds, problems) => {
  const lines = seconds.map((at): Line => [at, 'op1', answered('kube PUT status keystores')]);
  expect(judge(verdictsStand, lines)).toHaveLength(problems);
});
