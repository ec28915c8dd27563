import { expect, it } from 'vitest';
import { ageText, relativeText, timeText } from '../../../src/cli/view/times.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

it.each([
  [0, '0s'],
  [-5 * SECOND, '0s'],
  [45_900, '45s'],
  [90 * SECOND, '1m30s'],
  [2 * MINUTE, '2m'],
  [3 * MINUTE + 59 * SECOND, '3m'],
  [25 * HOUR, '1d1h'],
  [72 * HOUR, '3d'],
  [400 * DAY, '400d'],
])('%i ms are %s', (ms, text) => {
  expect(ageText(ms)).toBe(text);
});

it('a time is told from now, and one that is none not at all', () => {
  const now = Date.UTC(2030, 0, 1);
  expect(relativeText('2029-12-31T23:00:00Z', now)).toBe('1h ago');
  expect(relativeText('2030-01-03T00:00:00Z', now)).toBe('in 2d');
  expect([relativeText('soon', now), relativeText(undefined, now), timeText('soon')]).toEqual(['', '', 'soon']);
});
