import { describe, expect, test } from 'vitest';
import type { ApiKeyRotation, RotationStatus } from '../../../src/api/types.ts';
import { createIssueCalls } from '../../../src/operator/rotation/issue-calls.ts';
import { factsOf, idle, issuing, PLAN } from '../rotation/facts.ts';

const NOON = Date.parse('2030-01-01T12:00:00Z');
const MINUTE_MS = 60_000;

/** What a process remembers that has run since noon; `at`: minutes since. */
function remembering() {
  const clock = { now: NOON };
  const calls = createIssueCalls({ lowerBound: () => clock.now });
  return {
    ...calls,
    pass: (minutes: number) => {
      clock.now += minutes * MINUTE_MS;
    },
    note: (status: RotationStatus, { namespace = 'team', uid = 'a' } = {}) =>
      calls.note(rotation(status, namespace, uid)),
  };
}

function rotation(status: RotationStatus, namespace: string, uid: string): ApiKeyRotation {
  const { object } = factsOf({ status });
  return { ...object, metadata: { ...object.metadata, namespace, uid } };
}

/** When calls were made, in minutes before noon. */
function called(...minutes: number[]): RotationStatus {
  return { issueCalls: minutes.map((ago) => timeAt(-ago)) };
}

function timeAt(minutes: number): string {
  return new Date(NOON + minutes * MINUTE_MS).toISOString().replace('.000Z', 'Z');
}

describe('the issue calls of a namespace', () => {
  test('are those of all its rotations, whatever became of them', () => {
    const calls = remembering();
    calls.note(called(20));
    calls.note(called(10), { uid: 'b' });
    calls.note(called(5), { uid: 'c', namespace: 'other' });
    calls.note({}, { uid: 'b' });
    expect(calls.of('team')).toEqual([timeAt(-20), timeAt(-10)]);
    expect(calls.count('team')).toBe(2);
  });

  test('are counted once, however often they are told', () => {
    const calls = remembering();
    calls.note(called(20));
    calls.note(called(20, 10));
    calls.note(called(20));
    expect(calls.of('team')).toEqual([timeAt(-20), timeAt(-10)]);
  });

  test('of one second are as many as there were', () => {
    const calls = remembering();
    calls.note(called(10, 10));
    calls.note(called(10, 10, 10));
    expect(calls.count('team')).toBe(3);
  });

  test('are forgotten when they are an hour old, in namespaces too that nobody hears of again', () => {
    const calls = remembering();
    calls.note(called(70, 50), { namespace: 'gone' });
    expect(calls.count('gone')).toBe(1);
    calls.pass(60);
    calls.note(called(-59));
    expect([calls.count('gone'), calls.count('team')]).toEqual([0, 1]);
  });

  /** An attempt that asked people an hour or so ago, as it stands since it was resumed; minutes before noon. */
  const asked = (first: number, resumed: number): RotationStatus =>
    issuing({ attemptAt: timeAt(-resumed), request: { text: 'make a key', since: timeAt(-first) } }, called(resumed));

  test('are one where people are asked again, by another process, for the key of the same attempt', () => {
    const calls = remembering();
    calls.note(asked(20, 20));
    calls.note(asked(20, 10));
    calls.note(asked(20, 5));
    expect(calls.of('team')).toEqual([timeAt(-20)]);
    // A view from before.
    calls.note(asked(20, 20));
    expect(calls.count('team')).toBe(1);
  });

  test('are none where people were asked long ago, and only again since', () => {
    const calls = remembering();
    calls.note(asked(600, 5));
    expect(calls.count('team')).toBe(0);
  });

  test('are two where a second attempt asks', () => {
    const calls = remembering();
    calls.note(asked(20, 20));
    calls.note(issuing({ attemptID: 'inst/uid-1/2.2', attemptAt: timeAt(-5) }, called(20, 5)));
    expect(calls.count('team')).toBe(2);
  });

  test('are no times that nobody can read', () => {
    const calls = remembering();
    calls.note({ issueCalls: ['no time'] });
    expect(calls.of('team')).toEqual([]);
  });

  test('are never so many that they fill the memory', () => {
    const calls = remembering();
    for (let uid = 0; uid < 400; uid += 1) calls.note(called(...Array(32).fill(10)), { uid: `${uid}` });
    expect(calls.count('team')).toBe(10_000);
  });
});

describe('the issuer of a call', () => {
  const elsewhere = { ...PLAN, issuer: { ...PLAN.issuer, kind: 'ClusterApiKeyIssuer', name: 'shared' } };

  test('is that of the plan under which it was made, also when another plan follows', () => {
    const calls = remembering();
    calls.note(issuing({ startedAt: timeAt(-30), plan: elsewhere }, called(30)));
    calls.note(issuing({ startedAt: timeAt(-30) }, called(30, 10)));
    calls.note(idle(called(30, 10)));
    expect(calls.of('team', 'shared')).toEqual([timeAt(-30)]);
    expect(calls.of('team', 'team/apio')).toEqual([timeAt(-10)]);
  });

  test('is that of the key in use, where the call was made before the rotation that runs', () => {
    const calls = remembering();
    calls.note(issuing({ startedAt: timeAt(-10), plan: elsewhere }, called(30, 10)));
    expect(calls.of('team', 'team/apio')).toEqual([timeAt(-30)]);
    expect(calls.of('team', 'shared')).toEqual([timeAt(-10)]);
  });
});
