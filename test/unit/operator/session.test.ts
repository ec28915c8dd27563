import { expect, test } from 'vitest';
import type { Delivery } from '../../../src/operator/rotation/act/delivery.ts';
import { createSessions } from '../../../src/operator/rotation/session.ts';

const KEY = 'team/payments';

/** A key in hand whose revocation fails so many times first. */
function held(failures = 0) {
  let tries = 0;
  const delivery: Delivery = {
    run: () => Promise.reject(new Error('nobody delivers here')),
    async discard() {
      tries += 1;
      if (tries <= failures) throw new Error('the issuer is away');
    },
    inHand: { keyID: 'k2', served: false },
  };
  return { delivery, tries: () => tries };
}

test('one object has one session, as long as its uid stays', () => {
  const sessions = createSessions();
  const first = sessions.of(KEY, 'uid-1');
  first.claim = 'mine';
  expect(sessions.of(KEY, 'uid-1')).toBe(first);
  expect(sessions.of('team/other', 'uid-2')).toEqual({});
});

test('an object made again under its name starts from nothing', () => {
  const sessions = createSessions();
  sessions.of(KEY, 'uid-1').claim = 'mine';
  expect(sessions.of(KEY, 'uid-2')).toEqual({});
});

test('an object that is gone is forgotten', () => {
  const sessions = createSessions();
  sessions.of(KEY, 'uid-1').claim = 'mine';
  sessions.end(KEY);
  expect(sessions.of(KEY, 'uid-1')).toEqual({});
});

test.each(['is gone', 'was made again'])('the key in hand is discarded once when its object %s', async (fate) => {
  const sessions = createSessions();
  const { delivery, tries } = held();
  sessions.of(KEY, 'uid-1').delivery = delivery;
  await sessions.discardEnded(KEY);
  expect(tries(), 'while the object is there').toBe(0);
  if (fate === 'is gone') sessions.end(KEY);
  else sessions.of(KEY, 'uid-2');
  await sessions.discardEnded('team/other');
  expect(tries(), 'by another object').toBe(0);
  await sessions.discardEnded(KEY);
  await sessions.discardEnded(KEY);
  expect(tries()).toBe(1);
});

test('a key that could not be discarded is tried again, and those that were are not', async () => {
  const sessions = createSessions();
  const [easy, hard] = [held(), held(2)];
  sessions.of(KEY, 'uid-1').delivery = easy.delivery;
  sessions.of(KEY, 'uid-2').delivery = hard.delivery;
  sessions.of(KEY, 'uid-3');
  await expect(sessions.discardEnded(KEY)).rejects.toThrow('the issuer is away');
  await expect(sessions.discardEnded(KEY)).rejects.toThrow('the issuer is away');
  await sessions.discardEnded(KEY);
  await sessions.discardEnded(KEY);
  expect([easy.tries(), hard.tries()]).toEqual([1, 3]);
});

test('a key that was put down is discarded, and its session takes up another', async () => {
  const sessions = createSessions();
  const session = sessions.of(KEY, 'uid-1');
  const [first, second] = [held(), held()];
  session.delivery = first.delivery;
  sessions.putDown(KEY, session);
  session.delivery = second.delivery;
  expect(sessions.hasPutDown(KEY)).toBe(true);
  await sessions.discardEnded(KEY);
  expect(sessions.hasPutDown(KEY)).toBe(false);
  expect([first.tries(), second.tries()]).toEqual([1, 0]);
});

test('the living session goes on while the key of the one before it cannot be discarded', async () => {
  const sessions = createSessions();
  sessions.of(KEY, 'uid-1').delivery = held(1).delivery;
  const living = sessions.of(KEY, 'uid-2');
  living.claim = 'mine';
  await expect(sessions.discardEnded(KEY)).rejects.toThrow();
  expect(sessions.of(KEY, 'uid-2')).toBe(living);
});
