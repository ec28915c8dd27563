import { describe, expect, test } from 'vitest';
import { elapsed, later, milliseconds } from '../../../src/rotation/duration.ts';

const START = '2030-01-01T12:00:00Z';
const time = (now: string, stamp: string, fresh = false) => ({ now: Date.parse(now), stamp, fresh });

describe('durations of the spec', () => {
  test.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['10ms', 10],
    ['1m1ms', 60_001],
    ['0s', 0],
    [undefined, 0],
  ])('%s', (text, ms) => {
    expect(milliseconds(text)).toBe(ms);
  });

  test('a time later', () => {
    expect(later(START, 90_000)).toBe('2030-01-01T12:01:30Z');
  });
});

describe('whether ten minutes have passed', () => {
  const rows: [string, ReturnType<typeof time>, ReturnType<typeof elapsed>][] = [
    [
      'yes, when the server clock has certainly gone that far',
      time('2030-01-01T12:10:00Z', '2030-01-01T12:10:01Z'),
      'Yes',
    ],
    ['ask, when it may have and nobody asked', time('2030-01-01T12:09:58Z', '2030-01-01T12:10:00Z'), 'Ask'],
    [
      'again in a second, when the answer just now left it open',
      time('2030-01-01T12:09:58Z', '2030-01-01T12:10:00Z', true),
      { again: 1_000 },
    ],
    ['again when they will have', time('2030-01-01T12:04:00Z', '2030-01-01T12:04:00Z'), { again: 360_000 }],
    ['again in a second at least', time('2030-01-01T12:09:59Z', '2030-01-01T12:09:59.900Z'), { again: 1_000 }],
    [
      'not when the clock stands before the start',
      time('2030-01-01T11:00:00Z', '2030-01-01T11:00:00Z'),
      { again: 4_200_000 },
    ],
  ];
  test.each(rows)('%s', (_sentence, at, answer) => {
    expect(elapsed(at, START, 600_000)).toEqual(answer);
  });

  test.each([undefined, '', 'yesterday'])('a start of %j never passes, not even for no duration', (start) => {
    const now = time('2031-01-01T00:00:00Z', '2031-01-01T00:00:00Z');
    expect(elapsed(now, start, 0)).toEqual({ again: 60_000 });
    expect(elapsed(now, start, 600_000)).toEqual({ again: 60_000 });
  });

  test('no duration has always passed', () => {
    expect(elapsed(time('2030-01-01T11:00:00Z', '2030-01-01T11:00:00Z'), START, 0)).toBe('Yes');
  });
});
