import { expect, test } from 'vitest';
import { sleep } from '../../../src/runtime/clock.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

test('timers run in the order of due time, then of setting, with the time they asked for', async () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  for (const [name, delay] of [
    ['late', 20],
    ['first', 10],
    ['second', 10],
  ] as const) {
    clock.schedule(delay, () => ran.push(`${name}@${clock.monotonic()}`));
  }
  await clock.advance(20);
  expect(ran).toEqual(['first@10', 'second@10', 'late@20']);
});

test('what follows from a timer is done before the next one runs', async () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  const chain = async () => {
    await sleep(clock, 1);
    for (let step = 0; step < 50; step++) await Promise.resolve();
    ran.push('chain');
  };
  void chain();
  clock.schedule(1, () => ran.push('next'));
  await clock.advance(1);
  expect(ran).toEqual(['chain', 'next']);
});

test('advance stops at its end, also between timers, and runs timers set on the way', async () => {
  const clock = new VirtualClock();
  let ticks = 0;
  const tick = () => {
    ticks++;
    clock.schedule(10, tick);
  };
  clock.schedule(10, tick);
  await clock.advance(35);
  expect({ ticks, elapsed: clock.monotonic(), next: clock.nextDelayMs }).toEqual({ ticks: 3, elapsed: 35, next: 5 });
});

test('a cancelled timer does not run', async () => {
  const clock = new VirtualClock();
  let ran = false;
  clock.schedule(1, () => {
    ran = true;
  })();
  await clock.advance(5);
  expect(ran).toBe(false);
});

test('a jump moves the wall clock and no timer', async () => {
  const clock = new VirtualClock(1_000);
  let ran = false;
  clock.schedule(10, () => {
    ran = true;
  });
  clock.jump(86_400_000);
  await clock.idle();
  expect({ now: clock.now(), monotonic: clock.monotonic(), ran }).toEqual({
    now: 86_401_000,
    monotonic: 0,
    ran: false,
  });
});

test('runUntil says why the condition never held', async () => {
  const clock = new VirtualClock();
  await expect(clock.runUntil(() => false)).rejects.toThrow('nothing is left to happen');
  clock.schedule(100, () => {});
  await expect(clock.runUntil(() => false, 50)).rejects.toThrow('50 ms passed');
});
