import fc from 'fast-check';
import { FINALIZER } from '../../../src/api/names.ts';
import type { RecordedKey, RotationSpec, RotationStatus, RunningRotation } from '../../../src/api/types.ts';
import type { ConsumerAssessment } from '../../../src/rotation/assessment.ts';
import { toTimestamp } from '../../../src/rotation/duration.ts';
import type {
  Capabilities,
  Facts,
  Holding,
  IdentityFact,
  LabelledKey,
  MarkerFact,
  RestorableFact,
  TargetFact,
} from '../../../src/rotation/facts.ts';
import {
  DELIVERED,
  factsOf,
  INSTALLATION,
  ISSUER,
  labelled as labelledKey,
  PLAN,
  placeOf,
  planned,
  printOf,
  recorded,
  serving,
  UID,
} from './facts.ts';

const NOON = Date.UTC(2030, 0, 1, 12);
/** Times within some days of each other, so that durations come out on both sides. */
const time = fc.integer({ min: -4 * 86_400, max: 4 * 86_400 }).map((seconds) => toTimestamp(NOON + seconds * 1_000));
const keyID = fc.constantFrom('k0', 'k1', 'k2', 'k3', 'k4');
const count = fc.integer({ min: 0, max: 4 });
const token = fc.constantFrom('a', 'b', '1', '2', '3', '4');
const duration = fc.constantFrom('0s', '30s', '10m', '24h', '72h');
const optional = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined, freq: 2 });
/** What was looked at, most of the time. */
const looked = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined, freq: 6 });

/** The usual value three times out of four: deep paths of the protocol are reached often enough. */
const mostly = <T>(usual: T, arb: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: arb });

/** Absent nine times out of ten: what people seldom ask for must not hide what happens every day. */
const rarely = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: arb });

/** Drops members that are undefined: absent, as JSON has it. */
function present<T extends object>(arb: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return arb.map((value) => JSON.parse(JSON.stringify(value)) as T);
}

const consumerState = fc.constantFrom<'Pending' | 'Migrated'>('Pending', 'Migrated');
const consumerName = fc.constantFrom('api', 'batch');
const key = present(
  fc.record({
    keyID,
    revision: optional(count),
    adopted: optional(fc.boolean()),
    issuedAt: optional(time),
    expiresAt: optional(time),
  }),
).map(({ keyID: id, ...change }) => recorded(id, change as Partial<RecordedKey>));
const consumers = fc.uniqueArray(
  present(
    fc.record({
      name: consumerName,
      state: consumerState,
      since: optional(time),
      proofHash: optional(fc.constant('h')),
    }),
  ),
  { selector: ({ name }) => name },
);
const newKeyOf = (id: string) => ({ keyID: id, fingerprint: printOf(id) });
const basis = fc.constantFrom<'Evidence' | 'WithoutEvidence' | 'Emergency'>('Evidence', 'WithoutEvidence', 'Emergency');

const rotation: fc.Arbitrary<RunningRotation> = present(
  fc.record({
    attemptID: fc.constant(`${INSTALLATION}/${UID}/2.1`),
    attemptAt: time,
    claim: fc.constant('claim-1'),
    trigger: fc.constantFrom('FirstIssue', 'Requested', 'Scheduled'),
    startedAt: time,
    plan: mostly(PLAN, fc.constant({ ...PLAN, targets: [planned('vault'), planned('kube')] })),
    recovering: optional(fc.boolean()),
    failedVerifications: optional(count),
    rollbackOf: rarely(count),
    restoredKey: rarely(key),
    rollbackRefused: rarely(fc.constant('gone')),
    leakedKeyID: rarely(keyID),
    oldKey: mostly(recorded('k1'), optional(key)),
    newKey: mostly(newKeyOf('k2'), optional(keyID.map(newKeyOf))),
    publishedAt: optional(time),
    migratedAt: optional(time),
    targets: optional(fc.constant([{ name: 'vault', state: 'Published' as const, version: '1' }])),
    consumers: mostly([{ name: 'api', state: 'Pending', since: undefined, proofHash: undefined }], optional(consumers)),
    revokeIntent: optional(
      fc.record({ keyID: mostly('k1', keyID), decidedAt: time, checkedAt: optional(time), basis }),
    ),
  }),
) as fc.Arbitrary<RunningRotation>;

const status: fc.Arbitrary<RotationStatus> = present(
  fc.record({
    protocol: mostly(1, fc.constantFrom(0, 1, 2, undefined)),
    installation: mostly(INSTALLATION, fc.constantFrom('other', undefined)),
    revision: mostly(2, optional(count)),
    attempt: mostly(3, optional(count)),
    issueCalls: optional(fc.array(time, { maxLength: 8 })),
    lastHandled: optional(fc.record({ rotate: token })),
    rolledBack: mostly(
      undefined,
      fc.record({
        revision: count,
        generation: mostly(1, count),
        trigger: fc.constantFrom('RollBack', 'Deadline', 'Emergency'),
      }),
    ),
    sweepAfter: optional(time),
    current: mostly(recorded('k1'), optional(key)),
    rotation: optional(rotation),
    abandoned: optional(
      fc.array(
        fc.record({
          keyID: fc.constantFrom<string | undefined>('k3', 'k3', 'k1', undefined, undefined),
          calledAt: optional(time),
          served: optional(fc.boolean()),
          revision: count,
          attempt: count,
          reason: fc.constant('orphan'),
          leaked: rarely(fc.constant(true)),
        }),
        { maxLength: 2 },
      ),
    ),
    deletion: optional(
      fc.record({ keyIDs: mostly(['k1', 'k2', 'k3'], fc.array(keyID, { maxLength: 3 })), decidedAt: time }),
    ),
  }),
) as fc.Arbitrary<RotationStatus>;

const capabilities = present(
  fc.record({
    replay: fc.constantFrom('Full', 'ID', 'None'),
    list: fc.boolean(),
    replayWindowMs: optional(fc.constant(4 * 86_400_000)),
    maxKeys: optional(fc.constant(2)),
  }),
) as fc.Arbitrary<Capabilities>;

const spec: fc.Arbitrary<Partial<RotationSpec>> = present(
  fc.record({
    withoutEvidence: optional(fc.record({ overlap: duration })),
    migration: optional(
      fc.record({
        gracePeriod: optional(duration),
        deadline: optional(duration),
        onDeadline: optional(fc.constantFrom('Hold', 'RollBack')),
      }),
    ),
    renewBefore: optional(duration),
    suspend: mostly(undefined, fc.boolean()),
    deletionPolicy: fc.constantFrom('Retain', 'Revoke', undefined),
    existingKey: fc.constantFrom({ policy: 'Adopt' }, { policy: 'Refuse' }, undefined),
  }),
) as fc.Arbitrary<Partial<RotationSpec>>;

const marker: fc.Arbitrary<MarkerFact> = fc.record({
  installation: fc.constantFrom(INSTALLATION, INSTALLATION, 'other'),
  uid: fc.constantFrom(UID, UID, 'uid-2'),
  revision: count,
  attempt: count,
  keyID: fc.oneof(keyID, fc.constant('')),
});
const target: fc.Arbitrary<TargetFact> = fc.oneof(
  fc.constant<TargetFact>({ ...placeOf('vault'), presence: 'Absent' }),
  fc.constant<TargetFact>(serving('k2', [2, 3])),
  fc.constant<TargetFact>(serving('k1', [1, 1])),
  present(
    fc.record({
      presence: fc.constant<'Present'>('Present'),
      version: fc.constantFrom('1', '2'),
      fingerprint: optional(keyID.map(printOf)),
      hasOurFields: fc.boolean(),
      marker: optional(marker),
    }),
  ).map((found) => ({ ...placeOf('vault'), ...found }) as TargetFact),
);
const labelled: fc.Arbitrary<LabelledKey> = fc.oneof(
  fc.constantFrom(labelledKey('k1', 1, 1), labelledKey('k2', 2, 3), labelledKey('k3', 2, 1)),
  fc.record({ keyID, revision: count, attempt: count, live: fc.boolean(), issuer: fc.constant(ISSUER) }),
);
const identity: fc.Arbitrary<IdentityFact> = fc.oneof(
  fc.record({ type: fc.constant<'Key'>('Key'), key, labelled: fc.boolean() }),
  fc.constant<IdentityFact>({ type: 'None', problem: 'nothing there', remedy: 'write one' }),
);
const holding = fc.constantFrom<Holding>(
  { type: 'Working' },
  { type: 'Working', key: { keyID: 'k2', served: false } },
  { type: 'Delivered', delivered: DELIVERED },
  { type: 'Lost', reason: 'lost' },
  { type: 'Lost', reason: 'lost', keyID: 'k2' },
  { type: 'Unanswered' },
  { type: 'Unanswered' },
  { type: 'VerificationFailed', message: 'wrong' },
  { type: 'VerificationFailed', keyID: 'k2', message: 'wrong' },
  { type: 'Stopped', reason: 'ForeignValue', message: 'wrong' },
  { type: 'Fenced' },
  { type: 'Fenced' },
);
const assessments = fc.constantFrom<readonly ConsumerAssessment[]>(
  [{ name: 'api', state: 'Pending', missingPods: ['p'], message: 'waiting' }],
  [{ name: 'api', state: 'Migrated', missingPods: [], message: 'moved' }],
);
const looks = fc.record({
  targets: looked(fc.array(target, { minLength: 1, maxLength: 2 })),
  labelled: looked(fc.array(labelled, { maxLength: 4 })),
  identity: looked(identity),
  restorable: looked(
    fc.constantFrom<RestorableFact>({ type: 'Found' }, { type: 'Found' }, { type: 'None', message: 'gone' }),
  ),
  keys: looked(
    fc.record({
      newVerified: mostly(true, fc.boolean()),
      old: mostly({ live: true, ours: true }, optional(fc.record({ live: fc.boolean(), ours: fc.boolean() }))),
    }),
  ),
  evidence: looked(assessments),
  liveEvidence: looked(assessments),
  proofHashes: looked(fc.constant({ api: 'h' })),
  confirmedOldKey: looked(keyID),
  deletionRevoked: optional(fc.boolean()),
  found: fc.constantFrom(undefined, undefined, { keyID: 'k3', revision: 2, attempt: 1 }),
  holding: optional(holding),
  live: looked(fc.constant(true as const)),
});
const schedule = fc.oneof(
  fc.constant<Facts['schedule']>({ type: 'None' }),
  fc.constant<Facts['schedule']>({ type: 'Invalid', message: 'spec.schedule.cron: unreadable' }),
  fc.record({ type: fc.constant<'Valid'>('Valid'), due: fc.boolean(), tick: time, next: time }),
  fc.record({
    type: fc.constant<'Valid'>('Valid'),
    due: fc.boolean(),
    tick: time,
    next: time,
    window: fc.record({ opensAt: time, closesAt: time, spreadAt: time }),
  }),
);
const references = fc.constantFrom<Facts['references']>(
  { type: 'Resolved', plan: PLAN },
  { type: 'Resolved', plan: { ...PLAN, targets: [planned('vault'), planned('kube')] } },
  { type: 'Resolved', plan: { ...PLAN, issuer: { ...ISSUER, uid: 'issuer-2' } } },
  { type: 'Unresolved', reason: 'IssuerNotFound', message: 'gone' },
);

/**
 * Facts as a hostile or broken world may present them: any status that the schema admits (with readable times), any combination
 * of looks. Most of them no run of the protocol would ever see.
 */
export const arbitraryFacts: fc.Arbitrary<Facts> = fc
  .record({
    status: optional(status),
    spec,
    looks,
    schedule,
    references,
    at: time,
    lag: fc.constantFrom(0, 1_000),
    fresh: fc.boolean(),
    deletionTimestamp: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: time }),
    finalizers: mostly<string[]>([FINALIZER], fc.constant([])),
    rotate: optional(token),
    acceptState: optional(token),
    rollback: rarely(fc.constantFrom('2/x', '1/x', 'x')),
    emergency: rarely(keyID.map((id) => `x/${id}`)),
    dropTarget: rarely(fc.constantFrom('2/vault', '2/kube')),
    conflictWith: fc.constantFrom(undefined, undefined, 'team/older'),
    capabilities: optional(capabilities),
  })
  .map(
    ({
      status: given,
      looks: seen,
      deletionTimestamp,
      finalizers,
      rotate,
      acceptState,
      rollback,
      emergency,
      dropTarget,
      conflictWith,
      capabilities: can,
      ...rest
    }) => {
      const { capabilities: _, ...facts } = factsOf({
        ...rest,
        ...(given && { status: given }),
        ...(Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined)) as Partial<Facts>),
        ...(conflictWith === undefined ? {} : { conflictWith }),
        metadata: { finalizers, ...(deletionTimestamp && { deletionTimestamp }) },
        annotations: {
          ...(rotate && { 'apikeyrotation.io/rotate': rotate }),
          ...(rollback && { 'apikeyrotation.io/rollback': rollback }),
          ...(emergency && { 'apikeyrotation.io/emergency': emergency }),
          ...(dropTarget && { 'apikeyrotation.io/drop-target': dropTarget }),
          ...(acceptState && { 'apikeyrotation.io/accept-state': acceptState }),
        },
      });
      return can ? { ...facts, capabilities: can } : facts;
    },
  );
