import { describe, expect, test } from 'vitest';
import { begin } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

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
    await story.pass(HOUR_MS);
    expect(story.status().revision).toBe(2);
    expect(story.wrong()).toEqual([]);
  });

  test('a tick that falls into a running rotation is skipped and told', async () => {
    const story = begin({ spec: { schedule: { cron: '0 * * * *' } } });
    await story.firstKey();
    story.consume('api-0');
    await story.until(({ revision }) => revision === 2, 2 * HOUR_MS);
    await story.pass(90 * MINUTE_MS);
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

test('renewal starts in time, without turning in a circle until then', async () => {
  const story = begin({ spec: { renewBefore: '30m' } });
  story.world.apio.settings.keyLifetimeMs = HOUR_MS;
  await story.firstKey();
  const renewAt = Date.parse(story.status().current?.expiresAt ?? '') - 30 * MINUTE_MS;
  expect(Date.parse(story.status().nextRotationTime ?? '')).toBe(renewAt);
  story.consume(...PODS);
  const [before, lines] = [story.world.reconciled(), story.world.logs.length];
  await story.until(({ revision }) => revision === 2);
  expect(story.status().rotation?.trigger).toBe('Expiring');
  expect(Math.abs(story.world.clock.now() - renewAt)).toBeLessThan(3_000);
  expect(story.world.reconciled() - before).toBeLessThan(10);
  expect(story.world.logs.length - lines).toBeLessThan(10);
  await story.done(2);
  expect(story.wrong()).toEqual([]);
});
