import { describe, expect, test } from 'vitest';
import type { ConsumerSpec, ConsumerStatus } from '../../../src/api/types.ts';
import { assessConsumers, type EvidenceInput } from '../../../src/evidence/assess-consumers.ts';
import type { PodView } from '../../../src/evidence/pod-view.ts';
import { copyOf } from '../../../src/evidence/rollout/copy.ts';
import type { CopyState, RolloutSight } from '../../../src/evidence/rollout/sight.ts';
import { type WorkloadKind, type WorkloadObject, workloadView } from '../../../src/evidence/rollout/workload.ts';
import { restartMark } from '../../../src/rotation/restart-mark.ts';

const SUBJECT = { uid: 'rotation-uid', revision: 7, fingerprint: 'abcdef0123456789' };
const PUBLISHED = '2030-01-01T00:05:00Z';
const SEEN = '2030-01-01T00:10:00Z';
/** The first moment when no kubelet is behind any more, and the last when one may be. */
const SETTLED = '2030-01-01T00:10:02Z';
const BEFORE = '2030-01-01T00:10:01Z';
const MARK = restartMark(SUBJECT);

type Rule = NonNullable<ConsumerSpec['evidence'][number]['rollout']>;

const RULE: Rule = {
  workloadRef: { kind: 'Deployment', name: 'api' },
  action: 'Restart',
  secretRef: { name: 'api-apio', key: 'API_KEY' },
};
const { secretRef: _, ...UNTOLD } = RULE;

const FULL = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const NODES = {
  desiredNumberScheduled: 2,
  currentNumberScheduled: 2,
  updatedNumberScheduled: 2,
  numberReady: 2,
  numberAvailable: 2,
};

/** A workload of two pods that is rolled out. */
function workload(change: WorkloadObject['spec'] = {}, status: WorkloadObject['status'] = {}): WorkloadObject {
  return {
    metadata: { name: 'api', namespace: 'payments', uid: 'workload-uid', resourceVersion: '10', generation: 3 },
    spec: { replicas: 2, selector: { matchLabels: { app: 'api' } }, template: {}, ...change },
    status: { observedGeneration: 3, ...FULL, ...status },
  };
}

function pod(name: string, change: Partial<PodView> = {}): PodView {
  return {
    name,
    uid: `uid-of-${name}`,
    phase: 'Running',
    serviceAccountName: 'api',
    labels: { app: 'api', 'pod-template-hash': '5f' },
    creationTimestamp: SETTLED,
    controller: { kind: 'ReplicaSet', name: 'api-5f' },
    ...change,
  };
}

const YOUNG = [pod('a'), pod('b')];
const old = (name: string, change: Partial<PodView> = {}) => pod(name, { creationTimestamp: BEFORE, ...change });
const ending = { deletionTimestamp: SEEN };

const RECORD = {
  workload: 'Deployment/api',
  workloadUID: 'workload-uid',
  copy: 'Secret api-apio, key API_KEY',
  copySeenAt: SEEN,
};

interface Case {
  readonly rule?: Rule;
  readonly object?: WorkloadObject;
  readonly copyState?: CopyState;
  readonly pods?: readonly PodView[] | undefined;
  readonly record?: ConsumerStatus['rollout'] | 'None';
  readonly sight?: RolloutSight;
  readonly state: 'Pending' | 'Migrated';
  readonly message: string;
  readonly missing?: readonly string[];
  readonly restarts?: true;
  readonly stalled?: string;
}

function sightOf({ rule = RULE, object = workload(), copyState = 'New', ...given }: Case): RolloutSight {
  const view = workloadView(rule.workloadRef.kind, object);
  const copy = copyOf(rule, view.keySources, [{ secret: 'target', key: 'key' }]);
  return { type: 'Seen', workload: view, copy, copyState, pods: 'pods' in given ? given.pods : YOUNG };
}

function assess(given: Case) {
  const { rule = RULE, record = RECORD, sight = sightOf(given) } = given;
  const status: ConsumerStatus = {
    name: 'api',
    state: 'Pending',
    ...(record && record !== 'None' && { rollout: record }),
  };
  const input: EvidenceInput = {
    ...SUBJECT,
    publishedAt: PUBLISHED,
    consumers: [{ name: 'api', evidence: [{ type: 'Rollout', rollout: rule }] }],
    statuses: [status],
    reports: [],
    pods: undefined,
    usage: undefined,
    guard: undefined,
    namespace: 'payments',
    rotationName: 'apio',
    rollouts: new Map([['api', sight]]),
  };
  return assessConsumers(input)[0];
}

function table(title: string, cases: Readonly<Record<string, Case>>): void {
  describe(title, () => {
    test.each(Object.entries(cases))('%s', (_name, given) => {
      const found = assess(given);
      expect(found).toMatchObject({ state: given.state, message: given.message, missingPods: given.missing ?? [] });
      expect(found?.rollout?.restart !== undefined).toBe(given.restarts === true);
      expect(found?.stalled?.reason).toBe(given.stalled);
    });
  });
}

const of = (kind: WorkloadKind, rule: Partial<Rule> = {}): Rule => ({
  ...RULE,
  ...rule,
  workloadRef: { kind, name: 'api' },
});
const recordOf = (kind: WorkloadKind) => ({ ...RECORD, workload: `${kind}/api` });
const owned = (kind: WorkloadKind) => ['a', 'b'].map((name) => pod(name, { controller: { kind, name: 'api' } }));
const oldMessage = 'pods a, b started too early to be sure of the new key in Secret api-apio, key API_KEY';
const command = 'kubectl -n payments rollout restart deployment/api';

table('what the pods read', {
  'a syncer that lags is waited for, and nothing is restarted': {
    copyState: 'Other',
    pods: [old('a'), old('b')],
    state: 'Pending',
    message:
      'waiting for who fills Secret api-apio, key API_KEY: it holds another text, and pods that start now would not get the new key',
  },
  'a Secret that is not there yet': {
    copyState: 'Absent',
    state: 'Pending',
    message:
      'waiting for who fills Secret api-apio, key API_KEY: it is not there, and pods that start now would not get the new key',
  },
  'a Secret without that key': {
    copyState: 'NoKey',
    state: 'Pending',
    message:
      'waiting for who fills Secret api-apio, key API_KEY: it is empty, and pods that start now would not get the new key',
  },
  'a copy that was never seen before to be new: since when is not known, however young the pods are': {
    record: 'None',
    state: 'Pending',
    message: 'Secret api-apio, key API_KEY holds the new key',
  },
  'what was seen of another copy does not count': {
    record: { ...RECORD, copy: 'Secret other, key API_KEY' },
    state: 'Pending',
    message: 'Secret api-apio, key API_KEY holds the new key',
  },
  'what was seen of a workload that was deleted and made again does not count': {
    record: { ...RECORD, workloadUID: 'earlier-uid' },
    state: 'Pending',
    message: 'Secret api-apio, key API_KEY holds the new key',
  },
  'nobody has said what the pods read': {
    rule: UNTOLD,
    state: 'Pending',
    stalled: 'InvalidSpec',
    message:
      'spec.consumers api: what the pods of Deployment api read is not known, so that no restart of it proves anything; name the Secret that a syncer fills in rollout.secretRef, or let the pods take the key from a KubernetesSecret target of this rotation by env, envFrom or a volume, or set rollout.readsStoreAtStart if they read a target themselves when they start',
  },
  'pods that read a target themselves count from its publication': {
    rule: { ...UNTOLD, readsStoreAtStart: true },
    pods: [pod('a', { creationTimestamp: PUBLISHED }), pod('b', { creationTimestamp: PUBLISHED })],
    record: 'None',
    state: 'Migrated',
    message: 'every pod of Deployment api started with the new key (2)',
  },
  'pods that mount a target count when no kubelet is behind its publication any more': {
    rule: UNTOLD,
    object: workload({ template: { spec: { volumes: [{ secret: { secretName: 'target' } }] } } }),
    pods: [
      pod('a', { creationTimestamp: '2030-01-01T00:05:02Z' }),
      pod('b', { creationTimestamp: '2030-01-01T00:05:01Z' }),
    ],
    record: 'None',
    state: 'Pending',
    missing: ['b'],
    restarts: true,
    message:
      'Deployment api is to be restarted: pod b started too early to be sure of the new key in Secret target, key key',
  },
});

table('whether the pods are new', {
  'every pod started after the copy was seen new': {
    state: 'Migrated',
    message: 'every pod of Deployment api started with the new key (2)',
  },
  'older pods are restarted': {
    pods: [old('b'), old('a')],
    state: 'Pending',
    missing: ['a', 'b'],
    restarts: true,
    message: `Deployment api is to be restarted: ${oldMessage}`,
  },
  'with action Watch somebody else restarts them': {
    rule: { ...RULE, action: 'Watch' },
    pods: [old('a'), old('b')],
    state: 'Pending',
    missing: ['a', 'b'],
    message: `waiting for a restart of Deployment api: ${oldMessage} (${command})`,
  },
  'with action Watch pods count that start when no kubelet is behind any more, and none before': {
    rule: { ...RULE, action: 'Watch' },
    pods: [pod('a'), pod('b', { creationTimestamp: BEFORE })],
    state: 'Pending',
    missing: ['b'],
    message: `waiting for a restart of Deployment api: pod b started too early to be sure of the new key in Secret api-apio, key API_KEY (${command})`,
  },
  'a restart is done once a revision, by the mark in the template': {
    object: workload({ template: { metadata: { annotations: MARK } } }),
    pods: [old('a'), old('b')],
    state: 'Pending',
    missing: ['a', 'b'],
    message: `Deployment api was restarted for this rotation, which is not done twice, and yet ${oldMessage}: ${command}`,
  },
  'nor again where somebody has taken the mark out': {
    record: { ...RECORD, restartedAt: SEEN },
    pods: [old('a'), old('b')],
    state: 'Pending',
    missing: ['a', 'b'],
    message: `Deployment api was restarted for this rotation, which is not done twice, and yet ${oldMessage}: ${command}`,
  },
  'a mark of an earlier revision is none': {
    object: workload({ template: { metadata: { annotations: restartMark({ ...SUBJECT, revision: 6 }) } } }),
    pods: [old('a')],
    state: 'Pending',
    missing: ['a'],
    restarts: true,
    message:
      'Deployment api is to be restarted: pod a started too early to be sure of the new key in Secret api-apio, key API_KEY',
  },
  'an older pod that is terminating may still be serving': {
    pods: [...YOUNG, old('z', ending)],
    state: 'Pending',
    missing: ['z'],
    message:
      'waiting for Deployment api: pod z started too early to be sure of the new key in Secret api-apio, key API_KEY, and not ended yet',
  },
  'an older pod that has ended is none': {
    pods: [...YOUNG, old('z', { phase: 'Failed' })],
    state: 'Migrated',
    message: 'every pod of Deployment api started with the new key (2)',
  },
  'a pod without owner that the selector selects counts': {
    pods: [
      ...YOUNG,
      pod('z', { creationTimestamp: 'unreadable', controller: { kind: 'ReplicaSet', name: 'strange' } }),
    ],
    state: 'Pending',
    missing: ['z'],
    restarts: true,
    message:
      'Deployment api is to be restarted: pod z started too early to be sure of the new key in Secret api-apio, key API_KEY',
  },
  'pods of others that share its labels do not': {
    pods: [
      ...YOUNG,
      old('job', { controller: { kind: 'Job', name: 'api-5f' } }),
      old('other', { controller: { kind: 'ReplicaSet', name: 'api-worker-5f' } }),
    ],
    state: 'Migrated',
    message: 'every pod of Deployment api started with the new key (2)',
  },
  'fewer pods than there should be are a look too early': {
    pods: [pod('a')],
    state: 'Pending',
    message: 'Deployment api says that it has 2 pods, and 1 are there',
  },
  'nobody looked at the pods': {
    pods: undefined,
    state: 'Pending',
    message: 'the pods of Deployment api have not been looked at',
  },
});

const rollingOut = 'waiting for the rollout of Deployment api: of 2 pods';

table('whether the workload is rolled out', {
  'what status says of an older generation counts for nothing': {
    object: workload({}, { observedGeneration: 2 }),
    state: 'Pending',
    message: 'waiting for Deployment api: its controller has not seen its last change yet',
  },
  'not all pods are updated': {
    object: workload({}, { updatedReplicas: 1 }),
    state: 'Pending',
    message: `${rollingOut} 1 updated, 2 ready, 2 available`,
  },
  'not all pods are available': {
    object: workload({}, { availableReplicas: 1 }),
    state: 'Pending',
    message: `${rollingOut} 2 updated, 2 ready, 1 available`,
  },
  'surplus pods have to end': {
    object: workload({}, { replicas: 3 }),
    state: 'Pending',
    message: `${rollingOut} 2 updated, 2 ready, 2 available, 1 to end`,
  },
  'an autoscaler asks for more in the middle of it': {
    object: workload({ replicas: 4 }),
    state: 'Pending',
    message: 'waiting for the rollout of Deployment api: of 4 pods 2 updated, 2 ready, 2 available',
  },
  'a rollout that makes no progress is not restarted on top': {
    object: workload(
      {},
      {
        readyReplicas: 1,
        conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
      },
    ),
    pods: [old('a'), pod('b')],
    state: 'Pending',
    message: `${rollingOut} 2 updated, 1 ready, 2 available; it makes no progress (kubectl -n payments rollout status deployment/api)`,
  },
  'a paused Deployment is not restarted': {
    object: workload({ paused: true }),
    pods: [old('a'), old('b')],
    state: 'Pending',
    missing: ['a', 'b'],
    message: `Deployment api is not restarted: it is paused (kubectl -n payments rollout resume deployment/api); ${oldMessage}`,
  },
  'one that is scaled to zero shows nothing': {
    object: workload({ replicas: 0 }, { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 }),
    pods: [],
    state: 'Pending',
    message:
      'Deployment api has no pods, so that none shows that it starts with the new key (kubectl -n payments scale deployment/api --replicas=1; rollout.whenNoPods: Count accepts that)',
  },
  'unless that is allowed: its next pod starts with the new key': {
    rule: { ...RULE, whenNoPods: 'Count' },
    object: workload({ replicas: 0 }, { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 }),
    pods: [],
    state: 'Migrated',
    message: 'Deployment api has no pods: nothing to migrate',
  },
  'but not while a pod of before is still ending': {
    rule: { ...RULE, whenNoPods: 'Count' },
    object: workload({ replicas: 0 }, { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 }),
    pods: [{ ...old('a'), deletionTimestamp: '2030-01-01T12:00:00Z' }],
    state: 'Pending',
    missing: ['a'],
    message: `waiting for Deployment api: pod a started too early to be sure of the new key in Secret api-apio, key API_KEY, and not ended yet`,
  },
  'one that is not there': {
    sight: { type: 'Missing' },
    state: 'Pending',
    message: 'there is no Deployment api: create it, or correct rollout.workloadRef',
  },
  'one that we may not read': {
    sight: { type: 'Denied', message: 'the operator may not read deployments' },
    state: 'Pending',
    stalled: 'WorkloadAccessDenied',
    message: 'the operator may not read deployments',
  },
});

table('other workloads', {
  'a StatefulSet': {
    rule: of('StatefulSet'),
    record: recordOf('StatefulSet'),
    pods: owned('StatefulSet'),
    state: 'Migrated',
    message: 'every pod of StatefulSet api started with the new key (2)',
  },
  'a StatefulSet whose partition keeps pods as they are is not restarted': {
    rule: of('StatefulSet'),
    record: recordOf('StatefulSet'),
    object: workload({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }),
    pods: owned('StatefulSet').map((each) => ({ ...each, creationTimestamp: BEFORE })),
    state: 'Pending',
    missing: ['a', 'b'],
    message: `StatefulSet api is not restarted: its updateStrategy.rollingUpdate.partition 1 keeps the first pods as they are: set it to 0; ${oldMessage}`,
  },
  'a StatefulSet that replaces no pod by itself is not restarted': {
    rule: of('StatefulSet'),
    record: recordOf('StatefulSet'),
    object: workload({ updateStrategy: { type: 'OnDelete' } }),
    pods: owned('StatefulSet').map((each) => ({ ...each, creationTimestamp: BEFORE })),
    state: 'Pending',
    missing: ['a', 'b'],
    message: `StatefulSet api is not restarted: its updateStrategy is OnDelete: delete its pods one by one, or set updateStrategy.type to RollingUpdate; ${oldMessage}`,
  },
  'a StatefulSet of strategy OnDelete whose pods somebody has deleted': {
    rule: of('StatefulSet'),
    record: recordOf('StatefulSet'),
    object: workload({ updateStrategy: { type: 'OnDelete' } }),
    pods: owned('StatefulSet'),
    state: 'Migrated',
    message: 'every pod of StatefulSet api started with the new key (2)',
  },
  'a DaemonSet': {
    rule: of('DaemonSet'),
    record: recordOf('DaemonSet'),
    object: workload({}, NODES),
    pods: owned('DaemonSet'),
    state: 'Migrated',
    message: 'every pod of DaemonSet api started with the new key (2)',
  },
  'a DaemonSet with an older pod on a node where it should not be': {
    rule: of('DaemonSet'),
    record: recordOf('DaemonSet'),
    object: workload({}, NODES),
    pods: [...owned('DaemonSet'), old('z', { controller: { kind: 'DaemonSet', name: 'api' } })],
    state: 'Pending',
    missing: ['z'],
    restarts: true,
    message:
      'DaemonSet api is to be restarted: pod z started too early to be sure of the new key in Secret api-apio, key API_KEY',
  },
  'a DaemonSet that matches no node': {
    rule: of('DaemonSet'),
    record: recordOf('DaemonSet'),
    object: workload({}, { ...NODES, desiredNumberScheduled: 0 }),
    pods: [],
    state: 'Pending',
    message:
      'DaemonSet api has no pods, so that none shows that it starts with the new key (let it match a node; rollout.whenNoPods: Count accepts that)',
  },
});

test('the version to restart is the one that was seen', () => {
  const found = assess({ pods: [old('a')], state: 'Pending', message: '' });
  expect(found?.rollout?.restart).toEqual({ kind: 'Deployment', name: 'api', resourceVersion: '10' });
});
