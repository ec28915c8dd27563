import { describe, expect, test } from 'vitest';
import { begin, deleteRotation, issueByHand, restore, writeOutside } from '../world/story.ts';
import { MOUNT, PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const PODS = ['api-0', 'api-1'];
const OTHER = 'payments/second';
const VAULT = { name: 'vault', storeRef: { name: 'vault' }, path: PATH };
const SECOND = { name: 'second', storeRef: { name: 'vault' }, path: OTHER };

describe('a value found before the first rotation', () => {
  test('Refuse: nothing is issued and the value stays', async () => {
    const story = begin();
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.create();
    await story.world.clock.advance(30 * MINUTE_MS);
    expect(story.issued()).toBe(0);
    expect(story.serves()).toBe(found.id);
    expect(story.tells('Stalled')).toContain('Conflict: target vault: payments/apio holds a value');
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('Adopt: the key becomes current, and the first rotation revokes it after all have moved', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' } } });
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.consume(...PODS);
    story.create();
    await story.until(({ current }) => current !== undefined);
    expect(story.status()).toMatchObject({ revision: 0, current: { keyID: found.id, adopted: true } });
    expect(story.tells('Ready')).toContain('KeyPublished');
    expect(story.issued()).toBe(0);
    story.annotate({ rotate: 'a' });
    await story.done(1);
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.status()).toMatchObject({
      history: [{ revokedKeyID: found.id, result: 'Revoked', basis: 'Evidence' }],
    });
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('Adopt: a value that the issuer does not know is left alone', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' } }, exempt: ['S4'] });
    writeOutside(story.world, PATH, { key: 'something-that-is-no-key-of-the-issuer' });
    story.create();
    await story.world.clock.advance(30 * MINUTE_MS);
    expect(story.issued()).toBe(0);
    expect(story.status().current).toBeUndefined();
    expect(story.tells('Stalled')).toContain('Conflict: the existing key cannot be adopted');
    expect(story.wrongSoFar()).toEqual([]);
  });
});

describe('targets that come and go', () => {
  test('an added target gets the live key, no new one is issued, and both are rotated from then on', async () => {
    const story = begin();
    await story.firstKey();
    const first = story.serves();
    story.change({ targets: [VAULT, SECOND] });
    await story.until(({ current }) => current?.targets.length === 2);
    expect(story.serves(OTHER)).toBe(first);
    expect(story.issued()).toBe(1);
    expect(story.status().revision).toBe(1);
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.serves(OTHER)).toBe(story.serves());
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('a removed target keeps its value with a warning', async () => {
    const story = begin({ spec: { targets: [VAULT, SECOND] } });
    await story.firstKey();
    const value = story.world.vault.serving(MOUNT, OTHER);
    story.change({ targets: [VAULT] });
    await story.until(({ current }) => current?.targets.length === 1);
    await story.world.clock.idle();
    expect(story.events()).toContain('TargetRemoved');
    expect(story.world.vault.serving(MOUNT, OTHER)).toEqual(value);
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.world.vault.serving(MOUNT, OTHER)).toEqual(value);
    expect(story.wrong()).toEqual([]);
  });

  test('an added target that holds a foreign value is not touched', async () => {
    const story = begin();
    await story.firstKey();
    writeOutside(story.world, OTHER, { key: 'somebody-elses-value' });
    story.change({ targets: [VAULT, SECOND] });
    await story.world.clock.advance(10 * MINUTE_MS);
    expect(story.world.vault.serving(MOUNT, OTHER)).toEqual({ key: 'somebody-elses-value' });
    expect(story.tells('Stalled')).toContain('Conflict: target second: payments/second holds a value');
    expect(story.issued()).toBe(1);
    expect(story.wrong()).toEqual([]);
  });
});

describe('a status restored from the past', () => {
  test('stops before any intent, and goes on when a person accepts it', async () => {
    // The history that proves the earlier revocations is lost with the status.
    const story = begin({ exempt: ['S3', 'S10'] });
    await story.firstKey();
    const old = story.status();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    const served = story.serves();
    const { rotate: _, ...rest } = old.lastHandled ?? {};
    restore(story, { ...old, lastHandled: rest });
    await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'StateRegression'));
    await story.world.clock.advance(30 * MINUTE_MS);
    expect(story.issued()).toBe(2);
    expect(story.serves()).toBe(served);
    expect(story.tells('Stalled')).toContain('belongs to attempt 2.1, but this status knows only 1.1');
    story.annotate({ 'accept-state': '2' });
    await story.done(3);
    expect(story.issued()).toBe(3);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('a wrong revision is not accepted', async () => {
    const story = begin({ exempt: ['S3', 'S10'] });
    await story.firstKey();
    const old = story.status();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    restore(story, { ...old, lastHandled: {} });
    story.annotate({ 'accept-state': '1' });
    await story.world.clock.advance(10 * MINUTE_MS);
    expect(story.tells('Stalled')).toContain('StateRegression');
    expect(story.issued()).toBe(2);
    expect(story.live()).toEqual([story.serves()]);
  });

  const losses = {
    'and nothing else goes wrong': undefined,
    'and the answer of the next issue call is lost': 'issuer issue',
  };
  test.each(Object.entries(losses))('a key that a consumer still uses survives it, %s', async (_what, call) => {
    const story = begin({ exempt: ['S3', 'S10'] });
    await story.firstKey();
    const old = story.status();
    const first = story.serves();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.consumers?.some(({ missingPods }) => missingPods?.length === 1));
    restore(story, { ...old, lastHandled: {} });
    await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'StateRegression'));
    if (call) story.faults.push({ call, type: 'LoseAnswer', times: 1 });
    story.annotate({ 'accept-state': '2' });
    await story.world.clock.advance(30 * MINUTE_MS);
    expect(story.status()).toMatchObject({ revision: 3, rotation: { publishedAt: expect.any(String) } });
    expect(story.live(), 'api-1 has not moved').toContain(first);
    story.consume('api-1');
    await story.done(3);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});

test('a foreign value that beats the first publish is told as Stalled, and survives deletion', async () => {
  let once = true;
  const story = begin({
    exempt: ['S4'],
    afterEach({ calls }) {
      if (!once || calls.at(-1) !== 'issuer issue') return;
      once = false;
      writeOutside(story.world, PATH, { key: 'a-value-of-somebody-else', note: 'mine' });
    },
  });
  story.create();
  await story.until(
    ({ conditions }) => !!conditions?.some(({ type, status }) => type === 'Stalled' && status === 'True'),
  );
  expect(story.tells('Stalled')).toContain('payments/apio holds a value that this rotation did not write');
  const value = story.world.vault.serving(MOUNT, PATH);
  deleteRotation(story);
  await story.world.clock.runUntil(() => !story.world.rotation(), 20 * MINUTE_MS);
  expect(story.world.vault.serving(MOUNT, PATH)).toEqual(value);
  expect(story.live()).toEqual([]);
});
