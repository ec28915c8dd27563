import { describe, expect, test } from 'vitest';
import { deleteRotation, stepBack, writeOutside } from '../world/outsiders.ts';
import { MOUNT } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';
import { PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;

async function untilGone({ world }: Story): Promise<number> {
  const from = world.clock.now();
  await world.clock.runUntil(() => !world.rotation(), 60 * MINUTE_MS);
  await world.clock.idle();
  return world.clock.now() - from;
}

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

test('Retain does not revoke the published new key although somebody stripped its marker at the target', async () => {
  const story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.consumers?.some(({ missingPods }) => missingPods?.length === 1));
  const { key, keyID } = story.world.vault.serving(MOUNT, PATH) ?? {};
  writeOutside(story.world, PATH, { key: String(key), keyID: String(keyID) });
  deleteRotation(story);
  await story.world.clock.runUntil(() => !story.world.rotation(), 20 * MINUTE_MS);
  expect(story.live()).toHaveLength(2);
  expect(story.wrongSoFar()).toEqual([]);
});

test('deletion with Retain after an accepted state leaves the key that consumers still use alive', async () => {
  const story = begin({ exempt: ['S3', 'S10'] });
  const { first, second } = await stepBack(story);
  story.faults.push({ call: 'issuer issue', type: 'Unavailable', times: Number.POSITIVE_INFINITY });
  story.annotate({ 'accept-state': '2' });
  await story.until(({ current }) => current?.keyID === second);
  deleteRotation(story);
  await story.world.clock.runUntil(() => !story.world.rotation(), 3_600_000);
  expect(story.live()).toEqual([first, second]);
});
