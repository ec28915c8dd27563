import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/api/duration.ts';

describe('parseDuration (GEP-2257)', () => {
  it.each([
    ['0s', 0],
    ['1ms', 1],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['30m1h', 5_400_000],
    ['1h1h', 7_200_000],
    ['10m10ms', 600_010],
    ['8784h', 31_622_400_000],
    ['99999h59m59s999ms', 359_999_999_999],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '1',
    'h',
    '1.5h',
    '-1h',
    '+1h',
    '1d',
    '1us',
    '100000h',
    '1h2m3s4ms5h',
    ' 1h',
    '1h ',
    '1h 30m',
    '1H',
    '1h\n',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [1, '1ms'],
    [60_000, '1m'],
    [5_400_000, '1h30m'],
    [86_400_000, '24h'],
    [3_661_001, '1h1m1s1ms'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 360_000_000_000])('refuses %d', (ms) => {
    expect(() => formatDuration(ms)).toThrow(RangeError);
  });

  it('writes what parseDuration reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 359_999_999_999 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
