import { expect, test } from 'vitest';
import { createWriteBudget } from '../../../src/stores/aws/write-budget.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

/** How many of so many writes to a place are out after some time. */
function setUp() {
  const clock = new VirtualClock();
  const budget = createWriteBudget(clock);
  const out = new Map<string, number>();
  const write = (place: string, times: number) => {
    for (let n = 0; n < times; n += 1) void budget.take(place).then(() => out.set(place, (out.get(place) ?? 0) + 1));
  };
  const outAfter = async (ms: number, place = 'a') => {
    await clock.advance(ms);
    return out.get(place) ?? 0;
  };
  return { budget, write, outAfter };
}

test('twenty writes go out at once, and twenty a second after that: less than half of what AWS grants an account', async () => {
  const { write, outAfter } = setUp();
  write('a', 80);
  expect(await outAfter(0)).toBe(20);
  expect(await outAfter(1_000)).toBe(40);
  expect(await outAfter(1_000)).toBe(60);
});

test('places do not wait for each other', async () => {
  const { write, outAfter } = setUp();
  write('a', 60);
  write('b', 5);
  expect(await outAfter(0, 'b')).toBe(5);
});

test('nothing goes out for a second after AWS said that there were too many, however often it said so', async () => {
  const { budget, write, outAfter } = setUp();
  for (let n = 0; n < 5; n += 1) budget.throttled('a');
  write('a', 5);
  expect(await outAfter(900)).toBe(0);
  expect(await outAfter(500)).toBe(5);
});
