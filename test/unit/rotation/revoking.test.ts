import { describe, expect, test } from 'vitest';
import { ANNOTATION } from '../../../src/api/names.ts';
import { decide } from '../../../src/rotation/decide.ts';
import { factsOf, type Given, labelled, MIGRATED, PENDING, recorded, revoking, serving, unmarked } from './facts.ts';
import { decisionTable, noticesOf, statusIn } from './table.ts';

const WITHOUT = { keyID: 'k1', decidedAt: '2030-01-01T12:00:00Z', basis: 'WithoutEvidence' } as const;
/** Every target serves the new key. */
const moved: Given = { targets: [serving('k2', [2, 1])] };
/** This process committed the intent itself. */
const seen: Given = { status: revoking(), confirmedOldKey: 'k1' };
const added: Given = {
  status: revoking(),
  ...moved,
  spec: { consumers: [{ name: 'batch', evidence: [{ type: 'Proof' as const }] }] },
  at: '2030-01-01T12:06:00Z',
  liveEvidence: [PENDING],
};
const alive: Given = { keys: { newVerified: true, old: { live: true, ours: true } } };
const dead: Given = { keys: { newVerified: true, old: { live: false, ours: true } } };

decisionTable('carrying the intent out', {
  'the old key that this process has seen to be ours is revoked': { ...seen, decides: 'revoke k1 (revokeIntent)' },
  'a process that has not seen it looks first': { status: revoking(), decides: 'look at targets, keys' },
  'having seen it under our label, and served nowhere, it revokes it': {
    status: revoking(),
    ...moved,
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'revoke k1 (revokeIntent)',
  },
  'a key that a target serves is not revoked, whatever status says': {
    status: revoking(),
    targets: [unmarked('k1')],
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'wait 60 s, Stalled UnknownState',
    message:
      'target vault: vault serves key k1, whose revocation status says was decided at 2030-01-01T12:00:00Z; it is not revoked while it is served: make the value with key k2 the newest there again, or remove this one, or revoke key k1 at the issuer by hand; if nobody decided that revocation, restore status',
  },
  'nor one that a marker names beside another text than status knows': {
    status: revoking({ oldKey: recorded('k1', { fingerprint: 'f'.repeat(16) }) }),
    targets: [serving('k1', [1, 1])],
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'wait 60 s, Stalled UnknownState',
  },
  'a key without our label is not revoked, whatever status says': {
    status: revoking(),
    ...moved,
    keys: { newVerified: true, old: { live: true, ours: false } },
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'key k1 at https://apio.test does not carry our label: it is not revoked; revoke it there by hand, then the rotation ends by itself',
  },
  'that status calls it adopted does not make it ours': {
    status: revoking({ oldKey: recorded('k1', { adopted: true }) }),
    ...moved,
    keys: { newVerified: true, old: { live: true, ours: false } },
    decides: 'wait 60 s, Stalled Conflict',
  },
  'having seen another key to be ours says nothing': {
    status: revoking(),
    confirmedOldKey: 'k0',
    decides: 'look at targets, keys',
  },
  'up to five minutes after the decision nothing is looked at again': {
    ...seen,
    at: '2030-01-01T12:05:00Z',
    decides: 'revoke k1 (revokeIntent)',
  },
  'later than that targets and evidence are looked at again, pods last': {
    ...seen,
    at: '2030-01-01T12:05:01Z',
    decides: 'look at targets, liveEvidence',
  },
  'a target that serves the old key again stops the revocation': {
    ...seen,
    at: '2030-01-01T12:05:01Z',
    targets: [serving('k1', [1, 1])],
    liveEvidence: [MIGRATED],
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'wait 60 s, Stalled UnknownState',
  },
  'that one may be dead by now': {
    ...seen,
    at: '2030-01-01T12:05:01Z',
    targets: [serving('k1', [1, 1])],
    liveEvidence: [MIGRATED],
    decides: 'look at keys',
  },
  'a leaked key is revoked wherever it is served': {
    status: { ...revoking({ revokeIntent: { ...WITHOUT, basis: 'Emergency' } }), lastHandled: { emergency: 'now/k1' } },
    annotations: { [ANNOTATION.emergency]: 'now/k1' },
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'revoke k1 (revokeIntent)',
  },
  'that a key leaked is not believed of status alone': {
    status: revoking({ revokeIntent: { ...WITHOUT, basis: 'Emergency' } }),
    decides: 'look at targets, keys',
  },
  'evidence that still holds is recorded': {
    status: revoking(),
    ...moved,
    at: '2030-01-01T12:05:01Z',
    liveEvidence: [MIGRATED],
    decides: 'commit RevokeIntent',
  },
  'the check recorded last counts': {
    ...seen,
    status: revoking({ revokeIntent: { ...WITHOUT, basis: 'Evidence', checkedAt: '2030-01-01T13:00:00Z' } }),
    at: '2030-01-01T13:05:00Z',
    decides: 'revoke k1 (revokeIntent)',
  },
  'before a key is said to live because evidence no longer holds it is looked for': {
    status: revoking(),
    ...moved,
    at: '2030-01-01T12:06:00Z',
    liveEvidence: [PENDING],
    decides: 'look at keys',
  },
  'evidence that no longer holds stops the revocation and names who fell back': {
    status: revoking(),
    ...moved,
    at: '2030-01-01T12:06:00Z',
    liveEvidence: [PENDING],
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'wait 30 s, EvidenceRegressed',
    message:
      'key k1, whose revocation was decided at 2030-01-01T12:00:00Z, is not revoked before these have moved again: api (waiting for reports of pod api-1 (1 of 2 reported)); a consumer that no longer exists is released by removing it from spec.consumers',
  },
  'before a consumer added since the decision is asked anything the key is looked for': {
    ...added,
    decides: 'look at keys',
  },
  'seen dead the rotation is done, whoever was added since and whatever the targets serve': {
    ...added,
    ...dead,
    targets: [unmarked('k9')],
    decides: 'commit Done',
  },
  'a consumer added since the decision gets what it takes to check its proofs': {
    ...added,
    ...alive,
    decides: 'look at proofHashes',
  },
  'and is waited for from then on': {
    ...added,
    ...alive,
    proofHashes: { batch: 'b'.repeat(64) },
    decides: 'commit Consumers',
  },
  'without evidence the targets alone are looked at again': {
    ...seen,
    status: revoking({ revokeIntent: WITHOUT }),
    at: '2030-01-03T12:00:00Z',
    decides: 'look at targets',
  },
  'and what they serve is recorded to have been seen': {
    ...seen,
    ...moved,
    status: revoking({ revokeIntent: WITHOUT }),
    at: '2030-01-03T12:00:00Z',
    decides: 'commit RevokeIntent',
  },
  'seen dead the rotation is done, whoever has fallen back since': {
    status: revoking(),
    ...moved,
    ...dead,
    at: '2030-01-01T12:06:00Z',
    liveEvidence: [PENDING],
    decides: 'commit Done',
  },
  'seen dead the rotation is done': { status: revoking(), ...dead, decides: 'commit Done' },
  'gone at the issuer the rotation is done': {
    status: revoking(),
    keys: { newVerified: true },
    labelled: [labelled('k1', 1, 1, false)],
    decides: 'commit Done',
  },
  'gone at an issuer that lists it as alive it is asked for again': {
    status: revoking(),
    keys: { newVerified: true },
    labelled: [labelled('k1', 1, 1)],
    decides: 'wait 30 s, IssuerContradicts',
  },
});

const repeated = { ...revoking(), attempt: 3 };
decisionTable('finishing a rotation whose attempts were repeated', {
  'looks for orphans': { status: repeated, ...dead, decides: 'look at targets, labelled' },
  'lists one': {
    status: repeated,
    ...dead,
    targets: [serving('k2', [2, 3])],
    labelled: [labelled('lost', 2, 1), labelled('k2', 2, 3)],
    decides: 'commit Abandon',
  },
  'leaves one alive that a publisher may still write': {
    status: repeated,
    ...dead,
    targets: [serving('k2', [2, 1])],
    labelled: [labelled('lost', 2, 2), labelled('k2', 2, 1)],
    decides: 'commit Done',
  },
  'is done when there is none': {
    status: repeated,
    ...dead,
    targets: [serving('k2', [2, 3])],
    labelled: [labelled('k2', 2, 3), labelled('lost', 2, 1, false)],
    decides: 'commit Done',
  },
});

describe('what is recorded', () => {
  test('a check that held, with its time; the decision stays as it was', () => {
    const decision = decide(
      factsOf({ status: revoking(), ...moved, at: '2030-01-01T12:06:00Z', liveEvidence: [MIGRATED] }),
    );
    expect(statusIn(decision)?.rotation?.revokeIntent).toEqual({
      keyID: 'k1',
      decidedAt: '2030-01-01T12:00:00Z',
      checkedAt: '2030-01-01T12:06:00Z',
      basis: 'Evidence',
    });
  });

  test('done: the new key is current where it was published, and the rotation is history', () => {
    const status = revoking({
      migratedAt: '2030-01-01T12:00:30Z',
      reason: 'leaver',
      targets: [{ name: 'vault', state: 'Published', version: '2', createdTime: '2030-01-01T12:00:00Z' }],
    });
    const decision = decide(factsOf({ status, ...dead, at: '2030-01-01T12:01:00Z' }));
    const done = statusIn(decision);
    const [place] = recorded('k1').targets;
    expect(done?.current).toEqual({
      ...recorded('k2', { revision: 2, attempt: 1 }),
      targets: [{ ...place, version: '2', createdTime: '2030-01-01T12:00:00Z' }],
    });
    expect(done?.rotation).toBeUndefined();
    expect(done?.lastRotationTime).toBe('2030-01-01T12:01:00Z');
    expect(done?.history).toEqual([
      {
        revision: 2,
        attempts: 1,
        trigger: 'Requested',
        reason: 'leaver',
        result: 'Revoked',
        keyID: 'k2',
        revokedKeyID: 'k1',
        basis: 'Evidence',
        startedAt: '2030-01-01T12:00:00Z',
        publishedAt: '2030-01-01T12:00:00Z',
        migratedAt: '2030-01-01T12:00:30Z',
        finishedAt: '2030-01-01T12:01:00Z',
      },
    ]);
    expect(noticesOf(decision)).toEqual(['Normal OldKeyRevoked']);
  });

  test('done with an orphan that must wait: it is looked for again later, with a warning', () => {
    const targets = [serving('k2', [2, 1])];
    const keys = [labelled('lost', 2, 2), labelled('k2', 2, 1)];
    const decision = decide(factsOf({ status: repeated, ...dead, targets, labelled: keys }));
    expect(statusIn(decision)?.sweepAfter).toBe('2030-01-01T12:10:00Z');
    expect(noticesOf(decision)).toEqual(['Normal OldKeyRevoked', 'Warning OrphanKeys']);
  });

  test('history keeps the last ten', () => {
    const entry = { revision: 1, trigger: 'Requested', result: 'Revoked' };
    const status = { ...revoking(), history: Array(10).fill(entry) };
    const history = statusIn(decide(factsOf({ status, ...dead })))?.history;
    expect(history).toHaveLength(10);
    expect(history?.[0]?.keyID).toBe('k2');
  });

  test('a tick that passed meanwhile is skipped with a warning', () => {
    const schedule = { type: 'Valid', due: true, tick: '2030-01-01T12:00:30Z' } as const;
    const decision = decide(factsOf({ status: revoking(), ...dead, schedule }));
    expect(statusIn(decision)?.lastTick).toBe('2030-01-01T12:00:30Z');
    expect(noticesOf(decision)).toEqual(['Normal OldKeyRevoked', 'Warning TickSkipped']);
  });
});

test.each([
  ['Requested', undefined],
  ['Scheduled', ['2030-01-01T11:00:00Z']],
  ['Drift', ['2030-01-01T11:00:00Z']],
])('repairs count on after a rotation with trigger %s, unless a person asked for it', (trigger, repairs) => {
  const status = { ...revoking({ trigger }), repairs: ['2030-01-01T11:00:00Z'] };
  expect(statusIn(decide(factsOf({ status, ...dead })))?.repairs).toEqual(repairs);
});
