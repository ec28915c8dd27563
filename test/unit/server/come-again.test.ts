import { expect, test } from 'vitest';
import { comeAgainAfter } from '../../../src/server/come-again.ts';
import { migrating, rollingBack, rotation } from './reports-world.ts';

const PUBLISHING = rotation([], rollingBack({ isPublished: false }));

test.each([
  ['at once while its attempt is young', '00:00:00', 1],
  ['after a second in the first twenty', '00:00:19', 1],
  ['later where the publication takes its time', '00:01:05', 6],
  ['after half a minute at most', '08:00:00', 30],
])('a key that is being published is asked for again %s', (_, time, seconds) => {
  expect(comeAgainAfter(PUBLISHING, `2030-01-01T${time}Z`)).toBe(seconds);
});

test.each([
  ['is running', rotation([], {})],
  ['publishes another key any more', rotation([], migrating([]))],
])('where no rotation %s nothing is on its way', (_, object) => {
  expect(comeAgainAfter(object, '2030-01-01T00:00:00Z')).toBe(10);
});
