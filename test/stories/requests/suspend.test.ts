import { describe, expect, test } from 'vitest';
import { beginArmed } from '../live-policy/armed-story.ts';
import { PHASES } from '../live-policy/phases.ts';
import { begin, type Story } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const HOUR_MS = 3_600_000;

describe('suspend', () => {
  test('before the first issue: nothing begins, and resuming goes on', async () => {
    const story = begin({ spec: { suspend: true } });
    story.create();
    await staysAsItIs(story);
    story.change({ suspend: false });
    await story.done(1);
    expect(story.issued()).toBe(1);
    expect(story.wrong()).toEqual([]);
  });

  test.each(PHASES)('$name: nothing begins, and resuming goes on', async ({ hasCome, moved }) => {
    const { story, arm } = beginArmed({ spec: { migration: { gracePeriod: '10m' } } }, hasCome, (told) =>
      told.change({ suspend: true }),
    );
    await story.firstKey();
    story.consume(...PODS.slice(0, moved));
    arm();
    story.annotate({ rotate: 'a' });
    await staysAsItIs(story);
    story.consume(...PODS.slice(moved));
    story.change({ suspend: false });
    await story.done(2);
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  });
});

/** For an hour, from when it is told. */
async function staysAsItIs(story: Story): Promise<void> {
  await story.told('Suspended');
  const before = story.world.calls.length;
  await story.pass(HOUR_MS);
  expect(effects(story.world.calls.slice(before))).toEqual([]);
}

/** Calls that change something outside. */
function effects(calls: readonly string[]): string[] {
  return calls.filter((call) => ['issuer issue', 'issuer revoke', 'store write'].includes(call));
}
