import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { VIRTUAL_START, VirtualClock } from '../../doubles/virtual-clock.ts';

const dateOf = (ms: number) => new Date(ms).toUTCString();

test('before the first answer both bounds are refused, also after an unreadable header', () => {
  const time = createServerTime(new VirtualClock());
  time.observe(undefined, 0);
  time.observe('yesterday', 0);
  expect(() => time.lowerBound()).toThrow('has shown its time yet');
  expect(() => time.upperBound()).toThrow('has shown its time yet');
});

test('the lower bound is the last header, the upper one adds the resolution and the time since sending', async () => {
  const clock = new VirtualClock();
  const time = createServerTime(clock);
  const sentAt = clock.monotonic();
  await clock.advance(2_000);
  time.observe(dateOf(VIRTUAL_START), sentAt);
  await clock.advance(500);
  expect(time.lowerBound()).toBe(VIRTUAL_START);
  expect(time.upperBound()).toBe(VIRTUAL_START + 1_000 + 2_500);
});

test('the local wall clock has no influence', () => {
  const clock = new VirtualClock();
  const time = createServerTime(clock);
  time.observe(dateOf(VIRTUAL_START), 0);
  clock.jump(86_400_000);
  expect(time.upperBound()).toBe(VIRTUAL_START + 1_000);
});

test('neither bound goes back when a server with a slower clock answers', () => {
  const time = createServerTime(new VirtualClock());
  time.observe(dateOf(VIRTUAL_START + 60_000), 0);
  const before = { lower: time.lowerBound(), upper: time.upperBound() };
  time.observe(dateOf(VIRTUAL_START), 0);
  expect({ lower: time.lowerBound(), upper: time.upperBound() }).toEqual(before);
});

test('the bounds enclose the true time, whatever the delays of requests and answers', () => {
  const exchange = fc.record({ pause: fc.nat(5_000), toServer: fc.nat(3_000), toClient: fc.nat(3_000) });
  fc.assert(
    fc.property(fc.nat(10_000), fc.array(exchange, { minLength: 1 }), (offset, exchanges) => {
      let monotonic = 0;
      const truth = () => VIRTUAL_START + offset + monotonic;
      const time = createServerTime({ monotonic: () => monotonic });
      for (const { pause, toServer, toClient } of exchanges) {
        monotonic += pause;
        const sentAt = monotonic;
        monotonic += toServer;
        const header = dateOf(truth());
        monotonic += toClient;
        time.observe(header, sentAt);
        expect(time.lowerBound()).toBeLessThanOrEqual(truth());
        expect(time.upperBound()).toBeGreaterThanOrEqual(truth());
      }
    }),
  );
});
