import { expect, test } from 'vitest';
import { begin, deleteRotation, writeOutside } from '../world/story.ts';
import { MOUNT, PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const OTHER = 'payments/second';

test('the path of the only target is changed: the living key goes to the new path, without a new key', async () => {
  const story = begin();
  await story.firstKey();
  story.change({ targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: OTHER }] });
  await story.world.clock.advance(MINUTE_MS);
  expect(story.serves(OTHER), story.tells('Rotating')).toBeDefined();
  expect(story.live()).toHaveLength(1);
  expect(story.status().revision).toBe(1);
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

test('two operators that delete with Retain in mid-issue do not take the claim from each other for ever', async () => {
  const story = begin({
    operators: 2,
    seed: 22,
    afterEach({ calls }) {
      if (calls.length === 42) deleteRotation(story);
      // Ends the circle, in which no time passes, so that the test can fail.
      if (calls.length === 900) void story.world.stop();
    },
  });
  story.faults.push(
    { call: 'issuer revoke', type: 'Unavailable', times: 3 },
    { call: 'issuer issue', type: 'LoseRequest', times: 1 },
  );
  let restarted = false;
  story.create();
  for (let n = 0; n < 1_200 && story.world.rotation() && story.world.calls.length < 900; n += 1) {
    await story.world.clock.advance(500);
    if (restarted || story.world.calls.length <= 16) continue;
    restarted = true;
    await story.world.stop();
    story.world.start();
    story.world.start();
  }
  expect(story.world.calls.length, `attempt ${story.status().attempt}`).toBeLessThan(900);
});
