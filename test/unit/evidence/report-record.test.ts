import { describe, expect, it } from 'vitest';
import { podView } from '../../../src/evidence/pod-view.ts';
import { buildReport, type Claim, recordName, reportName, saysTheSame } from '../../../src/evidence/report-record.ts';

const CLAIM: Claim = {
  namespace: 'team',
  rotationName: 'payments',
  uid: 'uid-1',
  revision: 3,
  fingerprint: 'aaaaaaaaaaaaaaaa',
  consumer: 'api',
  type: 'Report',
  reporter: { username: 'system:serviceaccount:team:payments', podName: 'a', podUID: 'pod-1' },
  reportedAt: '2030-01-01T00:10:00.000Z',
};

describe('the name of a record', () => {
  const name = recordName(CLAIM);

  it('stays the same from revision to revision, so that one object a reporter is overwritten', () => {
    expect(recordName({ ...CLAIM, ...{ revision: 4, fingerprint: 'bbbbbbbbbbbbbbbb' } })).toBe(name);
  });

  it.each<[string, Partial<Claim>]>([
    ['object', { uid: 'uid-2' }],
    ['consumer', { consumer: 'worker' }],
    ['type', { type: 'Proof' }],
    ['pod', { reporter: { podUID: 'pod-2' } }],
  ])('is another one for another %s', (_what, change) => {
    expect(recordName({ ...CLAIM, ...change })).not.toBe(name);
  });

  it.each(['a', 'r'.repeat(200), `${'r'.repeat(199)}.tail`, 'r'.repeat(253)])(
    'is a valid object name: %#',
    (rotation) => {
      const made = reportName(rotation, 'u', 'c', 'Report', 'p');
      expect(made.length).toBeLessThanOrEqual(253);
      expect(made).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    },
  );
});

describe('a record', () => {
  it('is labelled, and owned by its rotation, so that it goes with it', () => {
    expect(buildReport(CLAIM).metadata).toEqual({
      name: recordName(CLAIM),
      namespace: 'team',
      labels: { 'apikeyrotation.io/rotation-uid': 'uid-1', 'apikeyrotation.io/consumer': 'api' },
      ownerReferences: [
        { apiVersion: 'apikeyrotation.io/v1alpha1', kind: 'ApiKeyRotation', name: 'payments', uid: 'uid-1' },
      ],
    });
  });

  it('says the same as one written at another time', () => {
    expect(saysTheSame(buildReport(CLAIM), buildReport({ ...CLAIM, reportedAt: '2031-01-01T00:00:00Z' }))).toBe(true);
  });

  it.each<[string, Partial<Claim>]>([
    ['uid', { uid: 'uid-2' }],
    ['revision', { revision: 4 }],
    ['fingerprint', { fingerprint: 'bbbbbbbbbbbbbbbb' }],
    ['pod', { reporter: { ...CLAIM.reporter, podUID: 'pod-2' } }],
  ])('says something else with another %s', (_what, change) => {
    expect(saysTheSame(buildReport(CLAIM), buildReport({ ...CLAIM, ...change }))).toBe(false);
  });
});

describe('podView', () => {
  it('takes a pod without phase for live and without ServiceAccount for default', () => {
    expect(podView({ metadata: { name: 'a', uid: 'u' } })).toMatchObject({
      phase: 'Unknown',
      serviceAccountName: 'default',
      labels: {},
    });
  });
});
