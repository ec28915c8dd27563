import { describe, expect, test } from 'vitest';
import { adoptFound, writeOutside } from '../world/outsiders.ts';
import { MOUNT, SECOND, TARGETS } from '../world/places.ts';
import { begin } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;

describe('targets that come and go', () => {
  const issuers = { 'that says which key it is shown': false, 'that does not say which key it is shown': true };
  test.each(Object.entries(issuers))(
    'an added target gets the live key of an issuer %s, no new one is issued, and both are rotated from then on',
    async (_what, isReticent) => {
      const story = begin({ isReticent });
      await story.firstKey();
      const first = story.serves();
      story.change({ targets: [TARGETS.Vault, SECOND] });
      await story.until(({ current }) => current?.targets.length === 2);
      expect(story.serves(SECOND.path)).toBe(first);
      expect(story.issued()).toBe(1);
      expect(story.status().revision).toBe(1);
      story.consume(...PODS);
      story.annotate({ rotate: 'a' });
      await story.done(2);
      expect(story.serves(SECOND.path)).toBe(story.serves());
      expect(story.live()).toEqual([story.serves()]);
      expect(story.wrong()).toEqual([]);
    },
  );

  test('a removed target keeps its value with a warning', async () => {
    const story = begin({ spec: { targets: [TARGETS.Vault, SECOND] } });
    await story.firstKey();
    const value = story.world.vault.serving(MOUNT, SECOND.path);
    story.change({ targets: [TARGETS.Vault] });
    await story.until(({ current }) => current?.targets.length === 1);
    await story.world.clock.idle();
    expect(story.events()).toContain('TargetRemoved');
    expect(story.world.vault.serving(MOUNT, SECOND.path)).toEqual(value);
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.world.vault.serving(MOUNT, SECOND.path)).toEqual(value);
    expect(story.wrong()).toEqual([]);
  });

  test('an added target that holds a foreign value is not touched', async () => {
    const story = begin();
    await story.firstKey();
    writeOutside(story.world, SECOND.path, { key: 'somebody-elses-value' });
    story.change({ targets: [TARGETS.Vault, SECOND] });
    await story.pass(10 * MINUTE_MS);
    expect(story.world.vault.serving(MOUNT, SECOND.path)).toEqual({ key: 'somebody-elses-value' });
    expect(story.tells('Stalled')).toContain('Conflict: target second: payments/second holds a value');
    expect(story.issued()).toBe(1);
    expect(story.wrong()).toEqual([]);
  });
});

test('the path of the only target is changed: the living key goes to the new path, without a new key', async () => {
  const story = begin();
  await story.firstKey();
  story.change({ targets: [{ ...TARGETS.Vault, path: SECOND.path }] });
  await story.pass(MINUTE_MS);
  expect(story.serves(SECOND.path), story.tells('Rotating')).toBeDefined();
  expect(story.live()).toHaveLength(1);
  expect(story.status().revision).toBe(1);
});

test('an adopted key is copied to an added target before the rotation that somebody asked for', async () => {
  const story = begin({ spec: { existingKey: { policy: 'Adopt' } } });
  const found = await adoptFound(story);
  story.consume('api-0', 'api-1');
  story.change({ targets: [TARGETS.Vault, SECOND] });
  story.annotate({ rotate: 'a' });
  await story.done(1);
  expect(story.serves(SECOND.path)).toBe(story.serves());
  expect(story.world.apio.statusOf(found)).toBe('revoked');
});

test('a second target that turns foreign after the first was written is told as Stalled, and left alone', async () => {
  let once = true;
  const story = begin({
    spec: { targets: [TARGETS.Vault, SECOND] },
    afterEach({ calls }) {
      if (!once || calls.at(-1) !== 'store write') return;
      once = false;
      writeOutside(story.world, SECOND.path, { key: 'a-value-of-somebody-else' });
    },
  });
  story.create();
  await story.pass(10 * MINUTE_MS);
  expect(once).toBe(false);
  expect(story.tells('Stalled')).toContain(
    'Conflict: target second: payments/second holds a value that this rotation did not write',
  );
  expect(story.world.vault.serving(MOUNT, SECOND.path)).toEqual({ key: 'a-value-of-somebody-else' });
  expect(story.issued()).toBe(1);
  expect(story.wrongSoFar()).toEqual([]);
});

describe('a target that was dropped', () => {
  test('and still cannot be written is told, is not Ready, and gets the key without a new one when it can', async () => {
    const story = begin({ spec: { targets: [TARGETS.Vault, SECOND] } });
    await story.firstKey();
    const { vault } = story.world;
    const handle = vault.handle.bind(vault);
    const answer = { status: 503, headers: {}, body: { errors: ['sealed'] } };
    story.consume('api-0', 'api-1');
    vault.handle = (request) =>
      request.method === 'POST' && request.path.includes(SECOND.path)
        ? { type: 'Answered', delayMs: 0, answer }
        : handle(request);
    story.annotate({ rotate: 'a' });
    await story.until(({ revision }) => revision === 2);
    await story.pass(MINUTE_MS);
    story.annotate({ 'drop-target': '2/second' });
    await story.until(({ rotation, revision }) => revision === 2 && !rotation);
    await story.pass(10 * MINUTE_MS);
    expect(story.tells('Ready')).toBe('TargetPending: these targets do not have the current key yet: second');
    vault.handle = handle;
    await story.until(({ current }) => current?.targets.length === 2);
    await story.pass(MINUTE_MS);
    expect(story.serves(SECOND.path)).toBe(story.serves());
    expect(story.tells('Ready')).toMatch(/^KeyPublished/);
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  });
});
