import { describe, expect, test } from 'vitest';
import { LIVE_URL } from '../bad-input/network.ts';
import { arrive, type Newcomer } from '../bad-input/newcomer.ts';
import { issueByHand, writeOutside } from '../world/outsiders.ts';
import { NAMESPACE } from '../world/places.ts';
import { PATH, PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const KEY = { environment: 'Live', organization: 'acme', permissions: ['payments:read'] };
const PROBED = { name: 'Live', probe: { url: LIVE_URL, path: '/v1/api-keys/self' } };
const MUTE = { name: 'Live' };

/** A key that people issued stands at the target already, and is in use. */
function inUse(environment: object = PROBED, text?: string) {
  const newcomer = arrive();
  const found = issueByHand(newcomer.world);
  writeOutside(newcomer.world, PATH, { key: text ?? found.text });
  const support = { environments: [environment], expectedWithin: '1h' };
  newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'desk' }, spec: { type: 'Support', support } });
  newcomer.story.consume(...PODS);
  const adopt = (existingKey: object) => newcomer.create({ issuerRef: { name: 'desk' }, key: KEY, existingKey });
  return { newcomer, story: newcomer.story, found, adopt };
}

async function give(newcomer: Newcomer) {
  const made = issueByHand(newcomer.world);
  await newcomer.story.told('KeyRequested');
  newcomer.secret('apio-delivered-key', { key: made.text, keyID: made.id });
  return made;
}

describe('a key that people issued, in use at the target', () => {
  test.each([PROBED, MUTE])(
    'is taken over by its id, and rotated later, without an outage: %j',
    async (environment) => {
      const { newcomer, story, found, adopt } = inUse(environment);
      expect(adopt({ policy: 'Adopt', keyID: found.id })).toBe(undefined);
      await story.until(({ current }) => current !== undefined);
      expect(story.status()).toMatchObject({ revision: 0, current: { keyID: found.id, adopted: true } });
      story.annotate({ rotate: 'a' });
      const second = await give(newcomer);
      await story.told('RevocationRequested');
      expect(story.tells('Rotating')).toContain(`Please revoke API key ${found.id}`);
      newcomer.world.apio.revokeOutside(found.id);
      story.annotate({ 'revocation-confirmed': found.id });
      await story.done(1);
      expect(story.serves()).toBe(second.id);
      expect(story.status().history?.[0]).toMatchObject({ revokedKeyID: found.id, basis: 'Evidence' });
      expect(story.wrongSoFar()).toEqual([]);
    },
  );

  const rows: readonly [string, (id: string) => object, string | undefined, string][] = [
    ['without its id', () => ({}), undefined, 'name its id in spec.existingKey.keyID'],
    ['by what is no id', () => ({ keyID: 'key 1/2' }), undefined, 'spec.existingKey.keyID is no id'],
    ['by its text', (text) => ({ keyID: text }), undefined, 'spec.existingKey.keyID has the text of the key in it'],
    [
      'when it is dead',
      () => ({ keyID: 'key_1' }),
      'apio_live_0123456789abcdefghij',
      'is no living key of environment',
    ],
  ];
  test.each(rows)('%s: it is not taken over, and stays where it is', async (_what, named, text, told) => {
    const { newcomer, story, found, adopt } = inUse(PROBED, text);
    adopt({ policy: 'Adopt', ...named(found.text) });
    await story.pass(10 * MINUTE_MS);
    expect(story.tells('Stalled')).toMatch(/^Conflict: the existing key cannot be adopted: /);
    expect(story.tells('Stalled')).toContain(told);
    expect(story.tells('Stalled')).not.toContain(found.text);
    expect(newcomer.world.kube.exists({ resource: 'secrets', namespace: NAMESPACE, name: 'apio-delivered-key' })).toBe(
      false,
    );
    expect(newcomer.world.places.serving(PATH)?.key).toBe(text ?? found.text);
    expect(story.status().current).toBe(undefined);
  });
});
