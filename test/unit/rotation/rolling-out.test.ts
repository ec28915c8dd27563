import { expect, test } from 'vitest';
import type { ConsumerStatus } from '../../../src/api/types.ts';
import type { ConsumerAssessment, RolloutFinding } from '../../../src/rotation/assessment.ts';
import { decide } from '../../../src/rotation/decide.ts';
import { recordRollout } from '../../../src/rotation/rollout-record.ts';
import { factsOf, MIGRATED, migrating, PENDING } from './facts.ts';
import { decisionTable, statusIn } from './table.ts';

const NOW = '2030-01-01T12:00:00Z';
const LATER = '2030-01-01T12:00:10Z';

const FOUND: RolloutFinding = {
  workload: 'Deployment/api',
  workloadUID: 'workload-uid',
  copy: 'Secret api-apio, key API_KEY',
  copyIsNew: true,
  isRestarted: false,
};
const UNSEEN = { workload: FOUND.workload, workloadUID: FOUND.workloadUID, copy: FOUND.copy };
const RECORD = { ...UNSEEN, copySeenAt: NOW };
const restart = { kind: 'Deployment', name: 'api', resourceVersion: '10' } as const;
const message = 'Deployment api is to be restarted';

function waiting(rollout: RolloutFinding, change: Partial<ConsumerAssessment> = {}): ConsumerAssessment {
  return { ...PENDING, message, rollout, ...change };
}

function recorded(...records: readonly (ConsumerStatus['rollout'] | undefined)[]) {
  const names = ['api', 'batch', 'jobs', 'web'];
  const consumers = records.map((rollout, index) => ({
    name: names[index] ?? '',
    state: 'Pending' as const,
    since: NOW,
    ...(rollout && { rollout }),
  }));
  return migrating({ consumers });
}

/** A consumer of a workload of its own, whose restart has begun and not ended. */
function restarting(name: string) {
  const workload = `Deployment/${name}`;
  return { ...PENDING, name, rollout: { ...FOUND, workload, isRestarted: true } };
}
const restarted = (name: string) => ({ ...RECORD, workload: `Deployment/${name}`, restartedAt: NOW });
const consumers = (...names: string[]) => ({
  spec: {
    consumers: names.map((name) => ({
      name,
      evidence: [
        {
          type: 'Rollout' as const,
          rollout: {
            workloadRef: { kind: 'Deployment' as const, name },
            action: 'Restart' as const,
            secretRef: { name: 'api-apio', key: 'API_KEY' },
          },
        },
      ],
    })),
  },
});

decisionTable('workloads', {
  'a copy that is new for the first time is recorded before anything is built on it': {
    status: recorded(undefined),
    evidence: [waiting(FOUND)],
    decides: 'commit Rollouts',
  },
  'a copy that is not new any more is recorded too': {
    status: recorded(RECORD),
    evidence: [waiting({ ...FOUND, copyIsNew: false })],
    decides: 'commit Rollouts',
  },
  'a restart that was seen is recorded': {
    status: recorded(RECORD),
    evidence: [waiting({ ...FOUND, isRestarted: true })],
    decides: 'commit Rollouts',
  },
  'a copy that lags is looked at again soon': {
    status: recorded(UNSEEN),
    evidence: [waiting({ ...FOUND, copyIsNew: false })],
    decides: 'wait 10 s, Migrating',
  },
  'a restart waits until kubelets have heard of the copy': {
    status: recorded(RECORD),
    evidence: [waiting({ ...FOUND, restart })],
    decides: 'wait 4 s, Migrating',
  },
  'by two seconds more than that, since another API server may date its pods so much too early': {
    status: recorded(RECORD),
    at: '2030-01-01T12:00:03Z',
    evidence: [waiting({ ...FOUND, restart })],
    decides: 'wait 1 s, Migrating',
  },
  'the time is asked for where it may have passed': {
    status: recorded(RECORD),
    at: LATER,
    lag: 10_000,
    evidence: [waiting({ ...FOUND, restart })],
    decides: 'look at time',
  },
  'then it is seen that nobody has restarted it': {
    status: recorded(RECORD),
    at: LATER,
    evidence: [waiting({ ...FOUND, restart })],
    decides: 'look at live',
  },
  'then the workload restarts': {
    status: recorded(RECORD),
    at: LATER,
    live: true,
    evidence: [waiting({ ...FOUND, restart })],
    decides: 'restart Deployment/api',
  },
  'nothing restarts while suspended': {
    status: recorded(RECORD),
    spec: { suspend: true },
    at: LATER,
    evidence: [waiting({ ...FOUND, restart })],
    decides: 'rest, Suspended',
  },
  'a shared workload waits until the other consumer can read the new key too': {
    ...consumers('api', 'batch'),
    status: recorded(RECORD, UNSEEN),
    at: LATER,
    evidence: [waiting({ ...FOUND, restart }), waiting({ ...FOUND, copyIsNew: false }, { name: 'batch' })],
    decides: 'wait 10 s, Migrating',
  },
  'no more than three restarts at a time': {
    ...consumers('api', 'batch', 'jobs', 'web'),
    status: recorded(RECORD, restarted('batch'), restarted('jobs'), restarted('web')),
    at: LATER,
    evidence: [waiting({ ...FOUND, restart }), restarting('batch'), restarting('jobs'), restarting('web')],
    decides: 'wait 10 s, Migrating',
  },
  'those of other rotations of the namespace count': {
    ...consumers('api', 'batch'),
    status: recorded(RECORD, restarted('batch')),
    at: LATER,
    evidence: [waiting({ ...FOUND, restart }), restarting('batch')],
    restartsElsewhere: ['Deployment/x', 'Deployment/y'],
    decides: 'wait 10 s, Migrating',
  },
  'two of three leave room': {
    ...consumers('api', 'batch'),
    live: true,
    status: recorded(RECORD, restarted('batch')),
    at: LATER,
    evidence: [waiting({ ...FOUND, restart }), restarting('batch')],
    restartsElsewhere: ['Deployment/x'],
    decides: 'restart Deployment/api',
  },
  'what no restart helps is told as what it is': {
    status: recorded(undefined),
    evidence: [{ ...PENDING, stalled: { reason: 'InvalidSpec', message: 'nobody knows what it reads' } }],
    decides: 'wait 10 s, Stalled InvalidSpec',
    message: 'nobody knows what it reads',
  },
  'after the deadline all who are missing are told': {
    status: recorded(undefined),
    spec: { migration: { deadline: '72h' } },
    at: '2030-01-05T12:00:00Z',
    evidence: [{ ...PENDING, stalled: { reason: 'InvalidSpec', message: 'nobody knows what it reads' } }],
    decides: 'wait 10 s, Stalled Held',
  },
  'a workload without pods has not moved while a kubelet may be behind': {
    status: recorded(RECORD),
    at: '2030-01-01T12:00:01Z',
    evidence: [{ ...MIGRATED, rollout: FOUND }],
    decides: 'wait 1 s, Migrating',
  },
  'the time is asked for where none may be any more': {
    status: recorded(RECORD),
    at: '2030-01-01T12:00:02Z',
    lag: 1_000,
    evidence: [{ ...MIGRATED, rollout: FOUND }],
    decides: 'look at time',
  },
  'then it has moved': {
    status: recorded(RECORD),
    at: '2030-01-01T12:00:02Z',
    evidence: [{ ...MIGRATED, rollout: FOUND }],
    decides: 'look at targets, keys, liveEvidence',
  },
  'a consumer that has moved is not looked at sooner for its workload': {
    ...consumers('api', 'batch'),
    status: recorded(RECORD, undefined),
    evidence: [
      { ...MIGRATED, rollout: FOUND },
      { ...PENDING, name: 'batch' },
    ],
    decides: 'wait 30 s, Migrating',
  },
});

test('a target that pods read is new since its publication', () => {
  const decision = decide(
    factsOf({ status: recorded(undefined), evidence: [waiting({ ...FOUND, newSince: NOW })], at: LATER }),
  );
  expect(statusIn(decision)?.rotation?.consumers?.[0]?.rollout?.copySeenAt).toBe(NOW);
});

test.each([
  ['the first look', undefined, FOUND, { ...RECORD, copySeenAt: LATER }],
  ['another look', RECORD, FOUND, RECORD],
  ['a copy that has gone back', RECORD, { ...FOUND, copyIsNew: false }, { ...RECORD, copySeenAt: undefined }],
  ['a workload made anew', RECORD, { ...FOUND, workloadUID: 'x' }, { ...RECORD, workloadUID: 'x', copySeenAt: LATER }],
  ['another copy', RECORD, { ...FOUND, copy: 'x' }, { ...RECORD, copy: 'x', copySeenAt: LATER }],
  ['a restart', RECORD, { ...FOUND, isRestarted: true }, { ...RECORD, restartedAt: LATER }],
  ['a mark that somebody took out', { ...RECORD, restartedAt: NOW }, FOUND, { ...RECORD, restartedAt: NOW }],
  ['nothing that could be seen', RECORD, undefined, RECORD],
])('%s', (_name, before, found, after) => {
  expect(recordRollout(before, found, LATER)).toEqual(after);
});
