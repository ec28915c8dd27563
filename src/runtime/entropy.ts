import { randomUUID } from 'node:crypto';

/** Where identifiers and jitter come from; seeded in simulations. */
export interface Entropy {
  /** A fresh UUID: claims, event names. */
  uuid(): string;
  /** Uniform in [0, 1): jitter only, never anything secret. */
  random(): number;
}

/** The machine's own entropy. */
export const systemEntropy: Entropy = { uuid: randomUUID, random: Math.random };
