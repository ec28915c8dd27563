import { expect, test } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { begin } from '../world/story.ts';
import { MOUNT, PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const PODS = ['api-0', 'api-1'];

test('the grace period starts when every living pod has reported, not with the first one', async () => {
  const story = begin({ spec: { migration: { gracePeriod: '10m' } } });
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  await story.world.clock.advance(9 * MINUTE_MS + 50_000);
  expect(story.status().rotation?.migratedAt).toBeUndefined();
  expect(story.tells('Rotating')).toContain('api-1');
  const movedAt = story.world.clock.now();
  story.consume('api-1');
  await story.done(2);
  expect(story.world.clock.now() - movedAt).toBeGreaterThanOrEqual(10 * MINUTE_MS);
  expect(story.wrong()).toEqual([]);
});

test('a pod that goes back to the old key takes its evidence back, and is waited for again', async () => {
  const story = begin({ spec: { migration: { gracePeriod: '10m' } } });
  await story.firstKey();
  const first = story.serves();
  const old = new SecretValue(String(story.world.vault.serving(MOUNT, PATH)?.key));
  const [, relapsing] = story.consume(...PODS);
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.migratedAt);
  relapsing?.pin(old);
  await story.world.clock.advance(60 * MINUTE_MS);
  expect(story.live()).toContain(first);
  expect(story.status().rotation).toMatchObject({ consumers: [{ state: 'Pending', missingPods: ['api-1'] }] });
  expect(story.status().rotation?.migratedAt).toBeUndefined();
  const movedAt = story.world.clock.now();
  relapsing?.pin(undefined);
  await story.done(2);
  expect(story.world.clock.now() - movedAt).toBeGreaterThanOrEqual(10 * MINUTE_MS);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

test('pods are named although none of them has reported', async () => {
  const story = begin();
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  await story.world.clock.advance(MINUTE_MS);
  expect(story.status().rotation?.consumers).toMatchObject([
    { name: 'api', state: 'Pending', missingPods: ['api-0', 'api-1'] },
  ]);
  for (const pod of PODS) expect(story.tells('Rotating')).toContain(pod);
  expect(story.wrong()).toEqual([]);
});

test('a consumer that is added while the key is in hand gets what its proofs are checked with', async () => {
  const story = begin();
  await story.firstKey();
  const away = { call: 'store write', type: 'Unavailable' as const, times: Number.POSITIVE_INFINITY };
  story.faults.push(away);
  story.annotate({ rotate: 'a' });
  await story.until(() => story.issued() === 2);
  await story.world.clock.advance(5_000);
  story.change({
    consumers: [
      { name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }, { type: 'Proof' }] },
      { name: 'late', evidence: [{ type: 'Proof' }] },
    ],
  });
  await story.world.clock.advance(5_000);
  away.times = 0;
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  await story.world.clock.advance(MINUTE_MS);
  expect(story.status().rotation?.consumers).toMatchObject([
    { name: 'api', proofHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { name: 'late', proofHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(story.issued()).toBe(2);
  expect(story.wrong()).toEqual([]);
});
