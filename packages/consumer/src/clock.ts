/** Timers and chance, so that tests can drive both. */
export interface ConsumerClock {
  /** Runs `callback` once after `delayMs`; the returned function cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
  /** Uniform in [0, 1), for jitter only. */
  random(): number;
}

/** The machine's own; its timers do not keep the process alive. */
export const systemClock: ConsumerClock = {
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** Resolves after `delayMs`, or at once when `signal` aborts. */
export function pause(clock: ConsumerClock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.schedule(delayMs, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
