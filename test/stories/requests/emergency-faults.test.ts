import { describe, expect, test } from 'vitest';
import { FAULT_TYPES, FAULTY_CALLS } from '../../doubles/outside-calls.ts';
import { type Disturbance, play, pointsAfter, type Stage } from './request-stories.ts';

/** Which keys of ours are alive in the end, in the order of their issue. */
type Story = readonly [(stage: Stage) => Promise<void>, readonly string[]];

async function migrating(stage: Stage): Promise<void> {
  stage.annotate({ rotate: 'a' });
  await stage.until(({ rotation }) => !!rotation?.publishedAt);
}

/** Nobody ever reports in these: that an emergency ends all the same is what it is for. */
const STORIES: Readonly<Record<string, Story>> = {
  'the current key has leaked': [
    async (stage) => {
      stage.request({ emergency: `x/${stage.serves()}` });
      await stage.done(2);
    },
    ['revoked', 'active'],
  ],
  'the old key has leaked in the middle of a rotation': [
    async (stage) => {
      const first = stage.serves();
      await migrating(stage);
      stage.request({ emergency: `x/${first}` });
      await stage.done(2);
    },
    ['revoked', 'active'],
  ],
  'the new key has leaked in the middle of a rotation': [
    async (stage) => {
      await migrating(stage);
      stage.request({ emergency: `x/${stage.serves()}` });
      await stage.until(({ revision, rotation }) => revision === 4 && !!rotation?.publishedAt);
      stage.consume('api-0', 'api-1');
      await stage.done(4);
    },
    ['revoked', 'revoked', 'active'],
  ],
  'the new key has leaked and no way leads back': [
    async (stage) => {
      await migrating(stage);
      stage.destroyVersion(1);
      stage.request({ emergency: `x/${stage.serves()}` });
      await stage.until(({ abandoned }) => abandoned?.some(({ reason }) => reason.startsWith('emergency')) === true);
      await stage.until(({ abandoned = [] }) => !abandoned.some(({ leaked }) => leaked));
    },
    ['active', 'revoked', 'active'],
  ],
};

describe.each(Object.entries(STORIES))('%s', async (_name, [story, expected]) => {
  const alone = pointsAfter(await play(story));
  const together = pointsAfter(await play(story, { operators: 2 }));

  async function expectWell(disturbance: Disturbance): Promise<void> {
    const { world, wrong } = await play(story, disturbance);
    expect(world.crashed(), 'a planned crash must happen').toBe(disturbance.crash !== undefined);
    expect(wrong).toEqual([]);
    const states = world.apio.keys.filter((key) => key.label).map((key) => world.apio.statusOf(key));
    // An attempt whose answer was lost may have made one key more; it is dead.
    const alive = expected.filter((state) => state === 'active').length;
    expect(states.filter((state) => state === 'active')).toHaveLength(alive);
    expect(states.at(-1)).toBe('active');
    expect(states.length).toBeGreaterThanOrEqual(expected.length);
    expect(states.length).toBeLessThanOrEqual(expected.length + 1);
  }

  test('nothing goes wrong', async () => {
    const { world, wrong } = await play(story);
    expect(wrong).toEqual([]);
    expect(world.apio.keys.filter((key) => key.label).map((key) => world.apio.statusOf(key))).toEqual(expected);
  });

  test.each(alone)('an operator dies $side call $call: $name', (crash) => expectWell({ crash }));

  test.each(together.filter(({ side }) => side === 'after'))(
    'of two operators one dies after call $call: $name',
    (crash) => expectWell({ operators: 2, crash }),
  );

  test.each(FAULTY_CALLS.flatMap((call) => FAULT_TYPES.map((type) => ({ call, type }))))('$call: $type', (fault) =>
    expectWell({ fault: { ...fault, times: 1 } }),
  );
});
