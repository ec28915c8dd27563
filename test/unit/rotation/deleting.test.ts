import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import type { Holding, IdentityFact } from '../../../src/rotation/facts.ts';
import {
  DELIVERED,
  factsOf,
  type Given,
  ISSUER,
  idle,
  issuing,
  labelled,
  migrating,
  recorded,
  revoking,
  serving,
} from './facts.ts';
import { decisionTable, noticesOf, statusIn } from './table.ts';

const deleted = { metadata: { deletionTimestamp: '2030-01-01T12:00:00Z' } };
const RETAIN = deleted;
const REVOKE = { ...deleted, spec: { deletionPolicy: 'Revoke' as const } };
const fencing = issuing({ recovering: true }, { attempt: 2 });
const found = (keyID: string): IdentityFact => ({ type: 'Key', key: recorded(keyID), labelled: false });
const FENCED = { type: 'Fenced' } as const;
const entry = (...keyIDs: string[]) => ({ deletion: { keyIDs, decidedAt: '2030-01-01T12:00:00Z' } });

decisionTable('an object that is deleted', {
  'without our finalizer is none of our business': {
    metadata: { ...deleted.metadata, finalizers: ['other'] },
    status: migrating(),
    decides: 'rest',
  },
  'never starts an attempt': {
    ...RETAIN,
    annotations: { 'apikeyrotation.io/rotate': 'a' },
    status: idle(),
    decides: 'remove finalizer',
  },
  'is deleted although it is suspended': {
    ...RETAIN,
    spec: { suspend: true },
    status: idle(),
    decides: 'remove finalizer',
  },
});

decisionTable('deletion with Retain', {
  'before anything happened': { ...RETAIN, decides: 'remove finalizer' },
  'an attempt that another process works on is left to it for its time': {
    ...RETAIN,
    status: issuing(),
    decides: 'wait 60 s, Deleting',
  },
  'whoever holds the claim': {
    ...RETAIN,
    status: issuing(),
    holding: { type: 'Working', key: { keyID: 'k2', served: false } },
    decides: 'commit Recover',
  },
  'also while consumers move': { ...RETAIN, status: migrating(), decides: 'commit Recover' },
  'also while the old key is about to be revoked': { ...RETAIN, status: revoking(), decides: 'commit Recover' },
  'the fence is put up': {
    ...RETAIN,
    status: fencing,
    holding: { type: 'Working' },
    decides: 'fence',
  },
  'a fence that lost a race is not put up again at once': {
    ...RETAIN,
    status: fencing,
    holding: { type: 'Lost', reason: 'target vault was written by somebody else' },
    at: '2030-01-01T12:00:10Z',
    decides: 'wait 20 s, Deleting',
    message:
      'the object is being deleted, but target vault was written by somebody else; tried again until 2030-01-01T12:10:00Z',
  },
  'but half a minute later under the next attempt': {
    ...RETAIN,
    status: fencing,
    holding: { type: 'Lost', reason: 'target vault was written by somebody else' },
    at: '2030-01-01T12:00:30Z',
    decides: 'commit Recover',
  },
  'behind the fence unpublished keys are looked for': {
    ...RETAIN,
    status: fencing,
    holding: FENCED,
    decides: 'look at targets, labelled',
  },
  'an unpublished key is listed': {
    ...RETAIN,
    status: fencing,
    holding: FENCED,
    targets: [serving('k1', [2, 2])],
    labelled: [labelled('k1', 1, 1), labelled('lost', 2, 1)],
    decides: 'commit Deletion',
  },
  'and revoked, by any process': {
    ...RETAIN,
    status: { ...fencing, attempt: 3, ...entry('lost') },
    targets: [serving('k1', [2, 2])],
    labelled: [labelled('k1', 1, 1), labelled('lost', 2, 1)],
    decides: 'revoke lost (deletion)',
  },
  'a key that a target serves lives on': {
    ...RETAIN,
    status: { ...fencing, ...entry() },
    targets: [serving('k2', [2, 2])],
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
    decides: 'remove finalizer',
  },
  'a late sweep is done first': {
    ...RETAIN,
    status: idle({ sweepAfter: '2030-01-01T13:00:00Z' }),
    decides: 'look at targets, labelled',
  },
});

decisionTable('deletion with Revoke', {
  'before anything happened': { ...REVOKE, decides: 'remove finalizer' },
  'all keys of ours are looked for': { ...REVOKE, status: idle(), decides: 'look at labelled' },
  'they are listed before any is revoked': {
    ...REVOKE,
    status: idle(),
    labelled: [labelled('k1', 1, 1), labelled('k0', 0, 1, false)],
    decides: 'commit Deletion',
  },
  'they are revoked, in any phase': {
    ...REVOKE,
    status: migrating({}, entry('k1', 'k2')),
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
    decides: 'revoke k1, k2 (deletion)',
  },
  'one that turned up late is listed first': {
    ...REVOKE,
    status: migrating({}, entry('k1')),
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
    decides: 'commit Deletion',
  },
  'an adopted key carries no label: the targets are asked': {
    ...REVOKE,
    status: idle({ current: recorded('k1', { adopted: true }) }),
    labelled: [],
    decides: 'look at identity',
  },
  'an adopted key that the targets serve is listed too': {
    ...REVOKE,
    status: idle({ current: recorded('k1', { adopted: true }) }),
    labelled: [],
    identity: found('k1'),
    decides: 'commit Deletion',
  },
  'and revoked': {
    ...REVOKE,
    status: idle({ current: recorded('k1', { adopted: true }), ...entry('k1') }),
    labelled: [],
    identity: found('k1'),
    decides: 'revoke k1 (deletion)',
  },
  'one that they do not serve is not: anybody may have written the status': {
    ...REVOKE,
    status: idle({ current: recorded('k1', { adopted: true }), ...entry('k1') }),
    labelled: [],
    identity: found('k7'),
    decides: 'remove finalizer',
  },
  'until this process has revoked it': {
    ...REVOKE,
    status: idle({ current: recorded('k1', { adopted: true }), ...entry('k1') }),
    labelled: [],
    deletionRevoked: true,
    decides: 'remove finalizer',
  },
  'when all are dead whoever may still publish gets his time, then a fence': {
    ...REVOKE,
    status: issuing({}, entry('k1')),
    labelled: [labelled('k1', 1, 1, false)],
    decides: 'wait 60 s, Deleting',
  },
  'and only then the object goes': {
    ...REVOKE,
    status: issuing({ recovering: true }, { ...entry('k1'), attempt: 2 }),
    holding: FENCED,
    labelled: [labelled('k1', 1, 1, false)],
    decides: 'remove finalizer',
  },
  'what turned up under the fence is listed': {
    ...REVOKE,
    status: issuing({ recovering: true }, { ...entry('k1'), attempt: 2 }),
    holding: FENCED,
    labelled: [labelled('k1', 1, 1, false), labelled('k2', 2, 1)],
    decides: 'commit Deletion',
  },
  'when all are dead the object goes': {
    ...REVOKE,
    status: idle(entry('k1')),
    labelled: [labelled('k1', 1, 1, false)],
    decides: 'remove finalizer',
  },
});

const late = '2030-01-01T12:10:01Z';
decisionTable('deletion ends, whatever happens', {
  'ten minutes are not over': { ...RETAIN, status: fencing, at: '2030-01-01T12:10:00Z', decides: 'commit Recover' },
  'Retain after ten minutes': { ...RETAIN, status: fencing, at: late, decides: 'remove finalizer' },
  'Revoke after ten minutes': { ...REVOKE, status: idle(), at: late, decides: 'remove finalizer' },
  'even with a status that is not understood': {
    ...RETAIN,
    status: issuing({}, { revision: 0 }),
    at: late,
    decides: 'remove finalizer',
  },
  'before that such a status has no effect': {
    ...RETAIN,
    status: issuing({}, { revision: 0 }),
    decides: 'wait 600 s, Stalled UnknownState',
  },
});

function notice(given: Given) {
  const decision = decide(factsOf(given));
  const step = decision.type === 'Step' ? decision.step : undefined;
  return step?.type === 'RemoveFinalizer' ? step.notices : undefined;
}

describe('what is recorded and told', () => {
  test('Deletion: as many keys as status holds, those of before making way, and the rest after them', () => {
    const keys = Array.from({ length: 70 }, (_, index) => labelled(`k${index}`, 2, 1));
    const given = { ...REVOKE, status: { ...idle(), ...entry('k69', 'k0') }, labelled: keys };
    const listed = statusIn(decide(factsOf(given)));
    expect(listed?.deletion?.keyIDs).toEqual(['k69', ...keys.slice(0, 63).map(({ keyID }) => keyID)]);
    const next = decide(factsOf({ ...given, ...(listed && { status: listed }) }));
    expect(next).toMatchObject({ type: 'Step', step: { type: 'Revoke', authority: 'deletion' } });
    const rest = decide(factsOf({ ...given, ...(listed && { status: listed }), labelled: keys.slice(63) }));
    expect(statusIn(rest)?.deletion?.keyIDs.slice(-7)).toEqual(keys.slice(63).map(({ keyID }) => keyID));
  });

  test('Deletion: a revoked adopted key is not said to live on, however many keys there are', () => {
    const keys = Array.from({ length: 70 }, (_, index) => labelled(`k${index}`, 2, 1));
    const current = recorded('adopted', { adopted: true });
    const first = statusIn(
      decide(factsOf({ ...REVOKE, status: idle({ current }), labelled: keys, identity: found('adopted') })),
    );
    expect(first?.deletion?.keyIDs).toContain('adopted');
    const then = { ...REVOKE, deletionRevoked: true, ...(first && { status: first }) };
    const second = statusIn(decide(factsOf({ ...then, labelled: keys.slice(1).reverse() })));
    expect(second?.deletion?.keyIDs).toHaveLength(64);
    expect(notice({ ...then, ...(second && { status: second }), labelled: [] })).toEqual([]);
  });

  test('Deletion: all keys to be revoked, and the next attempt, so that no publisher goes on', () => {
    const given = {
      ...REVOKE,
      status: migrating({}, entry('k0')),
      labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
    };
    expect(statusIn(decide(factsOf(given)))).toMatchObject({
      revision: 2,
      attempt: 2,
      deletion: { keyIDs: ['k0', 'k1', 'k2'], decidedAt: '2030-01-01T12:00:00Z' },
    });
  });

  test('revoked keys go to the issuer that issued them', () => {
    const decision = decide(factsOf({ ...REVOKE, status: idle(entry('k1')), labelled: [labelled('k1', 1, 1)] }));
    expect(decision).toMatchObject({ step: { keys: [{ keyID: 'k1', issuer: ISSUER }] } });
  });

  test('Retain names the keys that live on', () => {
    expect(notice({ ...RETAIN, status: idle() })).toEqual([
      { type: 'Normal', reason: 'KeysRetained', message: 'the object is gone; still alive at the issuer: k1' },
    ]);
    const keys = [labelled('k1', 1, 1), labelled('k2', 2, 1), labelled('k0', 0, 1, false)];
    const given = { ...RETAIN, status: migrating({}, entry()), targets: [serving('k2', [2, 1])], labelled: keys };
    expect(notice(given)?.[0]?.message).toBe('the object is gone; still alive at the issuer: k1, k2');
    expect(notice({ ...RETAIN, status: {} })).toEqual([]);
  });

  test('the fence remembers the issue call of the attempt that it ends, with the id of its key where that is known', () => {
    const given = { ...RETAIN, status: issuing(), capabilities: { replay: 'None', list: false } } as const;
    const left = (holding: Holding, more: Given = {}) =>
      statusIn(decide(factsOf({ ...given, holding, ...more })))?.abandoned ?? [];
    const failed = { type: 'VerificationFailed', message: 'it is Revoked' } as const;
    expect(left({ ...failed, keyID: 'k2' })).toMatchObject([{ revision: 2, attempt: 1, keyID: 'k2' }]);
    const wroteOver = { type: 'Lost', reason: 'a race', keyID: 'k2', served: true } as const;
    expect(left(wroteOver, { at: '2030-01-01T12:00:30Z' })).toMatchObject([{ keyID: 'k2', served: true }]);
    const held = (served: boolean) => left({ type: 'Working', key: { keyID: 'k2', served } });
    expect(held(false)).toMatchObject([{ revision: 2, attempt: 1, keyID: 'k2', served: false }]);
    expect(held(true)).toMatchObject([{ keyID: 'k2', served: true }]);
    expect(left({ type: 'Delivered', delivered: DELIVERED })).toMatchObject([{ keyID: 'k2', served: true }]);
    expect(left({ type: 'Unanswered' })).toMatchObject([{ revision: 2, attempt: 1, issuer: ISSUER }]);
    expect(left({ type: 'Unanswered' }, { capabilities: { replay: 'ID', list: true } })).toEqual([]);
  });

  test('an issuer that is gone may be one that lists no keys: giving up names its unanswered call', () => {
    const { capabilities: _, ...gone } = factsOf({ ...RETAIN, status: issuing(), holding: { type: 'Unanswered' } });
    const status = statusIn(decide(gone)) ?? {};
    const { capabilities: __, ...later } = factsOf({ ...RETAIN, at: late, status });
    expect(JSON.stringify(decide(later))).toContain('these keys: k1, inst/uid-1/2.1 at https://apio.test');
  });

  test('giving up names every key that may live on', () => {
    expect(notice({ ...REVOKE, at: late, status: migrating({}, entry('k0')) })).toEqual([
      {
        type: 'Warning',
        reason: 'DeletionGaveUp',
        message:
          'the issuer or a store did not answer in time while the object was deleted; look there for these keys: k1, k2, k0',
      },
    ]);
    expect(notice({ ...REVOKE, at: late, status: {} })?.[0]?.message).toContain('any whose label names uid uid-1');
    expect(noticesOf(decide(factsOf({ ...RETAIN, at: late, status: fencing })))).toEqual(['Warning DeletionGaveUp']);
  });
});
