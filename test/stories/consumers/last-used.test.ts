import { describe, expect, test } from 'vitest';
import type { RotationSpec } from '../../../src/api/types.ts';
import { APIO } from '../../doubles/memory-issuing.ts';
import { adoptFound } from '../world/outsiders.ts';
import { begin, type Story } from '../world/story.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

type Consumers = NonNullable<RotationSpec['consumers']>;

const LEGACY: Consumers = [{ name: 'legacy', evidence: [{ type: 'LastUsed', lastUsed: { quietPeriod: '1h' } }] }];

const textOf = ({ world }: Story, keyID = '') => world.apio.keys.find(({ id }) => id === keyID)?.text;
const oldKey = (story: Story) => story.status().rotation?.oldKey?.keyID;
const newKey = (story: Story) => story.status().rotation?.newKey?.keyID;
/** Somebody calls the API with that key. */
const use = (story: Story, keyID: string | undefined) =>
  story.world.apio.authenticate('Live', textOf(story, keyID), 'uses');
const usages = ({ world }: Story) => world.calls.filter((call) => call === 'issuer usage').length;
const verifies = ({ world }: Story) => world.calls.filter((call) => call === 'issuer verify').length;

/** The second key is published, and waited for. */
async function waiting(options: Parameters<typeof begin>[0] = {}): Promise<Story> {
  const story = begin({ spec: { consumers: LEGACY }, ...options });
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published(2);
  return story;
}

describe('a consumer that is seen by the use of the keys', () => {
  test('the old key dies when it has been quiet for the period and somebody uses the new one', async () => {
    const story = await waiting();
    const publishedAt = Date.parse(story.status().rotation?.publishedAt ?? '');
    await story.pass(3 * MINUTE_MS);
    use(story, newKey(story));
    await story.done(2);
    expect(story.world.clock.now() - publishedAt).toBeGreaterThanOrEqual(HOUR_MS);
    expect(story.world.clock.now() - publishedAt).toBeLessThan(HOUR_MS + 3 * MINUTE_MS);
    expect(story.wrong()).toEqual([]);
  });

  test('a short quiet period is over when it is over, and not at the next look of every five minutes', async () => {
    const consumers: Consumers = [
      { name: 'legacy', evidence: [{ type: 'LastUsed', lastUsed: { quietPeriod: '1m' } }] },
    ];
    const story = await waiting({ spec: { consumers } });
    const publishedAt = story.world.clock.now();
    use(story, oldKey(story));
    await story.pass(MINUTE_MS + 2_000);
    use(story, newKey(story));
    await story.done(2);
    expect(story.world.clock.now() - publishedAt).toBeLessThan(4 * MINUTE_MS);
    expect(story.wrong()).toEqual([]);
  });

  test('the operator calls with the new key itself, which counts for nothing', async () => {
    const story = await waiting();
    const old = oldKey(story);
    await story.pass(12 * HOUR_MS);
    expect(story.live()).toContain(old);
    expect(story.tells('Rotating')).toMatch(
      /legacy \(waiting for a use of the new key key_\w+: .* none by others later than /,
    );
    use(story, newKey(story));
    await story.done(2);
    expect(story.live()).not.toContain(old);
  });

  test('while the old key is used the wait goes on, and its last use is told', async () => {
    const story = await waiting();
    await story.pass(3 * MINUTE_MS);
    use(story, newKey(story));
    for (let half = 0; half < 6; half += 1) {
      await story.pass(HOUR_MS / 2);
      use(story, oldKey(story));
    }
    await story.pass(10 * MINUTE_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.tells('Rotating')).toMatch(
      /has not been used for 1h since it was used, at 2030-01-01T03:03:..Z: at 2030-01-01T04:04:..Z at the earliest/,
    );
    const last = story.world.clock.now() - 10 * MINUTE_MS;
    await story.done(2);
    expect(story.world.clock.now() - last).toBeGreaterThanOrEqual(HOUR_MS + MINUTE_MS);
  });

  test('a use in the last moment, after the quiet period was seen to be over, keeps the old key alive', async () => {
    const story = await waiting({ spec: { consumers: LEGACY, migration: { gracePeriod: '5m' } } });
    await story.pass(3 * MINUTE_MS);
    use(story, newKey(story));
    await story.until(({ rotation }) => rotation?.migratedAt !== undefined, 2 * HOUR_MS);
    use(story, oldKey(story));
    await story.pass(30 * MINUTE_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.status().rotation?.revokeIntent).toBeUndefined();
    await story.done(2);
  });

  test('a day of waiting asks the issuer for the two keys at most once in five minutes, and calls with neither', async () => {
    const story = await waiting();
    await story.pass(MINUTE_MS);
    const [asked, verified] = [usages(story), verifies(story)];
    await story.pass(24 * HOUR_MS);
    expect(usages(story) - asked).toBeLessThanOrEqual((2 * 24 * 60) / 5);
    expect(usages(story) - asked).toBeGreaterThanOrEqual(2 * 24);
    expect(verifies(story)).toBe(verified);
  });

  test('a rotation whose consumers report asks for no usage', async () => {
    const story = begin();
    await story.firstKey();
    story.consume('api-0', 'api-1');
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(usages(story)).toBe(0);
  });

  test('another process believes no use that it has not seen for itself to be of others, and goes on at the next one', async () => {
    const story = await waiting();
    await story.pass(3 * MINUTE_MS);
    use(story, newKey(story));
    await story.pass(10 * MINUTE_MS);
    await story.world.stop();
    story.world.start();
    await story.pass(2 * HOUR_MS);
    expect(story.live()).toHaveLength(2);
    use(story, newKey(story));
    await story.done(2);
    expect(story.wrong()).toEqual([]);
  });

  test('an adopted key, which we show to its issuer before it dies, is quiet all the same', async () => {
    const story = begin({ spec: { consumers: LEGACY, existingKey: { policy: 'Adopt' } } });
    const found = await adoptFound(story);
    story.annotate({ rotate: 'a' });
    await story.published();
    await story.pass(3 * MINUTE_MS);
    use(story, newKey(story));
    await story.until(({ current, rotation }) => !rotation && current?.keyID !== found.id, 2 * HOUR_MS);
    expect(story.world.apio.statusOf(found)).toBe('revoked');
  });

  test('an old key that somebody revoked by hand is waited for no longer than the new one is unused', async () => {
    const story = await waiting();
    await story.pass(3 * MINUTE_MS);
    story.world.apio.revokeOutside(oldKey(story) ?? '');
    use(story, newKey(story));
    await story.until(({ rotation, history }) => !rotation && history?.[0]?.revision === 2, HOUR_MS / 2);
  });

  test('a roll back waits for the key that is published again to be used, and for the other one to be quiet', async () => {
    const story = await waiting();
    const [first, second] = [oldKey(story), newKey(story)];
    story.annotate({ rollback: '2/a' });
    await story.published(3);
    await story.pass(2 * HOUR_MS);
    expect(story.live()).toContain(second);
    use(story, first);
    await story.until(({ rotation }) => rotation === undefined);
    expect(story.live()).toEqual([first]);
  });

  test('one that is added in mid-rotation is waited for too', async () => {
    const story = begin();
    await story.firstKey();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.halfMoved();
    story.change({ consumers: LEGACY });
    await story.pass(2 * HOUR_MS);
    // The pod has moved and calls every second.
    await story.done(2);
    expect(story.wrong()).toEqual([]);
  });
});

describe('where the issuer does not tell when its keys were used', () => {
  const { usageResolutionMs: _, ...silent } = APIO;

  test('no rotation begins', async () => {
    const story = begin({ spec: { consumers: LEGACY }, capabilities: silent });
    story.create();
    await story.stalled();
    expect(story.tells('Stalled')).toBe(
      'InvalidSpec: spec.consumers legacy: evidence LastUsed needs an issuer that tells when its keys were used, which apio does not; take another type, or, where the vendor tells it, declare key.lastUsedAt and capabilities.usageResolution in the issuer',
    );
    expect(story.issued()).toBe(0);
  });

  test('a consumer that is changed so in mid-rotation keeps the old key alive', async () => {
    const story = begin({ capabilities: silent });
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.published(2);
    story.change({ consumers: LEGACY });
    await story.pass(2 * HOUR_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.tells('Rotating')).toContain('issuer apio does not tell when its keys were used');
    expect(story.wrongSoFar()).toEqual([]);
  });
});
