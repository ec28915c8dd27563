import { describe, expect, test } from 'vitest';
import { deleteRotation, issueByHand, restore, writeOutside } from '../world/outsiders.ts';
import { begin, type Story } from '../world/story.ts';
import { PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

async function untilGone({ world }: Story): Promise<number> {
  const from = world.clock.now();
  await world.clock.runUntil(() => !world.rotation(), 60 * MINUTE_MS);
  await world.clock.idle();
  return world.clock.now() - from;
}

describe('deletion with Revoke and an adopted key', () => {
  test('in the middle of its first rotation the adopted key dies too', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' }, deletionPolicy: 'Revoke' }, exempt: ['S4'] });
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.create();
    await story.until(({ current }) => current !== undefined);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.publishedAt);
    deleteRotation(story);
    await story.world.clock.runUntil(() => !story.world.rotation(), HOUR_MS);
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.live()).toEqual([]);
  });

  test('is told to be dead, not alive, when only the look afterwards failed', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' }, deletionPolicy: 'Revoke' }, exempt: ['S4'] });
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.create();
    await story.until(({ current }) => current !== undefined);
    await story.world.clock.advance(MINUTE_MS);
    story.faults.push({ call: 'issuer get', type: 'Unavailable', times: 1 });
    deleteRotation(story);
    await story.world.clock.runUntil(() => !story.world.rotation(), HOUR_MS);
    await story.world.clock.idle();
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.events().filter((event) => event.startsWith('KeysRetained'))).toEqual([]);
  });
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
