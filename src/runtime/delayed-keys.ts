import type { Clock } from './clock.ts';
import { createDueKeys } from './due-keys.ts';

/** Node's timers wrap round at 2^31 ms (25 days) and then fire at once: longer delays are waited for in pieces. */
const MAX_TIMER_MS = 24 * 3_600_000;

/** Keys that are due later, each at most once. */
export interface DelayedKeys {
  /** The earlier of this and the delay that the key already has wins. */
  set(key: string, delayMs: number): void;
  cancel(key: string): void;
  clear(): void;
}

/** Calls `onDue` with each key when its delay is over. There is one timer for all of them: each takes most of a kilobyte. */
export function createDelayedKeys(clock: Clock, onDue: (key: string) => void): DelayedKeys {
  const keys = createDueKeys();
  let timer: { readonly due: number; readonly cancel: () => void } | undefined;

  /** Has the timer wait for whatever is due first. */
  function arm(): void {
    const first = keys.first();
    if (timer?.due === first?.due) return;
    timer?.cancel();
    timer = first && { due: first.due, cancel: waitFor(first.due) };
  }

  function waitFor(due: number): () => void {
    const rest = Math.max(0, due - clock.monotonic());
    // What a timer has waited for is due, also where it fired a little early.
    return clock.schedule(Math.min(rest, MAX_TIMER_MS), () => wake(rest > MAX_TIMER_MS ? 0 : due));
  }

  function wake(waitedFor: number): void {
    timer = undefined;
    for (const key of takeDue(Math.max(waitedFor, clock.monotonic()))) onDue(key);
    arm();
  }

  /** All of them before any is told of: a key that is put off once more must not come again now. */
  function takeDue(until: number): readonly string[] {
    const due: string[] = [];
    for (let next = keys.first(); next && next.due <= until; next = keys.first()) {
      keys.delete(next.key);
      due.push(next.key);
    }
    return due;
  }

  return {
    set(key, delayMs) {
      // One that is no number would stand before all others and never be due.
      const due = clock.monotonic() + (Number.isNaN(delayMs) ? 0 : delayMs);
      const present = keys.get(key);
      if (present && present.due <= due) return;
      keys.set(key, due);
      arm();
    },
    cancel(key) {
      keys.delete(key);
      arm();
    },
    clear() {
      keys.clear();
      arm();
    },
  };
}
