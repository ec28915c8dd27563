import type { ConsumerClock } from '../src/clock.ts';

/** A clock whose timers run only when a test fires them; jitter always at its least. */
export function createTimers() {
  const timers = new Map<object, { delayMs: number; callback: () => void }>();
  const clock: ConsumerClock = {
    schedule(delayMs, callback) {
      const handle = {};
      timers.set(handle, { delayMs, callback });
      return () => timers.delete(handle);
    },
    random: () => 0,
  };
  return {
    clock,
    /** Delays of the timers that wait, shortest first. */
    delays: () => [...timers.values()].map(({ delayMs }) => delayMs).sort((a, b) => a - b),
    /** Runs every timer of this delay; says whether there was one. */
    fire(delayMs: number): boolean {
      const due = [...timers].filter(([, timer]) => timer.delayMs === delayMs);
      for (const [handle, { callback }] of due) {
        timers.delete(handle);
        callback();
      }
      return due.length > 0;
    },
  };
}
