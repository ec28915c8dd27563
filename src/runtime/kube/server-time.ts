import { CallError } from '../../http/call-error.ts';
import type { Clock } from '../clock.ts';

/** A Date header is cut to whole seconds. */
const RESOLUTION_MS = 1_000;

/**
 * The API server's clock, known from its Date headers. A duration that can end in a revocation starts at `upperBound` and
 * has elapsed when `lowerBound` says so, so that it can only come out too long. Neither ever goes back.
 */
export interface ServerTime {
  /** Milliseconds since the epoch, not after the server's now; throws CallError before the first answer. Never for starts. */
  lowerBound(): number;
  /** Milliseconds since the epoch, not before the server's now; throws CallError before the first answer. Never for "elapsed". */
  upperBound(): number;
  /** Takes the Date header of an answer (undefined or unreadable: ignored) to a request sent at `sentAtMonotonic`. */
  observe(dateHeader: string | undefined, sentAtMonotonic: number): void;
}

/** A ServerTime that knows nothing yet. */
export function createServerTime(clock: Pick<Clock, 'monotonic'>): ServerTime {
  let lower: number | undefined;
  let upper = 0;
  let upperOffset = 0;

  function known(): number {
    if (lower !== undefined) return lower;
    throw new CallError('unavailable', 'ServerTimeUnknown', 'No answer of the Kubernetes API has shown its time yet');
  }
  return {
    lowerBound: known,
    upperBound() {
      upper = Math.max(upper, known(), clock.monotonic() + upperOffset);
      return upper;
    },
    observe(dateHeader, sentAtMonotonic) {
      const date = Date.parse(dateHeader ?? '');
      if (Number.isNaN(date)) return;
      lower = Math.max(lower ?? date, date);
      upperOffset = date + RESOLUTION_MS - sentAtMonotonic;
    },
  };
}
