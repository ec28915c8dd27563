import type { Clock } from '../runtime/clock.ts';

/** Asks at most once in `ms`, and again at once after a failure. Calls of one moment share an answer. */
export function cachedFor<T>(ms: number, clock: Pick<Clock, 'monotonic'>, read: () => Promise<T>): () => Promise<T> {
  let held: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (held && clock.monotonic() - held.at < ms) return held.value;
    const value = read();
    const mine = { at: clock.monotonic(), value };
    held = mine;
    value.catch(() => {
      if (held === mine) held = undefined;
    });
    return value;
  };
}
