import type { Clock } from '../runtime/clock.ts';
import { CallError, NotBegunError } from './call-error.ts';

/** Whoever says that there are too many requests, and not when there may be more, as Vault does unless told otherwise, has this long. */
const UNNAMED_MS = 1_000;

/** Lets a call to the other side through, or throws NotBegunError before the time that the other side has named. */
export type Turnstile = <T>(call: () => Promise<T>) => Promise<T>;

/**
 * Whom we asked too often is left alone by all of our work, not by the one piece of it that was told (Retry-After): a turnstile stands before
 * each that has a limit of its own. `title` names it in errors; `longestMs`: a longer time is kept by the piece of work alone that was told.
 */
export function createTurnstile(title: string, clock: Pick<Clock, 'monotonic'>, longestMs: number): Turnstile {
  let told: CallError | undefined;
  let until = Number.NEGATIVE_INFINITY;

  function heed(error: CallError): void {
    const askedMs = Math.min(waitAsked(error), longestMs);
    if (askedMs <= 0) return;
    told = error;
    until = Math.max(until, clock.monotonic() + askedMs);
  }

  return async function pass<T>(call: () => Promise<T>): Promise<T> {
    const restMs = until - clock.monotonic();
    if (told && restMs > 0) throw askedToWait(title, told, restMs);
    try {
      return await call();
    } catch (error) {
      if (error instanceof CallError) heed(error);
      throw error;
    }
  };
}

function waitAsked({ status, retryAfterSeconds }: CallError): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1_000;
  return status === 429 ? UNNAMED_MS : 0;
}

/** Not that call's own error: it may tell of another object, and whether that call was carried out says nothing about this one. */
function askedToWait(title: string, { reason }: CallError, restMs: number): CallError {
  const message = `${title} asked with an answer to another call (${reason}) not to be called for some time; it is called again after that`;
  return new NotBegunError('unavailable', reason, message, { retryAfterSeconds: restMs / 1_000 });
}
