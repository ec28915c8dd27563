import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import {
  absent,
  factsOf,
  type Given,
  INSTALLATION,
  idle,
  issuing,
  labelled,
  migrating,
  PENDING,
  PLAN,
  placeOf,
  planned,
  printOf,
  recorded,
  revoking,
  serving,
  UID,
} from './facts.ts';
import { decisionTable, noticesOf, statusIn } from './table.ts';

const leaked = (keyID: string): Given => ({ annotations: { 'apikeyrotation.io/emergency': `x/${keyID}` } });
const calls = Array.from({ length: 6 }, () => '2030-01-01T11:59:00Z');
const seen: Given = {
  targets: [serving('k2', [2, 1])],
  labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
};
const keys = { newVerified: true, old: { live: true, ours: true } };

decisionTable('the current key has leaked', {
  'a rotation begins': {
    ...leaked('k1'),
    status: idle(),
    targets: [serving('k1')],
    labelled: [labelled('k1', 1, 1)],
    decides: 'commit Intent',
  },
  'however many keys were asked for within the hour': {
    ...leaked('k1'),
    status: idle({ issueCalls: calls }),
    targets: [serving('k1')],
    labelled: [labelled('k1', 1, 1)],
    decides: 'commit Intent',
  },
  'before orphans are looked for': {
    ...leaked('k1'),
    status: idle({ sweepAfter: '2030-01-01T11:00:00Z', abandoned: [] }),
    targets: [serving('k1')],
    labelled: [labelled('k1', 1, 1), labelled('orphan', 0, 1)],
    decides: 'commit Intent',
  },
  'before an added target gets a copy of it': {
    ...leaked('k1'),
    status: idle(),
    references: { type: 'Resolved', plan: { ...PLAN, targets: [planned('vault'), planned('second')] } },
    targets: [serving('k1'), absent('second')],
    labelled: [labelled('k1', 1, 1)],
    decides: 'commit Intent',
  },
  'also after a roll back that holds everything back': {
    ...leaked('k1'),
    status: idle({ rolledBack: { revision: 1, generation: 1, trigger: 'RollBack' } }),
    targets: [serving('k1')],
    labelled: [labelled('k1', 1, 1)],
    decides: 'commit Intent',
  },
  'but not while suspended': {
    ...leaked('k1'),
    status: idle(),
    spec: { suspend: true },
    decides: 'rest, Suspended',
    message:
      'spec.suspend is true; nothing is issued, written or revoked until it is false; the emergency x/k1 begins then',
  },
  once: {
    ...leaked('k1'),
    status: idle({ lastHandled: { emergency: 'x/k1' } }),
    decides: 'rest, Settled',
  },
});

decisionTable('the old key has leaked in the middle of a rotation', {
  'while the new one is obtained': { ...leaked('k1'), status: issuing(), decides: 'commit Emergency' },
  'while consumers move': { ...leaked('k1'), status: migrating(), decides: 'commit Emergency' },
  'while its revocation only has to be carried out': {
    ...leaked('k1'),
    status: revoking(),
    decides: 'commit Emergency',
  },
  'then nobody is waited for': {
    status: migrating({ leakedKeyID: 'k1' }),
    evidence: [PENDING],
    decides: 'look at targets, keys',
  },
  'nor is the grace period, nor the overlap': {
    status: migrating({ leakedKeyID: 'k1' }),
    spec: { withoutEvidence: { overlap: '24h' } },
    ...seen,
    keys,
    decides: 'commit RevokeIntent',
  },
  'but a target that does not serve the new key is': {
    status: migrating({ leakedKeyID: 'k1' }),
    targets: [serving('k1')],
    keys,
    decides: 'wait 60 s, Stalled TargetChanged',
  },
  'and a new key that is dead': {
    status: migrating({ leakedKeyID: 'k1' }),
    ...seen,
    keys: { ...keys, newVerified: false },
    decides: 'wait 60 s, Stalled NeedsHuman',
  },
  'a late revocation asks nobody again': {
    status: revoking({
      leakedKeyID: 'k1',
      revokeIntent: { keyID: 'k1', decidedAt: '2030-01-01T12:00:00Z', basis: 'Emergency' },
    }),
    at: '2030-01-02T12:00:00Z',
    confirmedOldKey: 'k1',
    decides: 'revoke k1 (revokeIntent)',
  },
  'a key that is no longer the old one is not waived': {
    status: migrating({ leakedKeyID: 'k0' }),
    decides: 'look at evidence',
  },
});

decisionTable('the new key has leaked in the middle of a rotation', {
  'it is rolled back': {
    ...leaked('k2'),
    status: migrating(),
    ...seen,
    restorable: { type: 'Found' },
    decides: 'commit RollBack',
  },
  'without a way back another one is issued': {
    ...leaked('k2'),
    status: migrating(),
    ...seen,
    restorable: { type: 'None', message: 'the issuer rejects it' },
    decides: 'commit Emergency',
  },
  'but not where the issuer might kill the old one to make room for it': {
    ...leaked('k2'),
    status: migrating(),
    ...seen,
    capabilities: { replay: 'ID', list: true, maxKeys: 2 },
    restorable: { type: 'None', message: 'the issuer rejects it' },
    decides: 'wait 60 s, Stalled KeyLimit',
  },
  'and goes on when somebody has revoked the leaked one there': {
    ...leaked('k2'),
    status: migrating(),
    ...seen,
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1, false)],
    capabilities: { replay: 'ID', list: true, maxKeys: 2 },
    restorable: { type: 'None', message: 'the issuer rejects it' },
    decides: 'commit Emergency',
  },
  'in a roll back without a way to the other key a person has to choose': {
    ...leaked('k1'),
    status: migrating(
      {
        attemptID: `${INSTALLATION}/${UID}/3.1`,
        restoredKey: recorded('k1'),
        rollbackOf: 2,
        oldKey: recorded('k2', { revision: 2 }),
        newKey: { keyID: 'k1', fingerprint: printOf('k1') },
      },
      { revision: 3 },
    ),
    ...seen,
    targets: [serving('k1', [3, 1])],
    restorable: { type: 'None', message: 'the issuer rejects it' },
    decides: 'wait 60 s, Stalled NeedsHuman',
  },
  'while the key is being published its id is not known: that ends first': {
    ...leaked('k2'),
    status: issuing(),
    decides: 'wait 60 s, Issuing',
    message:
      'another process began attempt 2.1 at 2030-01-01T12:00:00Z; it is taken over at 2030-01-01T12:01:00Z; the emergency x/k2 begins when the key is published everywhere',
  },
  'after the revocation is decided that ends first': {
    ...leaked('k2'),
    status: revoking(),
    confirmedOldKey: 'k1',
    decides: 'revoke k1 (revokeIntent)',
  },
  'where the old one has leaked too the rotation ends first': {
    ...leaked('k2'),
    status: migrating({ leakedKeyID: 'k1' }),
    decides: 'look at targets, keys',
  },
  'a key that was replaced dies as soon as no target carries it, before anybody is waited for': {
    status: migrating(
      { newKey: { keyID: 'k3', fingerprint: printOf('k3') } },
      { attempt: 2, abandoned: [{ revision: 2, attempt: 1, keyID: 'k2', reason: 'emergency x', leaked: true }] },
    ),
    targets: [serving('k3', [2, 2])],
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1), labelled('k3', 2, 2)],
    decides: 'revoke k2 (abandoned)',
  },
  'and not before': {
    status: migrating(
      { newKey: { keyID: 'k3', fingerprint: printOf('k3') } },
      { attempt: 2, abandoned: [{ revision: 2, attempt: 1, keyID: 'k2', reason: 'emergency x', leaked: true }] },
    ),
    targets: [serving('k3', [2, 2]), serving('k2', [2, 1], placeOf('second'))],
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1), labelled('k3', 2, 2)],
    decides: 'look at evidence',
  },
  'nor on the word of a status that says in the same breath that consumers use it': {
    status: migrating(
      { newKey: { keyID: 'k3', fingerprint: printOf('k3') } },
      { attempt: 2, abandoned: [{ revision: 1, attempt: 1, keyID: 'k1', reason: 'emergency x', leaked: true }] },
    ),
    targets: [serving('k3', [2, 2])],
    labelled: [labelled('k1', 1, 1), labelled('k3', 2, 2)],
    decides: 'look at evidence',
  },
});

decisionTable('an emergency is refused', {
  'for a key of somebody else': { ...leaked('k9'), status: idle(), decides: 'commit EmergencyRefused' },
  'for one in the middle of a rotation': { ...leaked('k9'), status: migrating(), decides: 'commit EmergencyRefused' },
  'where no key is named': {
    annotations: { 'apikeyrotation.io/emergency': 'now' },
    status: issuing(),
    decides: 'commit EmergencyRefused',
  },
});

test('an emergency and what it causes are one write', () => {
  const current = decide(factsOf({ ...leaked('k1'), status: idle(), targets: [serving('k1')], labelled: [] }));
  expect(statusIn(current)).toMatchObject({
    revision: 2,
    lastHandled: { emergency: 'x/k1' },
    rotation: { trigger: 'Emergency', leakedKeyID: 'k1', oldKey: recorded('k1') },
  });
  expect(noticesOf(current)).toEqual(['Warning EmergencyBegun']);
  const old = decide(factsOf({ ...leaked('k1'), status: migrating() }));
  expect(statusIn(old)).toMatchObject({ lastHandled: { emergency: 'x/k1' }, rotation: { leakedKeyID: 'k1' } });
  const fresh = decide(factsOf({ ...leaked('k2'), status: migrating(), ...seen, restorable: { type: 'Found' } }));
  expect(statusIn(fresh)).toMatchObject({
    revision: 3,
    lastHandled: { emergency: 'x/k2' },
    rotation: { trigger: 'Emergency', leakedKeyID: 'k2', rollbackOf: 2, oldKey: { keyID: 'k2' } },
  });
});

test('a leaked key without a way back is listed with the attempt that replaces it', () => {
  const restorable = { type: 'None', message: 'the issuer rejects it' } as const;
  const decision = decide(factsOf({ ...leaked('k2'), status: migrating(), ...seen, restorable }));
  expect(statusIn(decision)).toMatchObject({
    revision: 2,
    attempt: 2,
    lastHandled: { emergency: 'x/k2' },
    abandoned: [{ keyID: 'k2', leaked: true }],
    rotation: { attemptID: `${INSTALLATION}/${UID}/2.2`, oldKey: recorded('k1') },
  });
  expect(statusIn(decision)?.rotation?.newKey).toBeUndefined();
});

describe('drop-target', () => {
  const second = { ...PLAN, targets: [planned('vault'), planned('second')] };
  const two = { plan: second, targets: second.targets.map(({ name }) => ({ name, state: 'Pending' as const })) };
  const drop = (value: string): Given => ({ annotations: { 'apikeyrotation.io/drop-target': value } });

  decisionTable('a target', {
    'is dropped while the key is being published': {
      ...drop('2/second'),
      status: issuing(two),
      decides: 'commit DropTarget',
    },
    'is dropped while consumers move': { ...drop('2/second'), status: migrating(two), decides: 'commit DropTarget' },
    'is dropped once': {
      ...drop('2/second'),
      status: migrating(two, { lastHandled: { dropTarget: '2/second' } }),
      decides: 'look at evidence',
    },
    'is not dropped while suspended': {
      ...drop('2/second'),
      status: issuing(two),
      spec: { suspend: true },
      decides: 'rest, Suspended',
    },
    'is kept where it is the last': { ...drop('2/vault'), status: migrating(), decides: 'commit DropTargetRefused' },
    'that is not in the plan is told': {
      ...drop('2/third'),
      status: migrating(two),
      decides: 'commit DropTargetRefused',
    },
    'of another revision is told': { ...drop('1/second'), status: migrating(two), decides: 'commit DropTargetRefused' },
    'is not dropped where nobody can tell which': {
      ...drop('second'),
      status: migrating(two),
      decides: 'commit DropTargetRefused',
    },
    'is not dropped while nothing runs': { ...drop('1/second'), status: idle(), decides: 'commit DropTargetRefused' },
  });

  test('leaves plan and targets, with a warning', () => {
    const decision = decide(factsOf({ ...drop('2/second'), status: migrating(two) }));
    expect(statusIn(decision)?.rotation).toMatchObject({
      plan: { targets: [{ name: 'vault' }] },
      targets: [{ name: 'vault' }],
    });
    expect(noticesOf(decision)).toEqual(['Warning TargetDropped']);
  });
});
