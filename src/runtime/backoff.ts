import type { Entropy } from './entropy.ts';

/** Bounds of exponential backoff. */
export interface BackoffLimits {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** The delay before try number `failures` + 1: doubled each time, bounded, and spread over half of it to all of it. */
export function backoffDelay({ baseMs, maxMs }: BackoffLimits, failures: number, entropy: Entropy): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return full * (0.5 + entropy.random() / 2);
}
