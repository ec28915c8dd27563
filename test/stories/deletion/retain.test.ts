import { describe, expect, test } from 'vitest';
import { deleteRotation, stepBack, writeOutside } from '../world/outsiders.ts';
import { MOUNT } from '../world/places.ts';
import { begin } from '../world/story.ts';
import { PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;

describe('deletion with Retain names every key that lives on', () => {
  test('while consumers move: the old one and the new one', async () => {
    const story = begin();
    await story.firstKey();
    const first = story.serves();
    story.annotate({ rotate: 'a' });
    await story.published();
    const second = story.serves();
    deleteRotation(story);
    await story.gone();
    expect(story.live()).toEqual([first, second]);
    expect(story.messages('KeysRetained')).toEqual([
      `the object is gone; still alive at the issuer: ${first}, ${second}`,
    ]);
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('also where the answer to the write that lets the object go is lost', async () => {
    const story = begin();
    await story.firstKey();
    const first = story.serves();
    story.faults.push({ call: 'kube PATCH apikeyrotations', type: 'LoseAnswer', times: 1 });
    deleteRotation(story);
    await story.gone();
    await story.world.clock.idle();
    expect(story.messages('KeysRetained')).toEqual([`the object is gone; still alive at the issuer: ${first}`]);
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
    await story.pass(3_000);
    unread.times = 0;
    await story.gone();
    expect(second).not.toBe(first);
    expect(story.live()).toEqual([first, second]);
    expect(story.messages('KeysRetained')).toEqual([
      `the object is gone; still alive at the issuer: ${first}, ${second}`,
    ]);
  });
});

test('deletion with Retain names them in the log too, since a namespace that ends takes no event', async () => {
  const story = begin({ spec: { deletionPolicy: 'Retain' } });
  await story.firstKey();
  story.refuse('kube CREATE events');
  deleteRotation(story);
  await story.gone(15 * MINUTE_MS);
  await story.pass(MINUTE_MS);
  expect(story.events()).not.toContain('KeysRetained');
  const [key = ''] = story.live();
  expect(story.world.logs.find((line) => line.includes('KeysRetained'))).toContain(key);
});

test('Retain does not revoke the published new key although somebody stripped its marker at the target', async () => {
  const story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.halfMoved();
  const { key, keyID } = story.world.vault.serving(MOUNT, PATH) ?? {};
  writeOutside(story.world, PATH, { key: String(key), keyID: String(keyID) });
  deleteRotation(story);
  await story.gone(20 * MINUTE_MS);
  expect(story.live()).toHaveLength(2);
  expect(story.wrongSoFar()).toEqual([]);
});

test('deletion with Retain after an accepted state leaves the key that consumers still use alive', async () => {
  const story = begin({ exempt: ['S3', 'S10'] });
  const { first, second } = await stepBack(story);
  story.refuse('issuer issue');
  story.annotate({ 'accept-state': '2' });
  await story.until(({ current }) => current?.keyID === second);
  deleteRotation(story);
  await story.gone(3_600_000);
  expect(story.live()).toEqual([first, second]);
});
