import { expect, test } from 'vitest';
import type { Clock } from '../../../src/runtime/clock.ts';
import { createDelayedKeys } from '../../../src/runtime/delayed-keys.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

function setUp() {
  const clock = new VirtualClock();
  const came: string[] = [];
  const keys = createDelayedKeys(clock, (key) => came.push(`${key}@${clock.monotonic()}`));
  return { clock, came, keys };
}

test('keys come when they are due, equal ones in the order in which they were delayed', async () => {
  const { clock, came, keys } = setUp();
  for (const [key, delay] of [
    ['c', 500],
    ['a', 100],
    ['d', 500],
    ['b', 100],
  ] as const)
    keys.set(key, delay);
  await clock.advance(1_000);
  expect(came).toEqual(['a@100', 'b@100', 'c@500', 'd@500']);
});

test('the earlier of two delays of one key wins', async () => {
  const { clock, came, keys } = setUp();
  for (const delay of [500, 100, 900]) keys.set('a', delay);
  await clock.advance(1_000);
  expect(came).toEqual(['a@100']);
});

test('one timer waits for all of them, and none when nothing is left to wait for', async () => {
  const { clock, came, keys } = setUp();
  for (let i = 0; i < 100; i += 1) keys.set(`k${i}`, 1_000 - i);
  expect([clock.pending, clock.nextDelayMs]).toEqual([1, 901]);
  keys.cancel('k99');
  expect([clock.pending, clock.nextDelayMs]).toEqual([1, 902]);
  keys.clear();
  expect(clock.pending).toBe(0);
  keys.set('last', 10);
  await clock.advance(2_000);
  expect([came, clock.pending]).toEqual([['last@10'], 0]);
});

test('a key that is put off by whoever is told of it comes again later', async () => {
  const clock = new VirtualClock();
  const came: number[] = [];
  const keys = createDelayedKeys(clock, (key) => {
    came.push(clock.monotonic());
    if (came.length < 3) keys.set(key, 100);
  });
  keys.set('a', 100);
  await clock.advance(1_000);
  expect(came).toEqual([100, 200, 300]);
});

test('a timer that fires a little early has what it waited for come at once, and a key that is put off until then once more', async () => {
  const timers: (() => void)[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    schedule: (_, callback) => {
      timers.push(callback);
      return () => {};
    },
  };
  const came: string[] = [];
  const keys = createDelayedKeys(clock, (key) => {
    came.push(key);
    if (came.length === 1) keys.set(key, 100.5 - now);
  });
  keys.set('a', 100.5);
  now = 100;
  timers[0]?.();
  expect([came, timers.length]).toEqual([['a'], 2]);
  timers[1]?.();
  expect(came).toEqual(['a', 'a']);
});
