import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../src/schedule/parse-schedule.ts';

describe('a schedule that can be honoured is accepted', () => {
  it.each([
    ['five fields, UTC by default', { cron: '0 3 1 * *' }],
    ['a time zone', { cron: '0 3 1 * *', timeZone: 'Europe/Stockholm' }],
    ['names, lists, ranges, steps', { cron: '*/15 8-17 1,15 JAN-JUN MON-FRI' }],
    ['the last day of the month', { cron: '0 3 L * *' }],
    ['29 February', { cron: '0 0 29 2 *' }],
    ['spaces and tabs around fields', { cron: ' 0  3 1\t* * ' }],
    ['jitter shorter than the interval', { cron: '0 3 * * *', jitter: '30m' }],
    ['jitter as long as the interval', { cron: '0 * * * *', jitter: '1h' }],
    ['no jitter at all', { cron: '* * * * *', jitter: '0s' }],
  ])('%s', (_name, spec) => {
    expect(parseSchedule(spec)).toMatchObject({ ok: true });
  });
});

describe('a schedule that cannot be honoured is refused by field, problem and remedy', () => {
  const fields = 'write minute, hour, day of month, month, day of week, for instance "0 3 1 * *"';
  it.each([
    ['four fields', { cron: '0 3 1 *' }, 'schedule.cron', `"0 3 1 *" has 4 parts instead of five: ${fields}`],
    ['six fields', { cron: '0 0 3 1 * *' }, 'schedule.cron', `"0 0 3 1 * *" has 6 parts instead of five: ${fields}`],
    ['nothing', { cron: ' ' }, 'schedule.cron', `" " has 0 parts instead of five: ${fields}`],
    ['a nickname', { cron: '@annually' }, 'schedule.cron', `"@annually" has 1 part instead of five: ${fields}`],
    [
      'an ISO date',
      { cron: '2030-01-01T00:00:00' },
      'schedule.cron',
      `"2030-01-01T00:00:00" is a date, which comes only once: ${fields}`,
    ],
    [
      'an hour that does not exist',
      { cron: '0 24 * * *' },
      'schedule.cron',
      `"0 24 * * *" cannot be read (Invalid value for hour: 24): ${fields}`,
    ],
    [
      'words',
      { cron: 'at three on the 1st' },
      'schedule.cron',
      `"at three on the 1st" cannot be read (configuration entry 1 (at) contains illegal characters): ${fields}`,
    ],
    [
      '30 February',
      { cron: '0 0 30 2 *' },
      'schedule.cron',
      '"0 0 30 2 *" never fires, because no month it names has that day: choose a day that exists',
    ],
    [
      '31 April and June',
      { cron: '0 0 31 4,6 *' },
      'schedule.cron',
      '"0 0 31 4,6 *" never fires, because no month it names has that day: choose a day that exists',
    ],
    [
      'an unknown time zone',
      { cron: '0 3 1 * *', timeZone: 'Europe/Stokholm' },
      'schedule.timeZone',
      '"Europe/Stokholm" is not a time zone: write an IANA name, for instance Europe/Stockholm, or leave it out for UTC',
    ],
    [
      'an offset, which knows no daylight saving time',
      { cron: '0 3 1 * *', timeZone: '+02:00' },
      'schedule.timeZone',
      '"+02:00" is not a time zone: write an IANA name, for instance Europe/Stockholm, or leave it out for UTC',
    ],
    [
      'a jitter that is no duration',
      { cron: '0 3 1 * *', jitter: '1d' },
      'schedule.jitter',
      '"1d" is not a duration: write one of GEP-2257, for instance 90s, 30m, 1h30m',
    ],
    [
      'a jitter longer than the interval',
      { cron: '0 * * * *', jitter: '1h1ms' },
      'schedule.jitter',
      '"1h1ms" is longer than the 1h between two ticks of spec.schedule.cron: write at most that',
    ],
    [
      'a jitter longer than the shortest of several intervals',
      { cron: '0 1,3 1 * *', jitter: '3h' },
      'schedule.jitter',
      '"3h" is longer than the 2h between two ticks of spec.schedule.cron: write at most that',
    ],
    [
      'a day of jitter where one day of the year has 23 hours',
      { cron: '0 3 * * *', timeZone: 'Europe/Stockholm', jitter: '24h' },
      'schedule.jitter',
      '"24h" is longer than the 23h between two ticks of spec.schedule.cron: write at most that',
    ],
  ])('%s', (_name, spec, field, text) => {
    expect(parseSchedule(spec)).toEqual({ ok: false, field, message: `spec.${field} ${text}` });
  });
});
