import { expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { createScheduleFacts } from '../../../src/operator/rotation/gather/schedule-fact.ts';

const NOW = Date.UTC(2030, 0, 15, 12);

function rotation(schedule: ApiKeyRotation['spec']['schedule'], lastTick?: string): ApiKeyRotation {
  return {
    metadata: { name: 'apio', namespace: 'team', uid: 'uid-1', creationTimestamp: '2030-01-01T00:00:00Z' },
    spec: {
      issuerRef: { name: 'apio' },
      key: { environment: 'Live', permissions: ['read'] },
      targets: [],
      ...(schedule && { schedule }),
    },
    ...(lastTick === undefined ? {} : { status: { lastTick } }),
  };
}

test('an object without a schedule has none', () => {
  expect(createScheduleFacts()(rotation(undefined), NOW)).toEqual({ type: 'None' });
});

test('what is kept of a schedule is its text: each object stands where it stands, at each time anew', () => {
  const at = createScheduleFacts();
  const cron = '0 3 * * *';
  const today = '2030-01-15T03:00:00Z';
  const next = '2030-01-16T03:00:00Z';
  expect(at(rotation({ cron }), NOW)).toEqual({ type: 'Valid', due: true, tick: today, next });
  expect(at(rotation({ cron }, today), NOW)).toEqual({ type: 'Valid', due: false, next });
  expect(at(rotation({ cron }, today), NOW + 86_400_000)).toMatchObject({ due: true, tick: next });
});

test('a schedule that is corrected is read anew', () => {
  const at = createScheduleFacts();
  expect(at(rotation({ cron: '0 3 * * *', timeZone: 'Mars/Olympus' }), NOW)).toMatchObject({ type: 'Invalid' });
  expect(at(rotation({ cron: '0 3 * * *', timeZone: 'Europe/Stockholm' }), NOW)).toMatchObject({ type: 'Valid' });
});

test.each([
  ['an overlap', { withoutEvidence: { overlap: '48h' } }],
  ['a grace period', { migration: { gracePeriod: '48h' } }],
])('a rotation may take longer than the schedule, by %s: it skips ticks, and stops nothing', (_what, change) => {
  const { spec, ...object } = rotation({ cron: '0 3 * * *' });
  expect(createScheduleFacts()({ ...object, spec: { ...spec, ...change } }, NOW)).toMatchObject({ type: 'Valid' });
});
