import { type Clock, sleep } from '../../runtime/clock.ts';

/** Spreads calls that write, over all stores of one account and region. */
export interface WriteBudget {
  /** Resolves when the next write may go out. */
  take(place: string): Promise<void>;
  /** AWS said that there were too many: nothing goes out for a while. */
  throttled(place: string): void;
}

/** AWS grants 50 writes a second to an account and region, to all its clients together; so many at once are ours. */
const BURST = 20;
/** One of ours in so many milliseconds after that. */
const SPACING_MS = 50;
const BURST_MS = BURST * SPACING_MS;
const PAUSE_MS = 1_000;

/** One a process. `place` names account and region. */
export function createWriteBudget(clock: Clock): WriteBudget {
  /** When the bucket of a place would be empty of debt, in monotonic milliseconds. */
  const paidAt = new Map<string, number>();
  const dueOf = (place: string) => Math.max(paidAt.get(place) ?? 0, clock.monotonic());
  return {
    async take(place) {
      const due = dueOf(place) + SPACING_MS;
      paidAt.set(place, due);
      const waitMs = due - clock.monotonic() - BURST_MS;
      if (waitMs > 0) await sleep(clock, waitMs);
    },
    throttled(place) {
      paidAt.set(place, Math.max(dueOf(place), clock.monotonic() + PAUSE_MS + BURST_MS));
    },
  };
}
