import { expect, test } from 'vitest';
import { begin, deleteRotation, forceDelete, stepBack } from '../world/story.ts';

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

test('an object made again while the key of the former cannot be revoked says so', async () => {
  const story = begin();
  const unverified = { call: 'issuer verify', type: 'Unavailable' as const, times: Number.POSITIVE_INFINITY };
  story.faults.push(unverified);
  story.create();
  await story.until(() => story.live().length === 1);
  await story.world.clock.advance(3_000);
  story.faults.push({ call: 'issuer revoke', type: 'Unavailable', times: Number.POSITIVE_INFINITY });
  forceDelete(story);
  story.create();
  unverified.times = 0;
  await story.world.clock.advance(6 * 3_600_000);
  expect(story.status().conditions).toBeDefined();
});
