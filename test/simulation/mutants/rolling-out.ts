import type { Mutant } from './mutant.ts';

const ROLLOUT = 'src/evidence/rollout/rollout.ts';
const PODS = 'src/evidence/rollout/judge-pods.ts';
const WELL = 'rolling-out/replay-id/Vault/1/17/none';

/** Workloads that take the key when their pods start: what they read, when they restart, who counts. */
export const ROLLOUT_MUTANTS: readonly Mutant[] = [
  {
    id: 'RO1',
    says: 'a workload is restarted before what its pods read is new',
    edits: [
      {
        file: 'src/operator/rotation/gather/rollout-look.ts',
        from: "? 'New' : 'Other'",
        to: "? 'New' : 'New'",
      },
    ],
    guard: { invariant: 'S11', plan: 'rolling-out/replay-id/Vault/1/17/1.clock-double' },
  },
  {
    id: 'RO2',
    says: 'pods count from the publication on, whatever the copy that they read held then',
    edits: [
      {
        file: ROLLOUT,
        from: 'const since = finding.newSince ?? record?.copySeenAt;',
        to: 'const since = record?.copySeenAt && known.publishedAt;',
      },
    ],
    guard: { invariant: 'S3', plan: WELL },
  },
  {
    id: 'RO3',
    says: 'an older pod that is terminating is taken for gone',
    edits: [
      {
        file: PODS,
        from: 'pods.filter((pod) => startedTooEarly(pod, situation))',
        to: 'pods.filter((pod) => startedTooEarly(pod, situation) && !pod.deletionTimestamp)',
      },
    ],
    guard: { invariant: 'S3', plan: 'rolling-out/replay-id/Vault/1/17/1.lost-request' },
  },
  {
    id: 'RO4',
    says: 'step 7 takes the workload and its copy as they were seen while it waited',
    edits: [
      {
        file: 'src/operator/rotation/gather/evidence-look.ts',
        from: 'const workloads = hasRollout(object) ? await rollouts.workloads(object) : NONE;',
        to: 'const workloads = session.rollouts?.sights ?? NONE;',
      },
    ],
    guard: { invariant: 'S3', plan: WELL },
  },
  {
    id: 'RO5',
    says: 'that a workload was restarted is read from its mark alone, so that a restart that is taken back is made again without end',
    edits: [
      {
        file: ROLLOUT,
        from: 'finding.isRestarted || record?.restartedAt !== undefined;',
        to: 'finding.isRestarted;',
      },
    ],
    guard: { invariant: 'S10', plan: 'trap-restart-taken-back/replay-id/Vault/1/17/none' },
  },
  {
    id: 'RO6',
    says: 'a copy that has gone back is taken for new since the first time, so that pods which have read the old key count',
    edits: [
      {
        file: 'src/rotation/rollout-record.ts',
        from: 'const copySeenAt = copyIsNew ? (known?.copySeenAt ?? newSince ?? stamp) : undefined;',
        to: 'const copySeenAt = known?.copySeenAt ?? (copyIsNew ? (newSince ?? stamp) : undefined);',
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-copy-goes-back/replay-id/Vault/1/17/none' },
  },
  {
    id: 'RO7',
    says: 'what status tells of an older generation of a workload is taken for the present one',
    edits: [
      {
        file: 'src/evidence/rollout/workload.ts',
        from: '(status?.observedGeneration ?? 0) >= metadata.generation',
        to: 'status?.observedGeneration !== undefined',
      },
    ],
    guard: {
      test: 'test/unit/evidence/rollout.test.ts',
      name: 'what status says of an older generation counts for nothing',
    },
  },
  {
    id: 'RO8',
    says: 'a workload restarts while kubelets may still see the old text of the copy',
    edits: [
      {
        file: 'src/rotation/rules/rolling-out.ts',
        from: 'SETTLE_MS = KUBELET_LAG_MS + CLOCKS_APART_MS;',
        to: 'SETTLE_MS = 0;',
      },
    ],
    guard: {
      test: 'test/unit/rotation/rolling-out.test.ts',
      name: 'a restart waits until kubelets have heard of the copy',
    },
  },
  {
    id: 'RO9',
    says: 'what a process saw of a copy before another one recorded that it is new takes that record away again',
    edits: [
      {
        file: 'src/operator/rotation/gather/evidence-look.ts',
        from: 'seen?.known === known && ',
        to: 'seen && ',
      },
    ],
    guard: {
      test: 'test/unit/operator/evidence-look.test.ts',
      name: 'a workload is looked at again within five seconds only where status says something else of its copy meanwhile',
    },
  },
  {
    id: 'RO10',
    says: 'a workload is restarted on the word of a cached status, which does not know yet that another process has done so',
    edits: [
      {
        file: 'src/rotation/rules/rolling-out.ts',
        from: 'return facts.live\n    ?',
        to: 'return facts.time.now\n    ?',
      },
    ],
    guard: { invariant: 'S10', plan: 'trap-restart-taken-back/blind/Vault/2/18/none' },
  },
  {
    id: 'RO11',
    says: 'pods that somebody else starts while kubelets may still see the old text of the copy count',
    edits: [{ file: PODS, from: "copy.type === 'Store' ? 0 : KUBELET_LAG_MS;", to: 'copy ? 0 : KUBELET_LAG_MS;' }],
    guard: {
      test: 'test/unit/evidence/rollout.test.ts',
      name: 'with action Watch pods count that start when no kubelet is behind any more, and none before',
    },
  },
  {
    id: 'RO12',
    says: 'a workload without pods is taken for migrated while its next pod may still start with the old text of the copy',
    edits: [
      {
        file: 'src/rotation/rules/migrating.ts',
        from: 'waitForKubelets(facts, seen) ??',
        to: '',
      },
    ],
    guard: {
      test: 'test/unit/rotation/rolling-out.test.ts',
      name: 'a workload without pods has not moved while a kubelet may be behind',
    },
  },
  {
    id: 'RO13',
    says: 'a workload is restarted on the word of a status that was read before the workload was',
    edits: [
      {
        file: 'src/operator/rotation/reconcile.ts',
        from: 'if (session.rollouts !== rollouts || found.liveEvidence) delete seen.live;',
        to: '',
      },
    ],
    guard: { invariant: 'S10', plan: 'trap-restart-taken-back/blind/Vault/2/18/none' },
  },
];
