import { describe, expect, test } from 'vitest';
import { adoptFound, deleteRotation, issueByHand, restore } from '../world/outsiders.ts';
import { begin } from '../world/story.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('deletion with Revoke and an adopted key', () => {
  test('in the middle of its first rotation the adopted key dies too', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' }, deletionPolicy: 'Revoke' }, exempt: ['S4'] });
    const found = await adoptFound(story);
    story.annotate({ rotate: 'a' });
    await story.published();
    deleteRotation(story);
    await story.gone(HOUR_MS);
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.live()).toEqual([]);
  });

  test('is told to be dead, not alive, when only the look afterwards failed', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' }, deletionPolicy: 'Revoke' }, exempt: ['S4'] });
    const found = await adoptFound(story);
    await story.pass(MINUTE_MS);
    story.faults.push({ call: 'issuer get', type: 'Unavailable', times: 1 });
    deleteRotation(story);
    await story.gone(HOUR_MS);
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
  await story.gone();
  expect(story.world.apio.statusOf(foreign)).toBe('active');
  expect(story.live()).toEqual([]);
});
