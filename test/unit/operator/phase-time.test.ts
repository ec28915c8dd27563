import { expect, test } from 'vitest';
import type { RotationStatus, RunningRotation } from '../../../src/api/types.ts';
import { type EndedPhase, endedPhase } from '../../../src/operator/rotation/act/phase-time.ts';

const STARTED: RunningRotation = {
  attemptID: 'inst/uid-1/2.1',
  attemptAt: '2030-01-01T12:00:00Z',
  claim: 'claim',
  trigger: 'Requested',
  startedAt: '2030-01-01T12:00:00Z',
  plan: {
    issuer: { kind: 'ApiKeyIssuer', name: 'apio', uid: 'i', origin: 'https://apio.test' },
    key: { environment: 'Live', permissions: [] },
    targets: [],
  },
};
const PUBLISHED = { ...STARTED, publishedAt: '2030-01-01T12:00:05Z' };
const INTENT = {
  ...PUBLISHED,
  revokeIntent: { keyID: 'k1', decidedAt: '2030-01-01T13:00:05Z', basis: 'Evidence' as const },
};
const issuing: RotationStatus = { rotation: STARTED };
const migrating: RotationStatus = { rotation: PUBLISHED };
const revoking: RotationStatus = { rotation: INTENT };
const done: RotationStatus = { lastRotationTime: '2030-01-01T13:00:07Z' };

test.each<[string, RotationStatus | undefined, RotationStatus, EndedPhase | undefined]>([
  ['publishing ends Issuing', issuing, migrating, { phase: 'Issuing', seconds: 5 }],
  ['the intent ends Migrating', migrating, revoking, { phase: 'Migrating', seconds: 3_600 }],
  ['the end of the rotation ends Revoking', revoking, done, { phase: 'Revoking', seconds: 2 }],
  ['a start ends nothing', {}, issuing, undefined],
  ['the first status of an object ends nothing', undefined, issuing, undefined],
  ['another attempt ends nothing', issuing, { rotation: { ...STARTED, claim: 'other' } }, undefined],
  ['progress ends nothing', migrating, { rotation: { ...PUBLISHED, migratedAt: '2030-01-01T12:30:00Z' } }, undefined],
  ['a first issue, which has nothing to revoke, ends without another phase', migrating, done, undefined],
])('%s', (_sentence, before, after, ended) => {
  expect(endedPhase(before, after)).toEqual(ended);
});

test('clocks of two API servers that disagree make no negative time', () => {
  const early = { rotation: { ...STARTED, publishedAt: '2030-01-01T11:59:59Z' } };
  expect(endedPhase(issuing, early)).toEqual({ phase: 'Issuing', seconds: 0 });
});
