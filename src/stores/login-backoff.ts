import { CallError } from '../http/call-error.ts';
import type { Clock } from '../runtime/clock.ts';

const BACKOFF_MS = { first: 1_000, most: 60_000 } as const;

/** Lets a login be tried; after a refused one answers with the same refusal for a while, each time twice as long. */
export function createLoginBackoff(clock: Pick<Clock, 'monotonic'>) {
  let refusals = 0;
  let until = Number.NEGATIVE_INFINITY;
  let refusal: CallError | undefined;
  return {
    async attempt<T>(login: () => Promise<T>): Promise<T> {
      if (refusal && clock.monotonic() < until) throw refusal;
      try {
        const result = await login();
        refusals = 0;
        return result;
      } catch (error) {
        if (!(error instanceof CallError && error.outcome === 'denied')) throw error;
        until = clock.monotonic() + Math.min(BACKOFF_MS.first * 2 ** refusals, BACKOFF_MS.most);
        refusals += 1;
        refusal = error;
        throw error;
      }
    },
  };
}
