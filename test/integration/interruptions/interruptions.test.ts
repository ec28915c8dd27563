import { afterAll, describe, expect, test } from 'vitest';
import { type InterruptedStory, tellInterrupted } from './interrupted-story.ts';
import { momentOf, STEP_NAMES, STEPS } from './moment.ts';

// The demo's story of three rotations, with the operator ended at a moment that follows from the seed. To replay one:
// npx vitest run test/integration/interruptions -t 'SIGKILL > seed 7$'

/** Less than 6 s on a machine of its own; other suites run beside this one, and it must not fail for them. */
const BOUND_SECONDS = 5 * 6;

describe.each([
  { signal: 'SIGKILL', seeds: seedsUpTo(20) },
  { signal: 'SIGTERM', seeds: seedsUpTo(20) },
] as const)('$signal', ({ signal, seeds }) => {
  const stories = new Map<number, InterruptedStory>();

  test.concurrent.for(seeds)('seed %i', { timeout: 2 * BOUND_SECONDS * 1_000 }, async (seed, { expect }) => {
    const moment = momentOf(seed);
    const story = await tellInterrupted(moment, signal);
    stories.set(seed, story);
    expect(story.broken).toEqual([]);
    expect(story.diedIn, 'the moment came').toBeDefined();
    if (moment.laterMs === 0) expect(story.diedIn).toEqual({ revision: moment.revision, step: moment.step });
    if (signal === 'SIGTERM') expect(story.orphans).toEqual([]);
    expect(story.seconds).toBeLessThan(BOUND_SECONDS);
  });

  test('every step was interrupted', () => {
    const steps = new Set([...stories.values()].map(({ diedIn }) => diedIn?.step));
    expect([...steps].sort()).toEqual(STEPS);
  });

  afterAll(() => {
    const lines = [...stories]
      .sort(([a], [b]) => a - b)
      .map(([seed, { diedIn, seconds }]) => {
        const where = diedIn ? `${diedIn.step} ${STEP_NAMES[diedIn.step]} of revision ${diedIn.revision}` : 'nowhere';
        return `seed ${seed}: ${signal} inside ${where}, ${seconds.toFixed(1)} s`;
      });
    console.log(lines.join('\n'));
  });
});

function seedsUpTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
