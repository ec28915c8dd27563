import type { Clock } from './clock.ts';

/** Ends something that should show signs of life. */
export interface InactivityGuard {
  /** Aborts when nothing touched the guard for too long, when the parent aborts, or at `end`. */
  readonly signal: AbortSignal;
  /** Whether it aborted because nothing touched it. */
  expired(): boolean;
  touch(): void;
  end(): void;
}

/** A guard that waits `ms` for each touch. */
export function createInactivityGuard(clock: Clock, ms: number, parent: AbortSignal): InactivityGuard {
  const controller = new AbortController();
  let touchedAt = clock.monotonic();
  let expired = false;
  let cancel = () => {};
  const arm = (delay: number) => {
    cancel = clock.schedule(delay, () => {
      const rest = touchedAt + ms - clock.monotonic();
      if (rest > 0) return arm(rest);
      expired = true;
      controller.abort();
    });
  };
  const follow = () => controller.abort(parent.reason);
  parent.addEventListener('abort', follow, { once: true });
  if (parent.aborted) follow();
  arm(ms);

  return {
    signal: controller.signal,
    expired: () => expired,
    touch() {
      touchedAt = clock.monotonic();
    },
    end() {
      cancel();
      parent.removeEventListener('abort', follow);
      controller.abort();
    },
  };
}
