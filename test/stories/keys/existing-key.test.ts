import { describe, expect, test } from 'vitest';
import { adoptFound, deleteRotation, issueByHand, writeOutside } from '../world/outsiders.ts';
import { MOUNT } from '../world/places.ts';
import { begin } from '../world/story.ts';
import { PATH, PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;

describe('a value found before the first rotation', () => {
  test('Refuse: nothing is issued and the value stays', async () => {
    const story = begin();
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.create();
    await story.pass(30 * MINUTE_MS);
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

  test('Adopt: a key with other permissions than spec.key.permissions is replaced at once', async () => {
    const permissions = ['payments:read', 'payments:write'];
    const key = { environment: 'Live', organization: 'acme', permissions };
    const story = begin({ spec: { existingKey: { policy: 'Adopt' }, key } });
    story.consume(...PODS);
    const found = await adoptFound(story);
    await story.done(1);
    expect(story.status().history).toMatchObject([{ trigger: 'KeyChanged', revokedKeyID: found.id }]);
    expect(story.status().current?.permissions).toEqual(permissions);
    expect(story.wrong()).toEqual([]);
  });

  test('Adopt: a value that the issuer does not know is left alone', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' } }, exempt: ['S4'] });
    writeOutside(story.world, PATH, { key: 'something-that-is-no-key-of-the-issuer' });
    story.create();
    await story.pass(30 * MINUTE_MS);
    expect(story.issued()).toBe(0);
    expect(story.status().current).toBeUndefined();
    expect(story.tells('Stalled')).toContain('Conflict: the existing key cannot be adopted');
    expect(story.wrongSoFar()).toEqual([]);
  });
});

test('a value that another installation manages is not adopted', async () => {
  const story = begin({ spec: { existingKey: { policy: 'Adopt' } } });
  const { id, text } = issueByHand(story.world);
  const marker = { installation: 'another', uid: 'uid-a', revision: 7, attempt: 1, keyID: id };
  const value = { key: text, keyID: id, APIKEYROTATION_MARKER: JSON.stringify(marker) };
  writeOutside(story.world, PATH, value);
  story.create();
  await story.pass(10 * MINUTE_MS);
  expect(story.status().current).toBeUndefined();
  expect(story.tells('Stalled')).toBe(
    'Conflict: the existing key cannot be adopted: the value belongs to installation another; if nothing there manages it any more, write another key to the targets, without a marker',
  );
  expect(story.world.vault.serving(MOUNT, PATH)).toEqual(value);
  expect(story.issued()).toBe(0);
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
  await story.stalled();
  expect(story.tells('Stalled')).toContain('payments/apio holds a value that this rotation did not write');
  const value = story.world.vault.serving(MOUNT, PATH);
  deleteRotation(story);
  await story.gone(20 * MINUTE_MS);
  expect(story.world.vault.serving(MOUNT, PATH)).toEqual(value);
  expect(story.live()).toEqual([]);
});
