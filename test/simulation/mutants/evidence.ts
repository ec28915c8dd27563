import type { Mutant } from './mutant.ts';

const EVIDENCE_LOOK = 'src/operator/rotation/gather/evidence-look.ts';

/** Who has moved: reports, pods, waits. */
export const EVIDENCE_MUTANTS: readonly Mutant[] = [
  {
    id: 'M5',
    says: 'times are kept in whole seconds, cut, so that a wait ends up to a second early',
    edits: [
      {
        file: 'src/operator/rotation/gather/base-facts.ts',
        from: 'stamp: toTimestamp(Math.ceil(serverTime.upperBound() / 1_000) * 1_000),',
        to: 'stamp: toTimestamp(serverTime.lowerBound()),',
      },
    ],
    guard: { invariant: 'S3', plan: 'overlap/replay-id/Vault/1/19/4.cut' },
  },
  {
    id: 'M15',
    says: 'a report counts when its revision is not above the running one',
    edits: [
      {
        file: 'src/evidence/evidence.ts',
        from: 'spec.revision === subject.revision',
        to: 'spec.revision <= subject.revision',
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-earlier-report/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M16',
    says: 'a report counts for the name of its pod, so for its successor too',
    edits: [
      {
        file: 'src/evidence/report.ts',
        from: 'map(({ spec }) => spec.reporter?.podUID)',
        to: 'map(({ spec }) => spec.reporter?.podName)',
      },
      {
        file: 'src/evidence/report.ts',
        from: "live.filter(({ uid }) => uid === '' || !reported.has(uid))",
        to: 'live.filter(({ name }) => !reported.has(name))',
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-pods/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M17',
    says: 'step 7 takes the pods as they were seen while it waited',
    edits: [
      {
        file: EVIDENCE_LOOK,
        from: 'const views = await listPods(object, session);',
        to: 'const views = rememberedPods(session) ?? (await listPods(object, session));',
      },
    ],
    guard: { invariant: 'S3', plan: 'requested/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M18',
    says: 'periods of grace are measured by the wall clock of the process',
    edits: [
      { file: 'src/runtime/kube/server-time.ts', from: 'lowerBound: known,', to: 'lowerBound: () => clock.now(),' },
    ],
    guard: { invariant: 'S3', plan: 'overlap/replay-id/Vault/1/17/1.clock-ahead' },
  },
  {
    id: 'X1',
    says: 'step 7 takes the reports from the cache',
    edits: [
      {
        file: EVIDENCE_LOOK,
        from: 'const found = await listAll<MigrationReport & KubeObject>({ resource: reports, namespace, labelSelector });',
        to: "const found = cache.byIndex(BY_ROTATION, uid ?? '');",
      },
    ],
    guard: { invariant: 'S3', plan: 'requested/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X2',
    says: 'a report of a pod that uses the old key is taken for one of the new key',
    edits: [
      {
        file: 'src/server/take-report.ts',
        from: "if (state === 'Superseded') await takeBack(report, answer, deps, deps.now());\n  if (state !== 'Migrated') return",
        to: "if (state === 'Current') return",
      },
      {
        file: 'src/server/take-report.ts',
        from: 'const isProved = report.proof !== undefined && checkProof(report.proof, consumer, rotation);',
        to: 'const isProved = false;',
      },
    ],
    guard: { invariant: 'S11', plan: 'trap-pods/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X20',
    says: 'a proof is taken for the right one, whatever it was made of',
    edits: [
      {
        file: 'src/server/take-report.ts',
        from: 'if (hash && proofMatches(proof, hash)) return true;',
        to: 'if (hash) return true;',
      },
    ],
    guard: { invariant: 'S11', plan: 'hostile-reports/replay-id/Vault/1/17/none' },
  },
];
