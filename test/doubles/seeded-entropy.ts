import type { Entropy } from '../../src/runtime/entropy.ts';

/** The same identifiers and the same jitter for the same seed. */
export function createSeededEntropy(seed: number): Entropy {
  let state = seed >>> 0;
  let count = 0;

  /** mulberry32 */
  function random(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    random,
    uuid() {
      count += 1;
      const tail = (seed * 2 ** 24 + count).toString(16).padStart(12, '0').slice(-12);
      return `00000000-0000-4000-8000-${tail}`;
    },
  };
}
