import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import {
  absent,
  factsOf,
  type Given,
  INSTALLATION,
  labelled,
  MIGRATED,
  marker,
  migrating,
  PENDING,
  printOf,
  recorded,
  serving,
  unmarked,
} from './facts.ts';
import { conditionOf, decisionTable, noticesOf, statusIn } from './table.ts';

const OTHER = { ...MIGRATED, name: 'batch' };
const OVERLAP = { spec: { withoutEvidence: { overlap: '24h' } } };
const SEEN_BY_USE = {
  consumers: [{ name: 'api', evidence: [{ type: 'LastUsed' as const, lastUsed: { quietPeriod: '1h' } }] }],
};
/** Everything that step 7 looks at, all well. */
const live: Given = {
  evidence: [MIGRATED],
  liveEvidence: [MIGRATED],
  targets: [serving('k2', [2, 1])],
  keys: { newVerified: true, old: { live: true, ours: true } },
};
const status = migrating();
const changed =
  'target vault: vault no longer serves key k2; the old key stays alive until it does. Restore that version of the value, or ask for another key: kubectl annotate --overwrite akr -n team payments apikeyrotation.io/rotate=$(date +%s)';

decisionTable('waiting for consumers', {
  'cached evidence is looked at first': { status, decides: 'look at evidence' },
  'a missing consumer is named with the way out': {
    status,
    evidence: [PENDING],
    decides: 'wait 30 s, Migrating',
    message:
      'waiting for api (waiting for reports of pod api-1 (1 of 2 reported)), since 2030-01-01T12:00:00Z; a consumer that no longer exists is released by removing it from spec.consumers',
  },
  'one of two is missing': { status, evidence: [OTHER, PENDING], decides: 'wait 30 s, Migrating' },
  'nobody can move to a key that is not there any more': {
    status,
    evidence: [PENDING],
    targets: [absent()],
    decides: 'wait 60 s, Stalled TargetChanged',
    message: changed,
  },
  'while it is there the wait goes on': {
    status,
    evidence: [PENDING],
    targets: [serving('k2', [2, 1])],
    decides: 'wait 30 s, Migrating',
  },
  'a restored status is told by a marker above it, not by a consumer that cannot move': {
    status,
    evidence: [PENDING],
    targets: [serving('k3', [3, 1])],
    decides: 'look at labelled',
  },
  'a deadline that rolls back does so also where the new key is not there any more': {
    status,
    spec: { migration: { deadline: '72h', onDeadline: 'RollBack' } },
    at: '2030-01-05T12:00:00Z',
    evidence: [PENDING],
    liveEvidence: [PENDING],
    targets: [absent()],
    labelled: [],
    restorable: { type: 'Found' },
    decides: 'commit RollBack',
  },
  'the deadline is told while it lies ahead': {
    status,
    spec: { migration: { deadline: '72h' } },
    evidence: [PENDING],
    decides: 'wait 30 s, Migrating',
    message:
      'waiting for api (waiting for reports of pod api-1 (1 of 2 reported)), since 2030-01-01T12:00:00Z until 2030-01-04T12:00:00Z; a consumer that no longer exists is released by removing it from spec.consumers',
  },
  'a moment before the deadline nothing is held': {
    status,
    spec: { migration: { deadline: '72h' } },
    at: '2030-01-04T11:59:59Z',
    evidence: [PENDING],
    decides: 'wait 30 s, Migrating',
  },
  'at the deadline the rotation is held and both keys live': {
    status,
    spec: { migration: { deadline: '72h' } },
    at: '2030-01-04T12:00:00Z',
    evidence: [PENDING],
    decides: 'wait 30 s, Stalled Held',
    message:
      'the deadline passed at 2030-01-04T12:00:00Z; both keys stay alive until these move: api (waiting for reports of pod api-1 (1 of 2 reported)); or extend spec.migration.deadline, or remove a consumer that no longer exists',
  },
  'past the deadline a complete migration goes on': {
    status,
    spec: { migration: { deadline: '72h' } },
    at: '2030-01-05T12:00:00Z',
    ...live,
    decides: 'commit RevokeIntent',
  },
  'when all have moved everything is looked at live, pods last': {
    status,
    evidence: [MIGRATED],
    decides: 'look at targets, keys, liveEvidence',
  },
  'where the use of the keys tells of a consumer, that is looked at before we call with them': {
    status,
    spec: SEEN_BY_USE,
    evidence: [MIGRATED],
    decides: 'look at usage, targets, keys, liveEvidence',
  },
  'nobody asks for their use where no consumer is waited for': {
    status,
    spec: { ...SEEN_BY_USE, ...OVERLAP.spec },
    at: '2030-01-05T12:00:00Z',
    decides: 'look at targets, keys',
  },
  'pods that were looked at before everything else, as at a deadline, are looked at again': {
    status,
    liveEvidence: [MIGRATED],
    decides: 'look at targets, keys, liveEvidence',
  },
  'a pod seen live that has not reported puts the wait back': {
    status,
    ...live,
    liveEvidence: [PENDING],
    decides: 'wait 30 s, Migrating',
  },
});

const PROVING = { name: 'batch', evidence: [{ type: 'Proof' as const }] };
const [API] = factsOf().object.spec.consumers ?? [];
const twoConsumers = { consumers: [...(API ? [API] : []), PROVING] };

decisionTable('consumers that come and go during the wait', {
  'one that was added needs to know what it can prove': {
    status,
    spec: twoConsumers,
    decides: 'look at proofHashes',
  },
  'one that was added is waited for': {
    status,
    spec: twoConsumers,
    proofHashes: { batch: 'p' },
    decides: 'commit Consumers',
  },
  'one that proves nothing does not ask what the targets serve': {
    status,
    spec: { consumers: [...(API ? [API] : []), { ...PROVING, evidence: API?.evidence ?? [] }] },
    decides: 'commit Consumers',
  },
  'one that was removed is waited for no more': {
    status: migrating({
      consumers: [
        { name: 'api', state: 'Pending' },
        { name: 'gone', state: 'Pending' },
      ],
    }),
    decides: 'commit Consumers',
  },
});

decisionTable('the grace period', {
  'begins only after a live look: cached reports know nothing of pods that never reported': {
    status,
    spec: { migration: { gracePeriod: '10m' } },
    evidence: [MIGRATED],
    decides: 'look at liveEvidence',
  },
  'begins when the last consumer moved': {
    status,
    spec: { migration: { gracePeriod: '10m' } },
    evidence: [MIGRATED],
    liveEvidence: [MIGRATED],
    decides: 'wait 600 s, Migrating',
    message: 'all consumers have moved; the old key is revoked after 2030-01-01T12:10:00Z',
  },
  'does not begin while a pod seen live has not reported': {
    status,
    spec: { migration: { gracePeriod: '10m' } },
    evidence: [MIGRATED],
    liveEvidence: [PENDING],
    decides: 'wait 30 s, Migrating',
  },
  'is not begun anew by looking again': {
    status: migrating({ migratedAt: '2030-01-01T12:00:00Z' }),
    spec: { migration: { gracePeriod: '10m' } },
    at: '2030-01-01T12:04:00Z',
    evidence: [MIGRATED],
    decides: 'wait 360 s, Migrating',
  },
  'may be over: the server is asked': {
    status: migrating({ migratedAt: '2030-01-01T12:00:00Z' }),
    spec: { migration: { gracePeriod: '10m' } },
    at: '2030-01-01T12:10:00Z',
    lag: 1_000,
    evidence: [MIGRATED],
    decides: 'look at time',
  },
  'is over': {
    status: migrating({ migratedAt: '2030-01-01T12:00:00Z' }),
    spec: { migration: { gracePeriod: '10m' } },
    at: '2030-01-01T12:10:00Z',
    ...live,
    decides: 'commit RevokeIntent',
  },
  'is forgotten when a consumer falls back': {
    status: migrating({ migratedAt: '2030-01-01T12:00:00Z' }),
    spec: { migration: { gracePeriod: '10m' } },
    at: '2030-01-01T12:20:00Z',
    evidence: [PENDING],
    decides: 'wait 30 s, Migrating',
  },
});

decisionTable('without evidence', {
  'the overlap counts from publishing and is announced': {
    status,
    ...OVERLAP,
    at: '2030-01-01T13:00:00Z',
    decides: 'wait 82800 s, Migrating',
    message: 'the old key is revoked at 2030-01-02T12:00:00Z without evidence',
  },
  'after the overlap targets and keys are still looked at': {
    status,
    ...OVERLAP,
    at: '2030-01-02T12:00:00Z',
    decides: 'look at targets, keys',
  },
  'then the intent is committed': {
    status,
    ...OVERLAP,
    at: '2030-01-02T12:00:00Z',
    ...live,
    decides: 'commit RevokeIntent',
  },
  'a target that lost the key holds it up all the same': {
    status,
    ...OVERLAP,
    at: '2030-01-02T12:00:00Z',
    ...live,
    targets: [absent()],
    decides: 'wait 60 s, Stalled TargetChanged',
  },
});

const target = (targets: Given['targets']) => ({
  status,
  ...live,
  ...(targets && { targets }),
  labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
  decides: 'wait 60 s, Stalled TargetChanged',
  message: changed,
});

decisionTable('before the intent every target must serve the new key', {
  'any marker of this revision will do': {
    status,
    ...live,
    targets: [serving('k2', [2, 1]), serving('k2', [2, 1])],
    decides: 'commit RevokeIntent',
  },
  'a value that vanished': target([absent()]),
  'a value without marker': target([unmarked('k2')]),
  'a value put back': target([serving('k1', [1, 1])]),
  'the marker of an earlier revision': target([serving('k2', [1, 9])]),
  'the right marker over another text': target([serving('k2', [2, 1], { fingerprint: printOf('k9') })]),
  'the marker with another key id': target([serving('k2', [2, 1], { marker: marker(2, 1, 'k9') })]),
  'the marker of another rotation': target([serving('k2', [2, 1], { marker: marker(2, 1, 'k2', { uid: 'uid-2' }) })]),
  'the marker of another installation': target([
    serving('k2', [2, 1], { marker: marker(2, 1, 'k2', { installation: `${INSTALLATION}-2` }) }),
  ]),
  'one target of two': target([serving('k2', [2, 1]), { ...serving('k1', [1, 1]), name: 'vault' }]),
  'a marker above ours is asked about at the issuer': {
    status,
    ...live,
    targets: [serving('k3', [3, 1])],
    decides: 'look at labelled',
  },
  'a marker above ours that the issuer knows: status comes from the past': {
    status,
    ...live,
    targets: [serving('k3', [3, 1])],
    labelled: [labelled('k3', 3, 1)],
    decides: 'wait 60 s, Stalled StateRegression',
  },
});

decisionTable('before the intent both keys must be certain', {
  'a new key that does not verify keeps the old one alive': {
    status,
    ...live,
    keys: { newVerified: false, old: { live: true, ours: true } },
    decides: 'wait 60 s, Stalled NeedsHuman',
    message:
      'the issuer rejects key k2 that the targets serve; the old key k1 stays alive. kubectl annotate --overwrite akr -n team payments apikeyrotation.io/rotate=$(date +%s) asks for another key',
  },
  'a new token then asks for another key': {
    status,
    ...live,
    keys: { newVerified: false, old: { live: true, ours: true } },
    annotations: { 'apikeyrotation.io/rotate': 'b' },
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1, false)],
    decides: 'commit Reissue',
  },
  'an old key that is dead needs no revocation': {
    status,
    ...live,
    keys: { newVerified: true, old: { live: false, ours: true } },
    decides: 'commit Done',
  },
  'an old key that the issuer does not have is looked for among those that it lists': {
    status,
    ...live,
    keys: { newVerified: true },
    decides: 'look at labelled',
  },
  'one that it neither has nor lists needs no revocation': {
    status,
    ...live,
    keys: { newVerified: true },
    labelled: [labelled('k2', 2, 1)],
    decides: 'commit Done',
  },
  'one that it does not have and yet lists as alive is asked for again': {
    status,
    ...live,
    keys: { newVerified: true },
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
    decides: 'wait 30 s, IssuerContradicts',
    message:
      'issuer apio lists the old key k1 as alive and yet answers that there is no such key, in the wait since 2030-01-01T12:00:00Z; it is asked again until both answers agree. If they never do: revoke it there by hand',
  },
  'an old key without our label is not ours to revoke': {
    status,
    ...live,
    keys: { newVerified: true, old: { live: true, ours: false } },
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'key k1 at https://apio.test does not carry our label: it is not revoked; revoke it there by hand, then the rotation ends by itself',
  },
  'that status calls it adopted does not make it ours': {
    status: migrating({ oldKey: recorded('k1', { adopted: true }) }),
    ...live,
    keys: { newVerified: true, old: { live: true, ours: false } },
    decides: 'wait 60 s, Stalled Conflict',
  },
});

decisionTable('the first issue', {
  'is done when it is published': {
    status: withoutOldKey(),
    decides: 'commit Done',
  },
});

function withoutOldKey() {
  const { current: _, ...rest } = migrating({ attemptID: 'inst/uid-1/1.1' }, { revision: 1 });
  const { oldKey: __, ...rotation } = rest.rotation ?? migrating().rotation ?? neverHere();
  return { ...rest, rotation };
}

function neverHere(): never {
  throw new Error('migrating() has a rotation');
}

describe('what is recorded', () => {
  test('the intent: which key, when, on what ground', () => {
    expect(statusIn(decide(factsOf({ status, ...live })))?.rotation?.revokeIntent).toEqual({
      keyID: 'k1',
      decidedAt: '2030-01-01T12:00:00Z',
      basis: 'Evidence',
    });
    const without = decide(factsOf({ status, ...OVERLAP, ...live, at: '2030-01-03T12:00:00Z' }));
    expect(statusIn(without)?.rotation?.revokeIntent?.basis).toBe('WithoutEvidence');
  });

  test('progress: a consumer keeps its time and proof hash until its state changes', () => {
    const consumers = [{ name: 'api', state: 'Pending' as const, since: '2030-01-01T12:00:00Z', proofHash: 'h' }];
    const given = { status: migrating({ consumers }), at: '2030-01-01T13:00:00Z' };
    const waiting = statusIn(decide(factsOf({ ...given, evidence: [PENDING] })))?.rotation;
    expect(waiting?.consumers).toEqual([{ ...PENDING, since: '2030-01-01T12:00:00Z', proofHash: 'h' }]);
    expect(waiting?.migratedAt).toBeUndefined();
    const grace = { spec: { migration: { gracePeriod: '1h' } }, evidence: [MIGRATED], liveEvidence: [MIGRATED] };
    const moved = statusIn(decide(factsOf({ ...given, ...grace })))?.rotation;
    expect(moved?.consumers?.[0]).toMatchObject({ state: 'Migrated', since: '2030-01-01T13:00:00Z', proofHash: 'h' });
    expect(moved?.migratedAt).toBe('2030-01-01T13:00:00Z');
  });

  test('an added consumer: pending, with the hash of its proof', () => {
    const decision = decide(factsOf({ status, spec: twoConsumers, proofHashes: { batch: 'p' } }));
    expect(statusIn(decision)?.rotation?.consumers).toMatchObject([
      { name: 'api', state: 'Pending' },
      { name: 'batch', state: 'Pending', proofHash: 'p' },
    ]);
  });

  test('a pending consumer that was removed: a warning', () => {
    const consumers = [
      { name: 'api', state: 'Pending' as const },
      { name: 'gone', state: 'Pending' as const },
      { name: 'moved', state: 'Migrated' as const },
    ];
    const decision = decide(factsOf({ status: migrating({ consumers }) }));
    expect(statusIn(decision)?.rotation?.consumers?.map(({ name }) => name)).toEqual(['api']);
    expect(noticesOf(decision)).toEqual(['Warning PendingConsumerRemoved']);
  });

  test('a fall back takes migratedAt away', () => {
    const given = { status: migrating({ migratedAt: '2030-01-01T12:00:00Z' }), evidence: [PENDING] };
    expect(statusIn(decide(factsOf(given)))?.rotation?.migratedAt).toBeUndefined();
  });

  test('progress is shown as a fraction', () => {
    expect(statusIn(decide(factsOf({ status, evidence: [OTHER, PENDING] })))?.consumersSummary).toBe('1/2');
  });

  test('OldKeyExpired: the result and a warning', () => {
    const decision = decide(
      factsOf({ status, ...live, keys: { newVerified: true, old: { live: false, ours: true } } }),
    );
    expect(statusIn(decision)?.history?.[0]).toMatchObject({
      result: 'OldKeyExpired',
      keyID: 'k2',
      revokedKeyID: 'k1',
    });
    expect(noticesOf(decision)).toEqual(['Warning OldKeyExpired']);
    expect(conditionOf(decision, 'OldKeyRevoked')?.status).toBe('True');
  });
});
