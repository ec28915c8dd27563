import { expect, test } from 'vitest';
import type { ApiKeyRotation, MigrationReport } from '../../../src/api/types.ts';
import type { CopyState, RolloutSight } from '../../../src/evidence/rollout/sight.ts';
import { workloadView } from '../../../src/evidence/rollout/workload.ts';
import { createEvidenceLook } from '../../../src/operator/rotation/gather/evidence-look.ts';
import type { Session } from '../../../src/operator/rotation/session.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';

const SEEN = '2030-01-01T00:10:00Z';
const COPY = { secret: 'api-apio', key: 'API_KEY' };
const workload = workloadView('Deployment', { metadata: { name: 'api', uid: 'workload-uid' } });

function sight(copyState: CopyState): RolloutSight {
  return { type: 'Seen', workload, copy: { type: 'Secret', ...COPY }, copyState, pods: [] };
}

/** A rotation that waits for a workload; `copySeenAt`: what its status says of the copy. */
function rotation(copySeenAt?: string): ApiKeyRotation {
  const workloadRef = { kind: 'Deployment', name: 'api' } as const;
  const secretRef = { name: COPY.secret, key: COPY.key };
  const record = { workload: 'Deployment/api', workloadUID: 'workload-uid', copy: 'Secret api-apio, key API_KEY' };
  const rollout = { ...record, ...(copySeenAt === undefined ? {} : { copySeenAt }) };
  const consumers = [
    { name: 'api', evidence: [{ type: 'Rollout', rollout: { workloadRef, secretRef, action: 'Watch' } }] },
  ];
  return {
    metadata: { name: 'apio', namespace: 'payments', uid: 'u', generation: 1 },
    spec: { consumers },
    status: {
      revision: 2,
      rotation: {
        publishedAt: '2030-01-01T00:05:00Z',
        consumers: [{ name: 'api', state: 'Pending', since: SEEN, rollout }],
      },
    },
  } as object as ApiKeyRotation;
}

test('a workload is looked at again within five seconds only where status says something else of its copy meanwhile', async () => {
  let [now, copyState, looks]: [number, CopyState, number] = [0, 'Other', 0];
  const look = createEvidenceLook({
    kube: { list: () => Promise.reject(new Error('no consumer reports')) },
    clock: { monotonic: () => now },
    entropy: createSeededEntropy(1),
    reports: { byIndex: () => [] },
    rollouts: {
      workloads: async () => {
        looks += 1;
        return new Map([['api', sight(copyState)]]);
      },
      withPods: async (sights) => sights,
    },
  });
  const session: Session = {};
  const copyIsNew = async (object: ApiKeyRotation) =>
    (await look.cached(object, session, { usage: undefined, guard: undefined }))[0]?.rollout?.copyIsNew;

  expect(await copyIsNew(rotation())).toBe(false);
  copyState = 'New';
  now = 4_999;
  expect([await copyIsNew(rotation()), looks]).toEqual([false, 1]);
  // Another process has seen that it is new: what was seen here would take that back.
  expect([await copyIsNew(rotation(SEEN)), looks]).toEqual([true, 2]);
});

/** A rotation whose one consumer reports, and the report of its one pod. */
function reporting(): { readonly object: ApiKeyRotation; readonly report: MigrationReport } {
  const rule = { serviceAccountName: 'api', podSelector: { matchLabels: { app: 'api' } } };
  const object = {
    metadata: { name: 'apio', namespace: 'payments', uid: 'u', generation: 1 },
    spec: { consumers: [{ name: 'api', evidence: [{ type: 'Report', report: rule }] }] },
    status: { revision: 2, rotation: { publishedAt: SEEN, newKey: { fingerprint: 'f' }, consumers: [] } },
  } as object as ApiKeyRotation;
  const reporter = { username: 'system:serviceaccount:payments:api', podName: 'api-0', podUID: 'pod-uid' };
  const spec = {
    rotationRef: { name: 'apio', uid: 'u' },
    revision: 2,
    fingerprint: 'f',
    consumer: 'api',
    type: 'Report',
  };
  const report = {
    metadata: { name: 'r' },
    spec: { ...spec, reporter, reportedAt: SEEN },
  } as object as MigrationReport;
  return { object, report };
}

test('a report that comes late has the pods listed once, by the look that decides', async () => {
  const { object, report } = reporting();
  let [now, lists, known]: [number, number, MigrationReport[]] = [0, 0, []];
  const look = createEvidenceLook({
    kube: {
      list: async () => {
        lists += 1;
        return { items: [], metadata: {} } as never;
      },
    },
    clock: { monotonic: () => now },
    entropy: createSeededEntropy(1),
    reports: { byIndex: () => known },
    rollouts: { workloads: async () => new Map(), withPods: async (sights) => sights },
  });
  const session: Session = {};
  const state = async () => (await look.cached(object, session, { usage: undefined, guard: undefined }))[0]?.state;

  expect([await state(), lists]).toEqual(['Pending', 0]);
  [now, known] = [10_000, [report]];
  expect([await state(), lists]).toEqual(['Migrated', 0]);
  // That look may not come to it, as while the issuer does not answer: whom it waits for is to be told all the same.
  now = 20_000;
  expect([await state(), lists]).toEqual(['Pending', 1]);
});

test('progress that is told ten seconds after the publication names the pods, though the wait began a moment later', async () => {
  const { object } = reporting();
  const pod = {
    metadata: { name: 'api-0', uid: 'pod-uid', labels: { app: 'api' } },
    spec: { serviceAccountName: 'api' },
  };
  let now = 20;
  const look = createEvidenceLook({
    kube: { list: async () => ({ items: [pod], resourceVersion: '1', continue: undefined }) as never },
    clock: { monotonic: () => now },
    entropy: createSeededEntropy(1),
    reports: { byIndex: () => [] },
    rollouts: { workloads: async () => new Map(), withPods: async (sights) => sights },
  });
  const session: Session = {};
  const missing = async () =>
    (await look.cached(object, session, { usage: undefined, guard: undefined }))[0]?.missingPods;
  expect(await missing()).toEqual([]);
  now = 10_000;
  expect(await missing()).toEqual(['api-0']);
});
