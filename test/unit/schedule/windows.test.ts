import { describe, expect, it } from 'vitest';
import { parseSchedule, type ScheduleSpec } from '../../../src/schedule/parse-schedule.ts';
import { type ScheduleState, scheduleAt } from '../../../src/schedule/schedule-at.ts';

const NIGHTS = { cron: '0 2 * * 1-5', duration: '4h' };

function stateOf(spec: ScheduleSpec, now: string, uid = 'u-1'): ScheduleState {
  const parsed = parseSchedule(spec);
  if (!parsed.ok) throw new Error(parsed.message);
  const createdMs = Date.parse('2026-01-01T00:00:00Z');
  return scheduleAt(parsed.schedule, { uid, nowMs: Date.parse(now), lastTickMs: undefined, createdMs });
}

function windowOf(spec: ScheduleSpec, now: string): string {
  const { window } = stateOf(spec, now);
  const iso = (ms = Number.NaN) => new Date(ms).toISOString().slice(0, 16);
  return `${iso(window?.opensMs)} to ${iso(window?.closesMs)}`;
}

describe('the window that is open, or else the next', () => {
  it.each<[string, ScheduleSpec['windows'], string, string]>([
    ['before it opens', [NIGHTS], '2026-01-05T01:59:59Z', '2026-01-05T02:00 to 2026-01-05T06:00'],
    ['at the instant at which it opens', [NIGHTS], '2026-01-05T02:00:00Z', '2026-01-05T02:00 to 2026-01-05T06:00'],
    ['in its last second', [NIGHTS], '2026-01-05T05:59:59Z', '2026-01-05T02:00 to 2026-01-05T06:00'],
    ['when it has closed', [NIGHTS], '2026-01-05T06:00:00Z', '2026-01-06T02:00 to 2026-01-06T06:00'],
    ['over a week end', [NIGHTS], '2026-01-09T06:00:00Z', '2026-01-12T02:00 to 2026-01-12T06:00'],
    [
      'of two that are open the one that lasts longer',
      [NIGHTS, { cron: '0 1 * * *', duration: '8h' }],
      '2026-01-05T03:00:00Z',
      '2026-01-05T01:00 to 2026-01-05T09:00',
    ],
    [
      'of two to come the nearer one',
      [NIGHTS, { cron: '0 1 * * *', duration: '30m' }],
      '2026-01-05T00:00:00Z',
      '2026-01-05T01:00 to 2026-01-05T01:30',
    ],
    [
      'one that is longer than the time between its ticks is always open',
      [{ cron: '0 * * * *', duration: '2h' }],
      '2026-01-05T03:59:00Z',
      '2026-01-05T03:00 to 2026-01-05T05:00',
    ],
  ])('%s', (_sentence, windows, now, expected) => {
    expect(windowOf({ cron: '0 3 1 * *', windows: windows ?? [] }, now)).toBe(expected);
  });

  it('opens by the clock of the time zone, in summer as in winter', () => {
    const spec = { cron: '0 3 1 * *', timeZone: 'Europe/Stockholm', windows: [{ cron: '0 2 * * *', duration: '1h' }] };
    expect(windowOf(spec, '2026-01-10T12:00:00Z')).toContain('2026-01-11T01:00');
    expect(windowOf(spec, '2026-07-10T12:00:00Z')).toContain('2026-07-11T00:00');
  });
});

describe('ticks and windows', () => {
  const UIDS = Array.from({ length: 50 }, (_, index) => `u-${index}`);
  const next = (spec: ScheduleSpec, uid: string) => stateOf(spec, '2026-01-05T00:00:00Z', uid).nextMs;

  it('the delay of a tick within a window ends with the window', () => {
    const spec = { cron: '30 2 * * *', jitter: '12h', windows: [{ cron: '0 2 * * *', duration: '1h' }] };
    for (const uid of UIDS) expect(next(spec, uid)).toBeLessThan(Date.parse('2026-01-05T03:00:00Z'));
    expect(new Set(UIDS.map((uid) => next(spec, uid))).size).toBeGreaterThan(40);
  });

  it('what waits for a window is spread over it by the jitter', () => {
    const spec = { cron: '0 1 * * *', jitter: '10m', windows: [{ cron: '0 2 * * *', duration: '1h' }] };
    for (const uid of UIDS) {
      expect(next(spec, uid)).toBeGreaterThanOrEqual(Date.parse('2026-01-05T02:00:00Z'));
      expect(next(spec, uid)).toBeLessThan(Date.parse('2026-01-05T02:10:00Z'));
    }
    expect(new Set(UIDS.map((uid) => next(spec, uid))).size).toBeGreaterThan(40);
  });
});

describe('windows that cannot be honoured are refused', () => {
  it.each([
    [{ cron: '0 25 * * *', duration: '1h' }, 'spec.schedule.windows "0 25 * * *" cannot be read'],
    [{ cron: '0 0 30 2 *', duration: '1h' }, 'spec.schedule.windows "0 0 30 2 *" never fires'],
    [
      { cron: '0 2 * * *', duration: '0s' },
      'spec.schedule.windows "0 2 * * *" has the duration "0s", in which nothing could happen: write one of GEP-2257',
    ],
  ])('%j', (window, message) => {
    const parsed = parseSchedule({ cron: '0 3 1 * *', windows: [window] });
    expect(parsed.ok ? '' : parsed.message).toContain(message);
  });
});
