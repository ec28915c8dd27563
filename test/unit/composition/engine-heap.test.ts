import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { createBusyShare, engineHeap } from '../../../src/composition/engine-heap.ts';

const shared = globalThis as { gc?: unknown };

afterEach(() => {
  delete shared.gc;
});

test('there is no heap to collect where Node does not show how', () => {
  expect(engineHeap()).toBeUndefined();
});

test('a collection gives back what garbage took', () => {
  // As `--expose-gc` does, which cannot be set for one test alone.
  setFlagsFromString('--expose-gc');
  shared.gc = runInNewContext('gc');
  const heap = engineHeap();
  heap?.collect();
  const before = heap?.size() ?? 0;
  let garbage: unknown[] = Array.from({ length: 500_000 }, (_, at) => ({ at }));
  const full = heap?.size() ?? 0;
  expect(full).toBeGreaterThan(before + 8_000_000 * (garbage.length / 500_000));
  garbage = [];
  heap?.collect();
  expect(heap?.size()).toBeLessThan(full - 4_000_000);
});

test('the busy share is that of the time since the last question', async () => {
  const busyShare = createBusyShare();
  const until = performance.now() + 30;
  while (performance.now() < until);
  await new Promise(setImmediate);
  expect(busyShare()).toBeGreaterThan(0.5);
});
