import { CallError } from '../../http/call-error.ts';
import type { Probe } from './probe.ts';

/** As long as an issuer is left alone at the most (`src/composition/patience.ts`). */
const LONGEST_MS = 60_000;

/**
 * The same probe, not asked before the time that it has named (Retry-After): where people are asked and believed all the same, nobody
 * else hears that it has.
 */
export function createPatientProbe(probe: Probe, clock: { monotonic(): number }): Probe {
  let told: CallError | undefined;
  let until = Number.NEGATIVE_INFINITY;
  return async (key) => {
    const restMs = until - clock.monotonic();
    if (told && restMs > 0)
      throw new CallError(told.outcome, told.reason, told.message, { retryAfterSeconds: restMs / 1_000 });
    try {
      return await probe(key);
    } catch (error) {
      if (error instanceof CallError && error.retryAfterSeconds) {
        told = error;
        until = clock.monotonic() + Math.min(error.retryAfterSeconds * 1_000, LONGEST_MS);
      }
      throw error;
    }
  };
}
