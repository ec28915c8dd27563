import { describe, expect, it } from 'vitest';
import { parseSchedule, type ScheduleSpec } from '../../../src/schedule/parse-schedule.ts';
import { type ScheduleState, scheduleAt } from '../../../src/schedule/schedule-at.ts';

interface Case {
  readonly spec: ScheduleSpec;
  readonly created?: string;
  readonly lastTick?: string;
  readonly now: string;
  readonly expected: { readonly tick?: string; readonly next: string; readonly skipped?: number };
}

function stateOf({ spec, created = '2000-01-01T00:00:00Z', lastTick, now }: Omit<Case, 'expected'>): ScheduleState {
  const parsed = parseSchedule(spec);
  if (!parsed.ok) throw new Error(parsed.message);
  return scheduleAt(parsed.schedule, {
    uid: 'u-1',
    nowMs: Date.parse(now),
    lastTickMs: lastTick === undefined ? undefined : Date.parse(lastTick),
    createdMs: Date.parse(created),
  });
}

function check({ expected, ...input }: Case): void {
  const { due, tickMs, nextMs, skippedTicks } = stateOf(input);
  const iso = (ms: number | undefined) =>
    ms === undefined ? undefined : new Date(ms).toISOString().replace('.000', '');
  expect({ due, tick: iso(tickMs), next: iso(nextMs), skipped: skippedTicks }).toEqual({
    due: expected.tick !== undefined,
    tick: expected.tick,
    next: expected.next,
    skipped: expected.skipped ?? 0,
  });
}

const monthly = { cron: '0 3 1 * *' };

describe('a tick is due from its time until it is handled', () => {
  it.each<[string, Case]>([
    [
      'rest between two ticks',
      {
        spec: monthly,
        lastTick: '2026-01-01T03:00:00Z',
        now: '2026-01-20T00:00:00Z',
        expected: { next: '2026-02-01T03:00:00Z' },
      },
    ],
    [
      'rest one millisecond before the tick',
      {
        spec: monthly,
        lastTick: '2026-01-01T03:00:00Z',
        now: '2026-02-01T02:59:59.999Z',
        expected: { next: '2026-02-01T03:00:00Z' },
      },
    ],
    [
      'due at the very instant of the tick',
      {
        spec: monthly,
        lastTick: '2026-01-01T03:00:00Z',
        now: '2026-02-01T03:00:00Z',
        expected: { tick: '2026-02-01T03:00:00Z', next: '2026-03-01T03:00:00Z' },
      },
    ],
    [
      'rest at that instant when the tick has been handled',
      {
        spec: monthly,
        lastTick: '2026-02-01T03:00:00Z',
        now: '2026-02-01T03:00:00Z',
        expected: { next: '2026-03-01T03:00:00Z' },
      },
    ],
    [
      'missed ticks are due once, as the latest of them',
      {
        spec: monthly,
        lastTick: '2026-01-01T03:00:00Z',
        now: '2026-05-20T00:00:00Z',
        expected: { tick: '2026-05-01T03:00:00Z', next: '2026-06-01T03:00:00Z', skipped: 3 },
      },
    ],
    [
      'ticks before the creation do not count',
      {
        spec: monthly,
        created: '2026-01-01T03:00:01Z',
        now: '2026-01-20T00:00:00Z',
        expected: { next: '2026-02-01T03:00:00Z' },
      },
    ],
    [
      'a last tick from before the creation (a restored status) does not bring ticks back',
      {
        spec: monthly,
        created: '2026-01-10T00:00:00Z',
        lastTick: '2025-06-01T03:00:00Z',
        now: '2026-01-20T00:00:00Z',
        expected: { next: '2026-02-01T03:00:00Z' },
      },
    ],
    [
      'the first tick after the creation is due although none was handled',
      {
        spec: monthly,
        created: '2026-01-10T00:00:00Z',
        now: '2026-02-01T04:00:00Z',
        expected: { tick: '2026-02-01T03:00:00Z', next: '2026-03-01T03:00:00Z' },
      },
    ],
    [
      'a clock behind the last tick waits for the tick after it',
      {
        spec: monthly,
        lastTick: '2026-03-01T03:00:00Z',
        now: '2026-01-20T00:00:00Z',
        expected: { next: '2026-04-01T03:00:00Z' },
      },
    ],
    [
      'a long absence under a short interval is counted up to 100',
      {
        spec: { cron: '* * * * *' },
        lastTick: '2026-01-01T00:00:00Z',
        now: '2026-02-01T00:00:30Z',
        expected: { tick: '2026-02-01T00:00:00Z', next: '2026-02-01T00:01:00Z', skipped: 100 },
      },
    ],
  ])('%s', (_name, testCase) => check(testCase));
});

describe('calendars and time zones', () => {
  it.each<[string, Case]>([
    [
      '03:00 in Stockholm is 02:00 UTC in winter',
      {
        spec: { cron: '0 3 * * *', timeZone: 'Europe/Stockholm' },
        lastTick: '2026-01-10T02:00:00Z',
        now: '2026-01-11T01:59:59Z',
        expected: { next: '2026-01-11T02:00:00Z' },
      },
    ],
    [
      '03:00 in Stockholm is 01:00 UTC in summer',
      {
        spec: { cron: '0 3 * * *', timeZone: 'Europe/Stockholm' },
        lastTick: '2026-07-10T01:00:00Z',
        now: '2026-07-11T00:59:59Z',
        expected: { next: '2026-07-11T01:00:00Z' },
      },
    ],
    [
      'half-hour zones',
      {
        spec: { cron: '0 3 * * *', timeZone: 'Asia/Kolkata' },
        lastTick: '2026-07-09T21:30:00Z',
        now: '2026-07-10T00:00:00Z',
        expected: { next: '2026-07-10T21:30:00Z' },
      },
    ],
    [
      'the date line: the day begins 14 hours before UTC',
      {
        spec: { cron: '0 0 1 * *', timeZone: 'Pacific/Kiritimati' },
        lastTick: '2026-05-31T10:00:00Z',
        now: '2026-06-15T00:00:00Z',
        expected: { next: '2026-06-30T10:00:00Z' },
      },
    ],
    [
      '29 February waits for the next leap year',
      {
        spec: { cron: '0 0 29 2 *' },
        lastTick: '2024-02-29T00:00:00Z',
        now: '2026-01-01T00:00:00Z',
        expected: { next: '2028-02-29T00:00:00Z' },
      },
    ],
    [
      '29 February leaves the year 2100 out, which is no leap year',
      {
        spec: { cron: '0 0 29 2 *' },
        lastTick: '2096-02-29T00:00:00Z',
        now: '2096-03-01T00:00:00Z',
        expected: { next: '2104-02-29T00:00:00Z' },
      },
    ],
    [
      'the 31st skips months of 30 days',
      {
        spec: { cron: '0 0 31 * *' },
        lastTick: '2026-03-31T00:00:00Z',
        now: '2026-04-15T00:00:00Z',
        expected: { next: '2026-05-31T00:00:00Z' },
      },
    ],
  ])('%s', (_name, testCase) => check(testCase));
});

describe('when clocks change', () => {
  const stockholm = (cron: string): ScheduleSpec => ({ cron, timeZone: 'Europe/Stockholm' });
  const newYork = (cron: string): ScheduleSpec => ({ cron, timeZone: 'America/New_York' });
  it.each<[string, Case]>([
    [
      'Stockholm, spring: 02:30 does not exist and fires when the gap ends, at 03:00',
      {
        spec: stockholm('30 2 * * *'),
        lastTick: '2026-03-28T01:30:00Z',
        now: '2026-03-29T01:00:00Z',
        expected: { tick: '2026-03-29T01:00:00Z', next: '2026-03-30T00:30:00Z' },
      },
    ],
    [
      'Stockholm, spring: a list keeps the tick that falls into the gap',
      {
        spec: stockholm('30 2,14 * * *'),
        lastTick: '2026-03-28T13:30:00Z',
        now: '2026-03-29T01:00:00Z',
        expected: { tick: '2026-03-29T01:00:00Z', next: '2026-03-29T12:30:00Z' },
      },
    ],
    [
      'Stockholm, autumn: 02:30 comes twice and fires the first time',
      {
        spec: stockholm('30 2 * * *'),
        lastTick: '2026-10-24T00:30:00Z',
        now: '2026-10-25T00:30:00Z',
        expected: { tick: '2026-10-25T00:30:00Z', next: '2026-10-26T01:30:00Z' },
      },
    ],
    [
      'Stockholm, autumn: the second 02:30 is no tick',
      {
        spec: stockholm('30 2 * * *'),
        lastTick: '2026-10-25T00:30:00Z',
        now: '2026-10-25T01:30:00Z',
        expected: { next: '2026-10-26T01:30:00Z' },
      },
    ],
    [
      'Stockholm, autumn: every half hour goes on through the repeated hour',
      {
        spec: stockholm('*/30 * * * *'),
        lastTick: '2026-10-25T00:00:00Z',
        now: '2026-10-25T02:10:00Z',
        expected: { tick: '2026-10-25T02:00:00Z', next: '2026-10-25T02:30:00Z', skipped: 3 },
      },
    ],
    [
      'New York, spring: 02:30 does not exist and fires when the gap ends, at 03:00',
      {
        spec: newYork('30 2 * * *'),
        lastTick: '2026-03-07T07:30:00Z',
        now: '2026-03-08T07:00:00Z',
        expected: { tick: '2026-03-08T07:00:00Z', next: '2026-03-09T06:30:00Z' },
      },
    ],
    [
      'New York, autumn: 01:30 comes twice and fires the first time',
      {
        spec: newYork('30 1 * * *'),
        lastTick: '2026-10-31T05:30:00Z',
        now: '2026-11-01T06:30:00Z',
        expected: { tick: '2026-11-01T05:30:00Z', next: '2026-11-02T06:30:00Z' },
      },
    ],
    [
      'Santiago, spring: midnight does not exist, and the day is not left out',
      {
        spec: { cron: '0 0 * * *', timeZone: 'America/Santiago' },
        lastTick: '2026-09-05T04:00:00Z',
        now: '2026-09-06T04:00:00Z',
        expected: { tick: '2026-09-06T04:00:00Z', next: '2026-09-07T03:00:00Z' },
      },
    ],
    [
      'New York, autumn: 03:00 is untouched by the hour before it',
      {
        spec: newYork('0 3 * * *'),
        lastTick: '2026-10-31T07:00:00Z',
        now: '2026-11-01T07:00:00Z',
        expected: { next: '2026-11-01T08:00:00Z' },
      },
    ],
  ])('%s', (_name, testCase) => check(testCase));
});
