import { describe, expect, test } from 'vitest';
import { begin } from '../world/story.ts';
import { addPod } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const PODS = ['api-0', 'api-1'];

describe('schedule', () => {
  test('a tick rotates the key, once', async () => {
    const story = begin({ spec: { schedule: { cron: '0 1 * * *' } } });
    await story.firstKey();
    expect(story.status().nextRotationTime).toBe('2030-01-01T01:00:00Z');
    story.consume(...PODS);
    await story.until(({ revision, rotation }) => revision === 2 && !rotation, 4 * HOUR_MS);
    expect(story.status()).toMatchObject({
      lastTick: '2030-01-01T01:00:00Z',
      nextRotationTime: '2030-01-02T01:00:00Z',
      history: [{ revision: 2, trigger: 'Scheduled', result: 'Revoked' }, { revision: 1 }],
    });
    await story.world.clock.advance(HOUR_MS);
    expect(story.status().revision).toBe(2);
    expect(story.wrong()).toEqual([]);
  });

  test('a tick that falls into a running rotation is skipped and told', async () => {
    const story = begin({ spec: { schedule: { cron: '0 * * * *' } } });
    await story.firstKey();
    story.consume('api-0');
    await story.until(({ revision }) => revision === 2, 2 * HOUR_MS);
    await story.world.clock.advance(90 * MINUTE_MS);
    expect(story.status()).toMatchObject({ revision: 2, rotation: { trigger: 'Scheduled' } });
    story.consume('api-1');
    await story.until(({ rotation }) => !rotation);
    expect(story.status()).toMatchObject({
      revision: 2,
      lastTick: '2030-01-01T02:00:00Z',
      nextRotationTime: '2030-01-01T03:00:00Z',
    });
    await story.world.clock.idle();
    expect(story.events()).toContain('TickSkipped');
    expect(story.wrong()).toEqual([]);
  });
});

describe('migration', () => {
  test('the old key lives through the grace period after the last consumer moved', async () => {
    const story = begin({ spec: { migration: { gracePeriod: '10m' } } });
    await story.firstKey();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.migratedAt);
    await story.world.clock.advance(9 * MINUTE_MS);
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

  test('at the deadline the rotation is held with both keys alive, and goes on when the last consumer moves', async () => {
    const story = begin({ spec: { migration: { deadline: '1h' } } });
    await story.firstKey();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'Held'), 2 * HOUR_MS);
    const startedAt = Date.parse(story.status().rotation?.startedAt ?? '');
    const held = story.world.clock.now() - startedAt;
    expect(held).toBeGreaterThanOrEqual(HOUR_MS);
    expect(held).toBeLessThan(HOUR_MS + 2 * MINUTE_MS);
    expect(story.tells('Stalled')).toContain('api-1');
    await story.world.clock.advance(HOUR_MS);
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
    await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'Held'), 2 * HOUR_MS);
    expect(story.tells('Stalled')).toContain('gone');
    story.change({ consumers: consumers.slice(0, 1) });
    await story.done(2);
    await story.world.clock.idle();
    expect(story.events()).toContain('PendingConsumerRemoved');
    expect(story.wrong()).toEqual([]);
  });

  test('without evidence the old key is revoked after the overlap, not before', async () => {
    const story = begin({ spec: { withoutEvidence: { overlap: '24h' } } });
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.publishedAt);
    const publishedAt = story.world.clock.now();
    await story.world.clock.advance(24 * HOUR_MS - 5_000);
    expect(story.live()).toHaveLength(2);
    await story.done(2);
    expect(story.world.clock.now() - publishedAt).toBeLessThan(24 * HOUR_MS + MINUTE_MS);
    expect(story.status().history?.[0]?.basis).toBe('WithoutEvidence');
    expect(story.wrong()).toEqual([]);
  });

  test('a pod that never reports is named, and its consumer waited for', async () => {
    const story = begin();
    await story.firstKey();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.consumers?.some(({ missingPods }) => missingPods?.length === 1));
    await story.world.clock.advance(HOUR_MS);
    expect(story.status().rotation?.consumers).toMatchObject([
      { name: 'api', state: 'Pending', missingPods: ['api-1'] },
    ]);
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
    await story.until(
      ({ rotation }) => !!rotation?.consumers?.some(({ missingPods }) => missingPods?.includes('api-2')),
    );
    await story.world.clock.advance(10 * MINUTE_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.tells('Rotating')).toContain('waiting for reports of pod api-2 (2 of 3 reported)');
    expect(story.tells('ConsumersMigrated')).toContain('Pending');
    story.consume('api-2');
    await story.done(2);
    expect(story.wrong()).toEqual([]);
  });

  test('a pod that appears in the grace period is named, and the grace period begins again', async () => {
    const story = begin({ spec: { migration: { gracePeriod: '10m' } } });
    await story.firstKey();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.migratedAt);
    addPod(story.world.kube, 'api-2');
    await story.world.clock.advance(HOUR_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.tells('Rotating')).toContain('api-2');
    expect(story.status().rotation?.migratedAt).toBeUndefined();
    const reportedAt = story.world.clock.now();
    story.consume('api-2');
    await story.done(2);
    expect(story.world.clock.now() - reportedAt).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(story.wrong()).toEqual([]);
  });
});

describe('suspend', () => {
  const phases = {
    'before the first issue': undefined,
    issuing: 'issuer issue',
    publishing: 'store write',
    'consumers moving': 'kube LIST pods',
    revoking: 'issuer get',
  };

  test.each(Object.entries(phases))('%s: nothing begins, and resuming goes on', async (_phase, call) => {
    let suspendAfter: string | undefined;
    const story = begin({
      spec: call === undefined ? { suspend: true } : {},
      afterEach({ calls }) {
        if (suspendAfter === undefined || calls.at(-1) !== suspendAfter) return;
        suspendAfter = undefined;
        story.change({ suspend: true });
      },
    });
    if (call === undefined) story.create();
    else await story.firstKey();
    story.consume(...PODS);
    suspendAfter = call;
    if (call !== undefined) story.annotate({ rotate: 'a' });
    await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'Suspended'));
    const before = story.world.calls.length;
    await story.world.clock.advance(HOUR_MS);
    expect(effects(story.world.calls.slice(before))).toEqual([]);
    story.change({ suspend: false });
    await story.done(call === undefined ? 1 : 2);
    expect(story.issued()).toBe(call === undefined ? 1 : 2);
    expect(story.wrong()).toEqual([]);
  });
});

/** Calls that change something outside. */
function effects(calls: readonly string[]): string[] {
  return calls.filter((call) => ['issuer issue', 'issuer revoke', 'store write'].includes(call));
}
