import { expect, test } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { MOUNT } from '../world/places.ts';
import { begin } from '../world/story.ts';
import { addPod, PATH, PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

test('a pod that never reports is named, and its consumer waited for', async () => {
  const story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.halfMoved();
  await story.pass(HOUR_MS);
  expect(story.status().rotation?.consumers).toMatchObject([{ name: 'api', state: 'Pending', missingPods: ['api-1'] }]);
  expect(story.tells('Rotating')).toContain('waiting for reports of pod api-1 (1 of 2 reported)');
  expect(story.status().consumersSummary).toBe('0/1');
  expect(story.live()).toHaveLength(2);
  expect(story.wrong()).toEqual([]);
});

test('a pod that appears after all others reported is waited for too, because pods are looked at last', async () => {
  let appears = false;
  const story = begin({
    afterEach({ kube, calls }) {
      if (!appears || calls.at(-1) !== 'kube LIST migrationreports') return;
      appears = false;
      addPod(kube, 'api-2');
    },
  });
  await story.firstKey();
  story.consume(...PODS);
  appears = true;
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.consumers?.some(({ missingPods }) => missingPods?.includes('api-2')));
  await story.pass(10 * MINUTE_MS);
  expect(story.live()).toHaveLength(2);
  expect(story.tells('Rotating')).toContain('waiting for reports of pod api-2 (2 of 3 reported)');
  expect(story.tells('ConsumersMigrated')).toContain('Pending');
  story.consume('api-2');
  await story.done(2);
  expect(story.wrong()).toEqual([]);
});

test('pods are named although none of them has reported', async () => {
  const story = begin();
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published();
  await story.pass(MINUTE_MS);
  expect(story.status().rotation?.consumers).toMatchObject([
    { name: 'api', state: 'Pending', missingPods: ['api-0', 'api-1'] },
  ]);
  for (const pod of PODS) expect(story.tells('Rotating')).toContain(pod);
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
  await story.pass(60 * MINUTE_MS);
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

test('a missing pod is named also while the issuer does not answer', async () => {
  const story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.published();
  story.refuse('issuer verify');
  await story.pass(5 * MINUTE_MS);
  expect(story.status().rotation?.consumers?.[0]?.missingPods).toEqual(['api-1']);
});

test('a consumer that is added while the key is in hand gets what its proofs are checked with', async () => {
  const story = begin();
  await story.firstKey();
  const away = story.refuse('store write');
  story.annotate({ rotate: 'a' });
  await story.until(() => story.issued() === 2);
  await story.pass(5_000);
  story.change({
    consumers: [
      { name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }, { type: 'Proof' }] },
      { name: 'late', evidence: [{ type: 'Proof' }] },
    ],
  });
  await story.pass(5_000);
  away.times = 0;
  await story.published();
  await story.pass(MINUTE_MS);
  expect(story.status().rotation?.consumers).toMatchObject([
    { name: 'api', proofHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { name: 'late', proofHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(story.issued()).toBe(2);
  expect(story.wrong()).toEqual([]);
});
