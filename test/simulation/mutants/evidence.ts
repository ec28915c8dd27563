import type { Mutant } from './mutant.ts';

const EVIDENCE_LOOK = 'src/operator/rotation/gather/evidence-look.ts';
const USAGE_LOOK = 'src/operator/rotation/gather/usage-look.ts';
const LOOKS = 'src/operator/rotation/gather/looks.ts';
const APPROVAL = 'src/evidence/approval.ts';
const APPROVAL_POLICY = 'src/evidence/approval-policy.ts';

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
  {
    id: 'X60',
    says: 'a use of the new key by the operator itself, which verifies it, is taken for one of a consumer',
    edits: [
      {
        file: USAGE_LOOK,
        from: 'since = told.asOf + DATE_RESOLUTION_MS + resolutionMs }',
        to: 'since = 0 }',
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-used-by-nobody/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X61',
    says: 'the quiet period since publishing is measured by the wall clock of the process',
    edits: [
      {
        file: USAGE_LOOK,
        from: 'const fact = { now: serverTime.lowerBound(), old, fresh };',
        to: 'const fact = { now: clock.now(), old, fresh };',
      },
      { file: USAGE_LOOK, from: "readonly clock: Pick<Clock, 'monotonic'>;", to: 'readonly clock: Clock;' },
    ],
    guard: { invariant: 'S3', plan: 'trap-used-early/replay-id/Vault/1/17/1.clock-ahead' },
  },
  {
    id: 'X62',
    says: 'step 7 takes the use of the keys as it was seen while it waited',
    edits: [
      {
        file: LOOKS,
        from: 'usage: async (facts, session) => usageFact(await usage.live(facts, session)),',
        to: 'usage: async (facts, session) => usageFact(await usage.cached(facts, session)),',
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-used-once-more/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X63',
    says: 'approvals count whether or not a policy tells who may approve',
    edits: [
      {
        file: APPROVAL_POLICY,
        from: 'if (!found) return missing(',
        to: 'if (!found) return undefined && missing(',
      },
      {
        file: APPROVAL_POLICY,
        from: 'const made = Math.max(createdAt(policy), createdAt(binding));',
        to: 'const made = 0;',
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-approvals/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X64',
    says: 'what was written before there was a policy counts as an approval when there is one',
    edits: [{ file: APPROVAL, from: 'madeAt(report) > guard.since + TAKES_EFFECT_MS', to: 'madeAt(report) > 0' }],
    guard: { invariant: 'S3', plan: 'trap-approvals/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X65',
    says: 'an approval of an earlier revision counts for the running one',
    edits: [
      {
        file: APPROVAL,
        from: "const approvals = countingReports(sightings, 'Approval').filter((report) => isOf(sightings, report));",
        to: "const approvals = sightings.reports.filter((report) => report.spec.type === 'Approval' && isOf(sightings, report));",
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-approvals/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X66',
    says: 'step 7 takes it as it was seen while it waited that approvals are guarded',
    edits: [
      {
        file: LOOKS,
        from: 'guard: await guard.live(facts.object, session) };',
        to: 'guard: await guard.cached(facts.object, session) };',
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-approvals/replay-id/Vault/1/17/none' },
  },
];
