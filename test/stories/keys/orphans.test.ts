import { describe, expect, test } from 'vitest';
import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';
import { executeLate, forceDelete, writeOutside } from '../world/outsiders.ts';
import { MOUNT } from '../world/places.ts';
import { begin } from '../world/story.ts';
import { PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('a key in hand that no target has seen', () => {
  const fates = {
    'its object is gone': { again: false, failing: 0 },
    'its object is gone and the first try fails': { again: false, failing: 1 },
    'its object was made again under the same name': { again: true, failing: 0 },
    'its object was made again and the first try fails': { again: true, failing: 1 },
  };
  test.each(Object.entries(fates))('is revoked when %s', async (_fate, { again, failing }) => {
    const story = begin();
    const unverified = story.refuse('issuer verify');
    story.create();
    await story.until(() => story.live().length === 1);
    const [inHand] = story.live();
    await story.pass(3_000);
    if (failing > 0) story.faults.push({ call: 'issuer revoke', type: 'Unavailable', times: failing });
    forceDelete(story);
    if (again) story.create();
    await story.pass(10_000);
    unverified.times = 0;
    await story.pass(10 * MINUTE_MS);
    expect(story.live()).not.toContain(inHand);
    expect(story.live()).toEqual(again ? [story.serves()] : []);
    expect(story.invariants()).toEqual([]);
  });
});

test('a key in the hand of a holder that comes too late for every target is revoked by it', async () => {
  const story = begin({ capabilities: { replay: 'None', list: true } });
  await story.firstKey();
  const away = story.refuse('issuer verify');
  story.annotate({ rotate: 'a' });
  await story.until(() => story.issued() === 2);
  const [, inHand] = story.live();
  // Another process has fenced the target, which this one cannot know yet.
  const value = { ...story.world.vault.serving(MOUNT, PATH) } as Record<string, string>;
  const { [MARKER_FIELD]: marker = '' } = value;
  const fence = marker.replace('"revision":1,"attempt":1', '"revision":2,"attempt":2');
  expect(fence).not.toBe(marker);
  writeOutside(story.world, PATH, { ...value, [MARKER_FIELD]: fence });
  away.times = 0;
  story.refuse('issuer list');
  await story.pass(5 * MINUTE_MS);
  expect(story.live(), 'nobody could list it').not.toContain(inHand);
  expect(story.wrongSoFar().filter((sentence) => !sentence.startsWith('S10'))).toEqual([]);
});

test('an orphan that may not be revoked yet is named and looked for again, until it may', async () => {
  const story = begin();
  story.faults.push({ call: 'issuer issue', type: 'LoseRequest', times: 1 });
  story.create();
  await story.until(({ current, rotation }) => !!current && !rotation);
  const value = { ...story.world.vault.serving(MOUNT, PATH) } as Record<string, string>;
  const orphan = executeLate(story, '1.1');
  const { [MARKER_FIELD]: _, ...unmarked } = value;
  writeOutside(story.world, PATH, unmarked);
  await story.pass(HOUR_MS);
  expect(story.live()).toContain(orphan);
  expect(story.messages('OrphanKeys')[0]).toBe(
    `these keys are used by nobody but cannot be revoked while a target does not hold what was published: ${orphan}`,
  );
  expect(Date.parse(story.status().sweepAfter ?? '')).toBeGreaterThan(story.world.clock.now() - 5_000);
  const { [MARKER_FIELD]: marker = '' } = value;
  writeOutside(story.world, PATH, { ...unmarked, [MARKER_FIELD]: marker.replace('"attempt":3', '"attempt": 3') });
  await story.until(({ sweepAfter }) => !sweepAfter);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

test('an object made again gets its own key while that of the former cannot be revoked, which the log goes on to say', async () => {
  const story = begin();
  const unverified = story.refuse('issuer verify');
  story.create();
  await story.until(() => story.live().length === 1);
  const [inHand] = story.live();
  await story.pass(3_000);
  story.refuse('issuer revoke');
  forceDelete(story);
  story.create();
  unverified.times = 0;
  await story.pass(6 * HOUR_MS);
  expect(story.tells('Ready')).toContain('KeyPublished');
  expect(story.live()).toEqual([inHand, story.serves()]);
  expect(story.world.logs.at(-1)).toContain('was never published and is still to be revoked: issuer revoke');
});
