import { describe, expect, test } from 'vitest';
import { begin, deleteRotation, type Story, type StoryOptions } from '../world/story.ts';

const MINUTE_MS = 60_000;
const PODS = ['api-0', 'api-1'];
/** The outside call after which a person deletes the object, during the first issue or during a rotation. */
const PHASES = {
  'before the intent': { revision: 1, call: 'kube PATCH apikeyrotations' },
  'after the first issue call': { revision: 1, call: 'issuer issue' },
  'after the first publish': { revision: 1, call: 'store write' },
  'when settled': { revision: 1, call: undefined },
  'after the issue call of a rotation': { revision: 2, call: 'issuer issue' },
  'after verifying': { revision: 2, call: 'issuer verify' },
  'after publishing': { revision: 2, call: 'store write' },
  'while consumers move': { revision: 2, call: 'kube LIST pods' },
  'after the old key was seen alive': { revision: 2, call: 'issuer get' },
  'after the old key was revoked': { revision: 2, call: 'issuer revoke' },
};

/** Plays until the object that is deleted after `call` is gone. */
async function play({ revision, call }: (typeof PHASES)[keyof typeof PHASES], options: StoryOptions): Promise<Story> {
  let trap = revision === 1 ? call : undefined;
  const story = begin({
    ...options,
    afterEach({ calls }) {
      if (trap === undefined || calls.at(-1) !== trap) return;
      trap = undefined;
      deleteRotation(story);
    },
  });
  if (revision === 1 && call !== undefined) {
    story.create();
  } else {
    await story.firstKey();
    story.consume(...PODS);
    trap = call;
    if (call === undefined) deleteRotation(story);
    else story.annotate({ rotate: 'a' });
  }
  await story.world.clock.runUntil(() => !story.world.rotation(), 15 * MINUTE_MS);
  await story.world.clock.advance(MINUTE_MS);
  return story;
}

describe('deletion with Retain ends, keeps what is published alive, and leaves no orphan', () => {
  test.each(Object.entries(PHASES))('%s', async (_phase, phase) => {
    const story = await play(phase, { spec: { deletionPolicy: 'Retain' } });
    const served = story.serves();
    const live = story.live();
    if (served !== undefined) expect(live).toContain(served);
    // Besides the key that the target serves only the one that consumers may still use lives on.
    const used = story.world.apio.keys.filter((key) => key.uses.count > 0).map((key) => key.id);
    expect(live.filter((id) => id !== served && !used.includes(id))).toEqual([]);
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('tells which keys live on', async () => {
    const story = await play(PHASES['when settled'], { spec: { deletionPolicy: 'Retain' } });
    expect(story.events()).toContain('KeysRetained');
  });

  test('tells it in the log too, since a namespace that ends takes no event', async () => {
    const story = begin({ spec: { deletionPolicy: 'Retain' } });
    await story.firstKey();
    story.faults.push({ call: 'kube CREATE events', type: 'Unavailable', times: Number.POSITIVE_INFINITY });
    deleteRotation(story);
    await story.world.clock.runUntil(() => !story.world.rotation(), 15 * MINUTE_MS);
    await story.world.clock.advance(MINUTE_MS);
    expect(story.events()).not.toContain('KeysRetained');
    const [key = ''] = story.live();
    expect(story.world.logs.find((line) => line.includes('KeysRetained'))).toContain(key);
  });
});

describe('deletion with Revoke ends and leaves no key alive', () => {
  // Consumers fail from then on: that is what was asked for.
  const options: StoryOptions = { spec: { deletionPolicy: 'Revoke' }, exempt: ['S4'] };
  test.each(Object.entries(PHASES))('%s', async (_phase, phase) => {
    const story = await play(phase, options);
    expect(story.live()).toEqual([]);
    expect(story.invariants()).toEqual([]);
  });
});

describe('deletion ends although nobody answers', () => {
  test.each(['Retain', 'Revoke'] as const)(
    '%s: after ten minutes, naming the keys that may live on',
    async (policy) => {
      const story = begin({ spec: { deletionPolicy: policy } });
      await story.firstKey();
      story.annotate({ rotate: 'a' });
      await story.until(({ rotation }) => !!rotation?.publishedAt);
      for (const call of ['issuer list', 'issuer revoke', 'store read', 'store write'])
        story.faults.push({ call, type: 'Unavailable', times: Number.POSITIVE_INFINITY });
      const keys = story.live();
      deleteRotation(story);
      await story.world.clock.runUntil(() => !story.world.rotation(), 20 * MINUTE_MS);
      await story.world.clock.idle();
      expect(story.live()).toEqual(keys);
      const events = story.world.kube.list({ resource: 'events' }).items;
      const told = String(events.find(({ reason }) => reason === 'DeletionGaveUp')?.message);
      for (const key of keys) expect(told).toContain(key);
      expect(story.wrongSoFar()).toEqual([]);
    },
  );
});
