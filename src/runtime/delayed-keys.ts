import type { Clock } from './clock.ts';

/** Node's timers wrap round at 2^31 ms (25 days) and then fire at once: longer delays are waited for in pieces. */
const MAX_TIMER_MS = 24 * 3_600_000;

/** Keys that are due later, each at most once. */
export interface DelayedKeys {
  /** The earlier of this and the delay that the key already has wins. */
  set(key: string, delayMs: number): void;
  cancel(key: string): void;
  clear(): void;
}

/** Calls `onDue` with each key when its delay is over. */
export function createDelayedKeys(clock: Clock, onDue: (key: string) => void): DelayedKeys {
  const delayed = new Map<string, { readonly due: number; cancel: () => void }>();

  function arm(key: string, due: number): void {
    const rest = Math.max(0, due - clock.monotonic());
    const cancel = clock.schedule(Math.min(rest, MAX_TIMER_MS), () => {
      if (clock.monotonic() < due && rest > MAX_TIMER_MS) return arm(key, due);
      delayed.delete(key);
      onDue(key);
    });
    delayed.set(key, { due, cancel });
  }

  return {
    set(key, delayMs) {
      const due = clock.monotonic() + delayMs;
      const present = delayed.get(key);
      if (present && present.due <= due) return;
      present?.cancel();
      arm(key, due);
    },
    cancel(key) {
      delayed.get(key)?.cancel();
      delayed.delete(key);
    },
    clear() {
      for (const { cancel } of delayed.values()) cancel();
      delayed.clear();
    },
  };
}
