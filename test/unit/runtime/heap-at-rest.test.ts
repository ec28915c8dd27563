import { expect, test } from 'vitest';
import { keepHeapSmallAtRest } from '../../../src/runtime/heap-at-rest.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const MIB = 1024 * 1024;

function setUp() {
  const clock = new VirtualClock();
  const process = { heap: 170 * MIB, needed: 60 * MIB, busy: 0, collections: 0 };
  const stop = keepHeapSmallAtRest({
    clock,
    heap: {
      size: () => process.heap,
      collect() {
        process.collections += 1;
        process.heap = process.needed;
      },
    },
    busyShare: () => process.busy,
  });
  return { clock, process, stop };
}

test('what a start took is given back once there is nothing to do', async () => {
  const { clock, process } = setUp();
  process.busy = 0.9;
  await clock.advance(20_000);
  expect(process.collections).toBe(0);
  process.busy = 0.01;
  await clock.advance(5_000);
  expect(process.heap).toBe(60 * MIB);
});

test('a heap that is needed is not collected again and again', async () => {
  const { clock, process } = setUp();
  await clock.advance(3_600_000);
  expect(process.collections).toBe(1);
});

test('a few rotations are no reason, a burst is', async () => {
  const { clock, process } = setUp();
  await clock.advance(5_000);
  process.heap = 80 * MIB;
  await clock.advance(60_000);
  expect(process.collections).toBe(1);
  process.heap = 100 * MIB;
  await clock.advance(5_000);
  expect(process.collections).toBe(2);
});

test('nothing is collected after its end', async () => {
  const { clock, process, stop } = setUp();
  stop();
  await clock.advance(60_000);
  expect(process.collections).toBe(0);
});
