import type { Clock } from './clock.ts';

/**
 * Calls `wake` with a key at once, and then at most once in `everyMs`, however often the key is named meanwhile: a thousand changes that
 * come within a second, each worth a look at all thousand, cost a few looks. The last one is not lost.
 */
export function createSpacedWakes(
  clock: Pick<Clock, 'schedule'>,
  everyMs: number,
  wake: (key: string) => void,
): (key: string) => void {
  /** Keys that were passed on a moment ago, and whether they have been named since. */
  const resting = new Map<string, boolean>();

  function pass(key: string): void {
    resting.set(key, false);
    clock.schedule(everyMs, () => {
      const again = resting.get(key);
      resting.delete(key);
      if (again) pass(key);
    });
    wake(key);
  }

  return (key) => {
    if (resting.has(key)) resting.set(key, true);
    else pass(key);
  };
}
