import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Heap } from '../runtime/heap-at-rest.ts';

/** What Node has with `--expose-gc`; `last-resort` gives free pages back to the system too. */
type Collect = (how: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void;

/** The heap of the engine; undefined where Node runs without `--expose-gc`. The image's entry point has it. */
export function engineHeap(): Heap | undefined {
  const { gc } = globalThis as { readonly gc?: Collect };
  return (
    gc && {
      size: () => getHeapStatistics().total_heap_size,
      collect: () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
    }
  );
}

/** Tells at each question which share of the time since the last one the event loop was busy. */
export function createBusyShare(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
