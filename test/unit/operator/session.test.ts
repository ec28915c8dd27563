import { expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import type { Delivery } from '../../../src/operator/rotation/act/delivery.ts';
import { createSessions } from '../../../src/operator/rotation/session.ts';

const KEY = 'team/payments';

/** A key in hand. */
function held(served: boolean): Delivery {
  const unexpected = () => Promise.reject(new Error('not asked in this story'));
  return {
    run: unexpected,
    discard: unexpected,
    attemptID: 'cluster/uid/2.1',
    inHand: () => ({ keyID: 'k2', served }),
    progress: () => [],
  };
}

/** Sessions, and the keys that they put down, each with the object that it was for. */
function remembering() {
  const putDown: [string, Delivery][] = [];
  return { sessions: createSessions((key, delivery) => putDown.push([key, delivery])), putDown };
}

test('one object has one session, as long as its uid stays', () => {
  const { sessions } = remembering();
  const first = sessions.of(KEY, 'uid-1');
  first.claim = 'mine';
  expect(sessions.of(KEY, 'uid-1')).toBe(first);
  expect(sessions.of('team/other', 'uid-2')).toEqual({});
});

test('an object made again under its name starts from nothing', () => {
  const { sessions } = remembering();
  sessions.of(KEY, 'uid-1').claim = 'mine';
  expect(sessions.of(KEY, 'uid-2')).toEqual({});
});

test('an object that is gone is forgotten', () => {
  const { sessions } = remembering();
  sessions.of(KEY, 'uid-1').claim = 'mine';
  sessions.end(KEY);
  expect(sessions.of(KEY, 'uid-1')).toEqual({});
});

test.each(['is gone', 'was made again'])('the key in hand is put down once when its object %s', (fate) => {
  const { sessions, putDown } = remembering();
  const delivery = held(false);
  sessions.of(KEY, 'uid-1').delivery = delivery;
  sessions.of(KEY, 'uid-1');
  expect(putDown, 'while the object is there').toEqual([]);
  const end = () => (fate === 'is gone' ? sessions.end(KEY) : sessions.of(KEY, 'uid-2'));
  end();
  end();
  expect(putDown).toEqual([[KEY, delivery]]);
});

test('a key that consumers may have loaded is left to those who see it at the targets', () => {
  const { sessions, putDown } = remembering();
  sessions.of(KEY, 'uid-1').delivery = held(true);
  sessions.end(KEY);
  expect(putDown).toEqual([]);
});

test('a session whose key was put down takes up another', () => {
  const { sessions, putDown } = remembering();
  const session = sessions.of(KEY, 'uid-1');
  const [first, second] = [held(false), held(false)];
  session.delivery = first;
  sessions.putDown(KEY, session);
  session.delivery = second;
  expect(putDown).toEqual([[KEY, first]]);
  expect(sessions.of(KEY, 'uid-1').delivery).toBe(second);
});

test('what was written last is kept until the cache holds it, or something newer', () => {
  const { sessions } = remembering();
  const version = (resourceVersion: string) =>
    ({ metadata: { namespace: 'team', name: 'payments', uid: 'uid-1', resourceVersion } }) as ApiKeyRotation;
  const session = sessions.of(KEY, 'uid-1');
  const latest = version('10');
  session.latest = latest;
  sessions.caughtUp(version('9'));
  expect(session.latest).toBe(latest);
  sessions.caughtUp(version('10'));
  expect(session.latest).toBeUndefined();
  session.latest = latest;
  sessions.caughtUp(version('100'));
  expect(session.latest).toBeUndefined();
});
