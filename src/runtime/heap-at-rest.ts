import type { Clock } from './clock.ts';

/** The heap of this process. */
export interface Heap {
  /** Bytes that it takes from the system, garbage included. */
  size(): number;
  /** Collects all garbage, gives back what it took, and stops everything else meanwhile. */
  collect(): void;
}

/** What the watch over the heap needs. */
export interface HeapAtRestOptions {
  readonly clock: Pick<Clock, 'schedule'>;
  readonly heap: Heap;
  /** Which share of the time since the last question this process was busy, from 0 to 1. */
  readonly busyShare: () => number;
}

const LOOK_EVERY_MS = 5_000;
/** Nobody waits for a process that is busy for less. */
const AT_REST = 0.05;
/** So much more than after the last collection is worth the pause: tens of milliseconds, a few hundred with 10,000 objects. */
const WORTH_IT = { factor: 1.25, bytes: 8 * 1024 * 1024 };

/**
 * Gives back at rest what the heap took for work that is over. The engine collects when it allocates: an operator that has read ten
 * thousand rotations, and has nothing to do afterwards, would keep twice their size in garbage for as long as it lives. Returns how
 * to stop.
 */
export function keepHeapSmallAtRest({ clock, heap, busyShare }: HeapAtRestOptions): () => void {
  let needed = 0;
  let cancel = clock.schedule(LOOK_EVERY_MS, look);

  function look(): void {
    const isWorthIt = heap.size() > needed * WORTH_IT.factor + WORTH_IT.bytes;
    if (busyShare() < AT_REST && isWorthIt) {
      heap.collect();
      needed = heap.size();
    }
    cancel = clock.schedule(LOOK_EVERY_MS, look);
  }
  return () => cancel();
}
