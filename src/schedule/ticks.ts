import { Cron } from 'croner';

/**
 * The instants, in milliseconds since the epoch, at which a cron expression fires. Fixed times that a clock change skips
 * fire at the first instant after the gap, those that it repeats fire once; wildcards and steps follow the clock.
 */
export interface Ticks {
  /** The first `count` ticks after `afterMs`, oldest first; fewer where the calendar ends. */
  next(afterMs: number, count: number): readonly number[];
  /** The last `count` ticks up to and with `untilMs`, newest first; fewer where the calendar begins. */
  previous(untilMs: number, count: number): readonly number[];
}

/**
 * Ticks of five fields read in an IANA time zone. Throws croner's TypeError or RangeError for fields that it cannot read;
 * an unknown time zone throws only when ticks are asked for, so the caller checks it before.
 */
export function createTicks(cron: string, timeZone: string): Ticks {
  const pattern = new Cron(cron, {
    mode: '5-part',
    timezone: timeZone,
    // The default takes `30 2,14 * * *` for an interval and leaves 02:30 out where the clock skips it.
    fixedTimeRule: 'no-wildcard',
  });
  return rememberPresent({
    next: (afterMs, count) => pattern.nextRuns(count, new Date(afterMs)).map((date) => date.getTime()),
    // croner leaves the reference itself out.
    previous: (untilMs, count) => pattern.previousRuns(count, new Date(untilMs + 1)).map((date) => date.getTime()),
  });
}

/** A time without a tick in it: the two ticks before it, newest first, and the one that ends it; Infinity where none does. */
interface Span {
  readonly before: readonly number[];
  readonly endMs: number;
}

/**
 * A tick costs a millisecond to find, and one schedule is asked at every decision about every object that has it, nearly always
 * about the time between the same two ticks.
 */
function rememberPresent({ next, previous }: Ticks): Ticks {
  let present: Span = { before: [], endMs: Number.NEGATIVE_INFINITY };
  const isPresent = (ms: number) => ms >= (present.before[0] ?? Number.POSITIVE_INFINITY) && ms < present.endMs;
  return {
    next(afterMs, count) {
      if (count !== 1 || !isPresent(afterMs)) return next(afterMs, count);
      return Number.isFinite(present.endMs) ? [present.endMs] : [];
    },
    previous(untilMs, count) {
      if (count !== 2) return previous(untilMs, count);
      if (!isPresent(untilMs)) {
        const [endMs = Number.POSITIVE_INFINITY] = next(untilMs, 1);
        present = { before: previous(untilMs, 2), endMs };
      }
      return present.before;
    },
  };
}
