import { describe, expect, test } from 'vitest';
import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';
import { deleteRotation, restore, writeOutside } from '../world/outsiders.ts';
import { MOUNT } from '../world/places.ts';
import { begin } from '../world/story.ts';
import { PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;

describe('deletion ends although nobody answers', () => {
  test.each(['Retain', 'Revoke'] as const)(
    '%s: after ten minutes, naming the keys that may live on',
    async (policy) => {
      const story = begin({ spec: { deletionPolicy: policy } });
      await story.firstKey();
      story.annotate({ rotate: 'a' });
      await story.published();
      for (const call of ['issuer list', 'issuer revoke', 'store read', 'store write']) story.refuse(call);
      const keys = story.live();
      deleteRotation(story);
      await story.gone(20 * MINUTE_MS);
      expect(story.live()).toEqual(keys);
      const [told] = story.messages('DeletionGaveUp');
      for (const key of keys) expect(told).toContain(key);
      expect(story.wrongSoFar()).toEqual([]);
    },
  );
});

test('deletion against a marker above ours is tried again at rest, not in a circle, and ends', async () => {
  let writes = 0;
  const story = begin({
    exempt: ['S10'],
    afterEach({ calls }) {
      if (calls.at(-1) === 'kube PUT status apikeyrotations') writes += 1;
      // A circle that never waits would never let the test go on either.
      if (writes > 500) story.world.partition();
    },
  });
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published();
  const value = { ...story.world.vault.serving(MOUNT, PATH) } as Record<string, string>;
  const { [MARKER_FIELD]: marker = '' } = value;
  const higher = { ...value, [MARKER_FIELD]: marker.replace('"revision":2', '"revision":99') };
  writeOutside(story.world, PATH, higher);
  await story.pass(MINUTE_MS);
  writes = 0;
  deleteRotation(story);
  await story.pass(5 * MINUTE_MS);
  expect(story.tells('Rotating')).toMatch(/^Deleting: the object is being deleted, but .*; tried again until 2030-/);
  await story.gone();
  expect(writes).toBeGreaterThan(2);
  expect(writes).toBeLessThan(60);
  expect(story.world.vault.serving(MOUNT, PATH)).toEqual(higher);
  expect(story.live()).toHaveLength(2);
  expect(story.events()).toContain('DeletionGaveUp');
  expect(story.wrongSoFar()).toEqual([]);
});

test('deletion of an object whose status nobody understands ends', async () => {
  const story = begin();
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published();
  const { rotation, ...rest } = story.status();
  if (!rotation) throw new Error('a rotation runs');
  const { newKey: _, ...withoutNewKey } = rotation;
  restore(story, { ...rest, rotation: withoutNewKey });
  const keys = story.live();
  await story.pass(MINUTE_MS);
  expect(story.tells('Stalled')).toContain('UnknownState: status.rotation is published without newKey');
  deleteRotation(story);
  expect(await story.gone()).toBeLessThan(11 * MINUTE_MS);
  expect(story.live()).toEqual(keys);
  expect(story.wrongSoFar()).toEqual([]);
});
