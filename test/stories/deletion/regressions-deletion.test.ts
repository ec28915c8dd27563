import { describe, expect, test } from 'vitest';
import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';
import { begin, deleteRotation, issueByHand, restore, type Story, writeOutside } from '../world/story.ts';
import { MOUNT, PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;

async function untilGone({ world }: Story): Promise<number> {
  const from = world.clock.now();
  await world.clock.runUntil(() => !world.rotation(), 60 * MINUTE_MS);
  await world.clock.idle();
  return world.clock.now() - from;
}

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
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  const value = { ...story.world.vault.serving(MOUNT, PATH) } as Record<string, string>;
  const { [MARKER_FIELD]: marker = '' } = value;
  const higher = { ...value, [MARKER_FIELD]: marker.replace('"revision":2', '"revision":99') };
  writeOutside(story.world, PATH, higher);
  await story.world.clock.advance(MINUTE_MS);
  writes = 0;
  deleteRotation(story);
  await story.world.clock.advance(5 * MINUTE_MS);
  expect(story.tells('Rotating')).toMatch(/^Deleting: the object is being deleted, but .*; tried again until 2030-/);
  await untilGone(story);
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
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  const { rotation, ...rest } = story.status();
  if (!rotation) throw new Error('a rotation runs');
  const { newKey: _, ...withoutNewKey } = rotation;
  restore(story, { ...rest, rotation: withoutNewKey });
  const keys = story.live();
  await story.world.clock.advance(MINUTE_MS);
  expect(story.tells('Stalled')).toContain('UnknownState: status.rotation is published without newKey');
  deleteRotation(story);
  expect(await untilGone(story)).toBeLessThan(11 * MINUTE_MS);
  expect(story.live()).toEqual(keys);
  expect(story.wrongSoFar()).toEqual([]);
});

test('deletion with Revoke revokes no key that only the status calls adopted', async () => {
  // Its own key goes, as asked.
  const story = begin({ spec: { deletionPolicy: 'Revoke' }, exempt: ['S4'] });
  await story.firstKey();
  const foreign = issueByHand(story.world);
  const { current, ...rest } = story.status();
  if (!current) throw new Error('a key is current');
  restore(story, { ...rest, current: { ...current, keyID: foreign.id, adopted: true } });
  deleteRotation(story);
  await untilGone(story);
  expect(story.world.apio.statusOf(foreign)).toBe('active');
  expect(story.live()).toEqual([]);
});

describe('deletion with Retain names every key that lives on', () => {
  const retained = ({ world }: Story) => {
    const [event] = world.kube.list({ resource: 'events' }).items.filter(({ reason }) => reason === 'KeysRetained');
    return event?.message;
  };

  test('while consumers move: the old one and the new one', async () => {
    const story = begin();
    await story.firstKey();
    const first = story.serves();
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.publishedAt);
    const second = story.serves();
    deleteRotation(story);
    await untilGone(story);
    expect(story.live()).toEqual([first, second]);
    expect(retained(story)).toBe(`the object is gone; still alive at the issuer: ${first}, ${second}`);
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('after the new one was written, before anybody recorded it: the same', async () => {
    let second: string | undefined;
    const unread = { call: 'store read', type: 'Unavailable' as const, times: 0 };
    const story = begin({
      afterEach({ calls }) {
        if (calls.at(-1) !== 'store write' || story.issued() !== 2 || second) return;
        second = story.serves();
        unread.times = Number.POSITIVE_INFINITY;
      },
    });
    story.faults.push(unread);
    await story.firstKey();
    const first = story.serves();
    story.annotate({ rotate: 'a' });
    await story.until(() => second !== undefined);
    deleteRotation(story);
    await story.world.clock.advance(3_000);
    unread.times = 0;
    await untilGone(story);
    expect(second).not.toBe(first);
    expect(story.live()).toEqual([first, second]);
    expect(retained(story)).toBe(`the object is gone; still alive at the issuer: ${first}, ${second}`);
  });
});
