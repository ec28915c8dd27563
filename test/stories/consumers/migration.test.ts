import { describe, expect, test } from 'vitest';
import { begin } from '../world/story.ts';
import { addPod, PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('the grace period', () => {
  test('the old key lives through the grace period after the last consumer moved', async () => {
    const story = begin({ spec: { migration: { gracePeriod: '10m' } } });
    await story.firstKey();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.migratedAt);
    await story.pass(9 * MINUTE_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.tells('Rotating')).toMatch(
      /^Migrating: all consumers have moved; the old key is revoked after 2030-01-01T00:10:/,
    );
    await story.done(2);
    const [entry] = story.status().history ?? [];
    const grace = Date.parse(entry?.finishedAt ?? '') - Date.parse(entry?.migratedAt ?? '');
    expect(grace).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(story.wrong()).toEqual([]);
  });

  test('a pod that appears in the grace period is named, and the grace period begins again', async () => {
    const story = begin({ spec: { migration: { gracePeriod: '10m' } } });
    await story.firstKey();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.migratedAt);
    addPod(story.world.kube, 'api-2');
    await story.pass(HOUR_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.tells('Rotating')).toContain('api-2');
    expect(story.status().rotation?.migratedAt).toBeUndefined();
    const reportedAt = story.world.clock.now();
    story.consume('api-2');
    await story.done(2);
    expect(story.world.clock.now() - reportedAt).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(story.wrong()).toEqual([]);
  });

  test('the grace period starts when every living pod has reported, not with the first one', async () => {
    const story = begin({ spec: { migration: { gracePeriod: '10m' } } });
    await story.firstKey();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.published();
    await story.pass(9 * MINUTE_MS + 50_000);
    expect(story.status().rotation?.migratedAt).toBeUndefined();
    expect(story.tells('Rotating')).toContain('api-1');
    const movedAt = story.world.clock.now();
    story.consume('api-1');
    await story.done(2);
    expect(story.world.clock.now() - movedAt).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(story.wrong()).toEqual([]);
  });
});

describe('the deadline', () => {
  test('at the deadline the rotation is held with both keys alive, and goes on when the last consumer moves', async () => {
    const story = begin({ spec: { migration: { deadline: '1h' } } });
    await story.firstKey();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.told('Held', 2 * HOUR_MS);
    const startedAt = Date.parse(story.status().rotation?.startedAt ?? '');
    const held = story.world.clock.now() - startedAt;
    expect(held).toBeGreaterThanOrEqual(HOUR_MS);
    expect(held).toBeLessThan(HOUR_MS + 2 * MINUTE_MS);
    expect(story.tells('Stalled')).toContain('api-1');
    await story.pass(HOUR_MS);
    expect(story.live()).toHaveLength(2);
    story.consume('api-1');
    await story.done(2);
    expect(story.tells('Stalled')).toBe('Progressing: no human is needed');
    expect(story.wrong()).toEqual([]);
  });

  test('a consumer removed from the spec releases a held rotation with a warning', async () => {
    const proving = { name: 'gone', evidence: [{ type: 'Proof' as const }] };
    const consumers = [
      { name: 'api', evidence: [{ type: 'Report' as const, report: { serviceAccountName: 'api' } }] },
      proving,
    ];
    const story = begin({ spec: { consumers, migration: { deadline: '1h' } } });
    await story.firstKey();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.told('Held', 2 * HOUR_MS);
    expect(story.tells('Stalled')).toContain('gone');
    story.change({ consumers: consumers.slice(0, 1) });
    await story.done(2);
    await story.world.clock.idle();
    expect(story.events()).toContain('PendingConsumerRemoved');
    expect(story.wrong()).toEqual([]);
  });
});

test('without evidence the old key is revoked after the overlap, not before', async () => {
  const story = begin({ spec: { withoutEvidence: { overlap: '24h' } } });
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published();
  const publishedAt = story.world.clock.now();
  await story.pass(24 * HOUR_MS - 5_000);
  expect(story.live()).toHaveLength(2);
  await story.done(2);
  expect(story.world.clock.now() - publishedAt).toBeLessThan(24 * HOUR_MS + MINUTE_MS);
  expect(story.status().history?.[0]?.basis).toBe('WithoutEvidence');
  expect(story.wrong()).toEqual([]);
});
