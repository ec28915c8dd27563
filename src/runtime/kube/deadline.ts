import type { Clock } from '../clock.ts';

/** Bounds a call in time, by the injected clock. */
export interface Deadline {
  /** Aborts when the time is over, the parent aborts, or `end` is called. */
  readonly signal: AbortSignal;
  /** Whether the time was over first. */
  expired(): boolean;
  /** Settles as `work` does, or rejects when the signal aborts before, also where `work` ignores the signal. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Lets the call go on without a bound in time; the parent can still abort it. */
  stopTimer(): void;
  /** Frees the timer and whatever is still open under the signal. */
  end(): void;
}

/** Given as a reason, it spares the making of an error with a stack at the end of each call. */
const ENDED = new Error('the call has ended');

/** A deadline `ms` from now. */
export function createDeadline(clock: Clock, ms: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const stopTimer = clock.schedule(ms, () => {
    expired = true;
    controller.abort();
  });
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  else parent?.addEventListener('abort', follow, { once: true });

  return {
    signal: controller.signal,
    expired: () => expired,
    race: (work) => raceSignal(work, controller.signal),
    stopTimer,
    end() {
      stopTimer();
      parent?.removeEventListener('abort', follow);
      controller.abort(ENDED);
    },
  };
}

/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts. */
function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
