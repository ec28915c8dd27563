import { describe, expect, test } from 'vitest';
import { begin } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The world begins at midnight. */
const WINDOWS = [{ cron: '0 2,5 * * *', duration: '1h' }];
/** Servers tell the time in whole seconds, which are rounded up where something begins. */
const SECOND_MS = 1_000;
const time = (clock: string) => Date.parse(`2030-01-01T${clock}Z`);

describe('windows', () => {
  test('a first key does not wait for one', async () => {
    const story = begin({ spec: { schedule: { cron: '0 1 * * *', windows: WINDOWS } } });
    await story.firstKey();
    expect(story.world.clock.now()).toBeLessThan(time('00:10:00'));
    expect(story.status().nextRotationTime).toBe('2030-01-01T02:00:00Z');
  });

  test('a tick outside waits for the next one, and that is the time which is told', async () => {
    const story = begin({ spec: { schedule: { cron: '0 1 * * *', windows: WINDOWS } } });
    await story.firstKey();
    story.consume(...PODS);
    await story.pass(90 * MINUTE_MS);
    expect(story.status()).toMatchObject({ revision: 1, nextRotationTime: '2030-01-01T02:00:00Z' });
    await story.until(({ revision }) => revision === 2);
    expect(story.world.clock.now()).toBeGreaterThanOrEqual(time('02:00:00') - SECOND_MS);
    await story.done(2);
    expect(story.status().lastTick).toBe('2030-01-01T01:00:00Z');
    expect(story.wrong()).toEqual([]);
  });

  test('a rotation that somebody asks for waits too, without turning in a circle', async () => {
    const story = begin({ spec: { schedule: { cron: '0 0 1 1 *', windows: WINDOWS } } });
    await story.firstKey();
    story.consume(...PODS);
    story.annotate({ rotate: 'now' });
    await story.told('WindowClosed');
    const reconciled = story.world.reconciled();
    await story.pass(HOUR_MS);
    expect(story.world.reconciled() - reconciled).toBeLessThan(20);
    // The window opens an hour from here, and the wait for the end is no longer than that.
    await story.pass(MINUTE_MS);
    await story.done(2);
    expect(story.world.clock.now()).toBeGreaterThanOrEqual(time('02:00:00') - SECOND_MS);
    expect(story.wrong()).toEqual([]);
  });

  test('an old key whose consumers have moved after the end is revoked in the next one', async () => {
    const story = begin({ spec: { schedule: { cron: '0 2 * * *', windows: WINDOWS } } });
    await story.firstKey();
    story.consume('api-0');
    await story.until(({ revision }) => revision === 2, 3 * HOUR_MS);
    const [oldKey = ''] = story.live();
    await story.pass(90 * MINUTE_MS);
    story.consume('api-1');
    await story.told('WindowClosed');
    expect(story.tells('Rotating')).toBe(
      `WindowClosed: all consumers have moved; key ${oldKey} is revoked in the next window of spec.schedule.windows, which opens at 2030-01-01T05:00:00Z`,
    );
    expect(story.status().rotation?.consumers).toMatchObject([{ state: 'Migrated' }]);
    await story.pass(HOUR_MS);
    expect(story.live()).toContain(oldKey);
    await story.until(({ rotation }) => !rotation, 3 * HOUR_MS);
    expect(story.live()).not.toContain(oldKey);
    expect(story.world.clock.now()).toBeGreaterThanOrEqual(time('05:00:00'));
    expect(story.wrong()).toEqual([]);
  });

  test('a revocation that the issuer did not take within the window waits for the next one', async () => {
    const story = begin({ spec: { schedule: { cron: '0 2 * * *', windows: WINDOWS } } });
    await story.firstKey();
    story.consume(...PODS);
    const fault = story.refuse('issuer revoke');
    await story.until(({ rotation }) => !!rotation?.revokeIntent, 3 * HOUR_MS);
    const [oldKey = ''] = story.live();
    await story.pass(HOUR_MS);
    fault.times = 0;
    await story.pass(HOUR_MS);
    expect(story.live()).toContain(oldKey);
    expect(story.tells('Rotating')).toContain('WindowClosed');
    await story.until(({ rotation }) => !rotation, 2 * HOUR_MS);
    expect(story.world.clock.now()).toBeGreaterThanOrEqual(time('05:00:00'));
    expect(story.wrong()).toEqual([]);
  });

  test('a leaked key waits for none, whatever the rotation waits for', async () => {
    const story = begin({ spec: { schedule: { cron: '0 2 * * *', windows: WINDOWS } }, exempt: ['S4'] });
    await story.firstKey();
    story.consume('api-0');
    await story.until(({ revision }) => revision === 2, 3 * HOUR_MS);
    const [oldKey = ''] = story.live();
    await story.pass(2 * HOUR_MS);
    story.annotate({ emergency: `one/${oldKey}` });
    await story.until(({ rotation }) => !rotation, 5 * MINUTE_MS);
    expect(story.live()).not.toContain(oldKey);
  });

  test('an expiring key waits for one, but not until it is dead', async () => {
    const story = begin({
      spec: { renewBefore: '8h', schedule: { cron: '0 0 1 1 *', windows: [{ cron: '0 20 * * *', duration: '1h' }] } },
    });
    story.world.apio.settings.keyLifetimeMs = 14 * HOUR_MS;
    await story.firstKey();
    story.consume(...PODS);
    await story.pass(7 * HOUR_MS);
    expect(story.tells('Rotating')).toContain('WindowClosed: the rotation that spec.renewBefore asks for');
    expect(story.status().revision).toBe(1);
    await story.until(({ revision }) => revision === 2, 4 * HOUR_MS);
    expect(story.status().rotation?.trigger).toBe('Expiring');
    expect(Math.abs(story.world.clock.now() - time('10:00:00'))).toBeLessThan(2 * MINUTE_MS);
  });

  test('windows that cannot be read are never open: the old key stays', async () => {
    const story = begin({
      spec: { schedule: { cron: '0 1 * * *', windows: [{ cron: '0 1 * * *', duration: '1h' }] } },
    });
    await story.firstKey();
    story.consume('api-0');
    await story.until(({ revision }) => revision === 2, 2 * HOUR_MS);
    story.change({ schedule: { windows: [{ cron: '0 25 * * *', duration: '1h' }] } });
    story.consume('api-1');
    await story.told('InvalidSpec');
    expect(story.tells('Stalled')).toMatch(
      /spec\.schedule\.windows "0 25 \* \* \*" cannot be read .*stays alive until then/,
    );
    await story.pass(2 * HOUR_MS);
    expect(story.live()).toHaveLength(2);
    story.change({ schedule: { windows: null } });
    await story.done(2);
    expect(story.live()).toHaveLength(1);
  });
});
