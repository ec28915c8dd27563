import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import {
  factsOf,
  type Given,
  INSTALLATION,
  idle,
  issuing,
  labelled,
  MIGRATED,
  migrating,
  PENDING,
  printOf,
  recorded,
  revoking,
  serving,
  UID,
  unmarked,
} from './facts.ts';
import { decisionTable, noticesOf, statusIn } from './table.ts';

const asked = { annotations: { 'apikeyrotation.io/rollback': '2/x' } };
const rotate = 'kubectl annotate --overwrite akr -n team payments apikeyrotation.io/rotate=$(date +%s)';
/** Everything that is looked at before a roll back, all well. */
const seen: Given = {
  targets: [serving('k2', [2, 1])],
  labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
};
const live: Given = { ...seen, restorable: { type: 'Found' } };

decisionTable('a roll back that is asked for', {
  'looks at the targets and at the keys with our label first': {
    ...asked,
    status: migrating(),
    decides: 'look at targets, labelled',
  },
  'then asks whether the old text can still be had': {
    ...asked,
    status: migrating(),
    ...seen,
    decides: 'look at restorable',
  },
  'begins when everything is well': { ...asked, status: migrating(), ...live, decides: 'commit RollBack' },
  'goes before the evidence of those who have moved': {
    ...asked,
    status: migrating(),
    evidence: [MIGRATED],
    ...live,
    decides: 'commit RollBack',
  },
  'is told to have stopped at a target that rule W forbids to write': {
    ...asked,
    status: migrating(),
    ...live,
    targets: [unmarked('k9')],
    decides: 'wait 60 s, Stalled Conflict',
  },
  'waits while the key is being published, and is told': {
    ...asked,
    status: issuing(),
    decides: 'wait 60 s, Issuing',
    message:
      'another process began attempt 2.1 at 2030-01-01T12:00:00Z; it is taken over at 2030-01-01T12:01:00Z; the roll back 2/x begins when the key is published everywhere',
  },
  'does not begin while suspended': {
    ...asked,
    status: migrating(),
    spec: { suspend: true },
    decides: 'rest, Suspended',
    message:
      'spec.suspend is true; nothing is issued, written or revoked until it is false; the roll back 2/x begins then',
  },
  'is handled once': {
    ...asked,
    status: migrating({}, { lastHandled: { rollback: '2/x' } }),
    decides: 'look at evidence',
  },
  'that is older than the first attempt is not looked at': {
    ...asked,
    decides: 'look at targets, labelled',
  },
});

const { current: _, ...withoutKey } = issuing();
const { oldKey: __, ...withoutOldKey } = issuing().rotation ?? expect.fail('a rotation runs');
const firstIssue = { ...withoutKey, revision: 1, rotation: { ...withoutOldKey, attemptID: 'inst/uid-1/1.1' } };

decisionTable('a roll back is refused', {
  'after the revocation is decided': {
    ...asked,
    status: revoking(),
    decides: 'commit RollBackRefused',
    message: `revoking key k1 at the issuer, as decided at 2030-01-01T12:00:00Z; roll back refused: the revocation of key k1 is decided and cannot be taken back. Let the rotation end; then, for another key: ${rotate}`,
  },
  'when no place gives the old text': {
    ...asked,
    status: migrating(),
    ...live,
    restorable: { type: 'None', message: 'no target gives its text any more' },
    decides: 'commit RollBackRefused',
  },
  'while another revision runs': {
    annotations: { 'apikeyrotation.io/rollback': '1/x' },
    status: migrating(),
    decides: 'commit RollBackRefused',
  },
  'while nothing runs': { ...asked, status: idle(), decides: 'commit RollBackRefused' },
  'in the first rotation': {
    annotations: { 'apikeyrotation.io/rollback': '1/x' },
    status: firstIssue,
    decides: 'commit RollBackRefused',
  },
  'when nobody can tell what is meant': {
    annotations: { 'apikeyrotation.io/rollback': 'now' },
    status: migrating(),
    decides: 'commit RollBackRefused',
  },
});

describe('the commit of a roll back', () => {
  const decision = decide(factsOf({ ...asked, status: migrating(), ...live }));

  test('is the next revision, with the keys of the one before exchanged and both tokens handled', () => {
    expect(statusIn(decision)).toMatchObject({
      revision: 3,
      attempt: 1,
      current: recorded('k1'),
      lastHandled: { rollback: '2/x' },
      history: [{ revision: 2, result: 'RolledBack', keyID: 'k2' }],
      rotation: {
        attemptID: `${INSTALLATION}/${UID}/3.1`,
        claim: 'claim-fresh',
        trigger: 'RollBack',
        rollbackOf: 2,
        restoredKey: recorded('k1'),
        oldKey: { keyID: 'k2', revision: 2, attempt: 1, fingerprint: printOf('k2') },
      },
    });
  });

  test('is no issue call, leaves no trace of the old evidence, and revokes nothing', () => {
    const { rotation, issueCalls, history } = statusIn(decision) ?? {};
    expect(issueCalls).toBeUndefined();
    expect(rotation?.publishedAt).toBeUndefined();
    expect(rotation?.consumers).toMatchObject([{ name: 'api', state: 'Pending' }]);
    expect(history?.[0]?.revokedKeyID).toBeUndefined();
    expect(noticesOf(decision)).toEqual(['Warning RollBackBegun']);
  });
});

/** Revision 3 rolls revision 2 back: k1 is published again, k2 is to be retired. */
const back = { restoredKey: recorded('k1'), rollbackOf: 2, oldKey: recorded('k2', { revision: 2 }) };
const restoring = issuing({ ...back, attemptID: `${INSTALLATION}/${UID}/3.1` }, { revision: 3 });
const moving = migrating(
  { ...back, attemptID: `${INSTALLATION}/${UID}/3.1`, newKey: { keyID: 'k1', fingerprint: printOf('k1') } },
  { revision: 3 },
);
const dead = { newVerified: false, old: { live: true, ours: true } };
const at3: Given = { evidence: [MIGRATED], liveEvidence: [MIGRATED], targets: [serving('k1', [3, 1])] };

decisionTable('while a roll back runs', {
  'its holder publishes': { status: restoring, holding: { type: 'Working' }, decides: 'deliver' },
  'its plan does not follow the spec: nothing is issued': {
    status: restoring,
    holding: { type: 'Working' },
    references: { type: 'Unresolved', reason: 'IssuerNotFound', message: 'gone' },
    decides: 'deliver',
  },
  'a lost race is followed by another attempt that publishes, not by a fence': {
    status: restoring,
    holding: { type: 'Lost', reason: 'others wrote' },
    ...seen,
    decides: 'commit Restore',
  },
  'another process takes over the same way, also where the issuer can neither list nor repeat': {
    status: restoring,
    at: '2030-01-01T12:02:00Z',
    capabilities: { replay: 'None', list: false },
    ...seen,
    decides: 'commit Restore',
  },
  'before it is published it can be rolled back itself': {
    annotations: { 'apikeyrotation.io/rollback': '3/y' },
    status: restoring,
    ...seen,
    restorable: { type: 'Found' },
    decides: 'commit RollBack',
  },
  'the new key is revoked after all have moved back': {
    status: moving,
    ...at3,
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'commit RevokeIntent',
  },
  'a target that serves another value is published to again when a person asks for it, without an issue call': {
    status: moving,
    annotations: { 'apikeyrotation.io/rotate': 'b' },
    ...at3,
    ...seen,
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'commit Restore',
  },
  'a restored key that died is told with the way back to the other': {
    status: moving,
    ...at3,
    keys: dead,
    decides: 'wait 60 s, Stalled NeedsHuman',
    message:
      'the issuer rejects key k1 that the targets serve again; key k2 stays alive. To go back to it: kubectl annotate --overwrite akr -n team payments apikeyrotation.io/rollback=3/$(date +%s)',
  },
  'two dead keys end it': {
    status: moving,
    ...at3,
    keys: { newVerified: false },
    labelled: [],
    decides: 'commit Done',
  },
  'orphans of the revision before are swept at its end, the key in use is not': {
    status: moving,
    ...at3,
    keys: { newVerified: true, old: { live: false, ours: true } },
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 2, false), labelled('lost', 2, 1)],
    decides: 'commit Abandon',
  },
});

const rolledBack = idle({ revision: 3, rolledBack: { revision: 2, generation: 1, trigger: 'RollBack' } });
/** It was suspended after that, and is no longer. */
const resumed: Given = {
  status: {
    ...rolledBack,
    observedGeneration: 1,
    conditions: [{ type: 'Rotating', status: 'False', reason: 'Suspended', message: '', lastTransitionTime: '' }],
  },
  metadata: { generation: 2 },
};
const due: Given = { schedule: { type: 'Valid', due: true, tick: '2030-01-01T11:00:00Z' } };

decisionTable('after a roll back', {
  'people are asked what shall come next': {
    status: rolledBack,
    decides: 'wait 60 s, Stalled RolledBack',
    message: `revision 2 was rolled back to key k1; nothing starts by itself before a change of spec that leaves suspend as it is, or: ${rotate}`,
  },
  'a tick is skipped and told': { status: rolledBack, ...due, decides: 'commit TickSkipped' },
  'a key that is not what the spec wants starts nothing': {
    status: { ...rolledBack, current: recorded('k1', { permissions: ['write'] }) },
    decides: 'wait 60 s, Stalled RolledBack',
  },
  'a key that expires soon starts nothing': {
    status: { ...rolledBack, current: recorded('k1', { expiresAt: '2030-01-01T13:00:00Z' }) },
    spec: { renewBefore: '2h' },
    decides: 'wait 60 s, Stalled RolledBack',
  },
  'a new rotate token starts': {
    status: rolledBack,
    annotations: { 'apikeyrotation.io/rotate': 'b' },
    decides: 'look at targets, labelled',
  },
  'a change of spec lets everything start again': {
    status: rolledBack,
    metadata: { generation: 2 },
    ...due,
    decides: 'look at targets, labelled',
  },
  'to suspend it is no such change': {
    status: { ...rolledBack, observedGeneration: 1 },
    metadata: { generation: 2 },
    spec: { suspend: true },
    decides: 'rest, Suspended',
  },
  'nor is the end of that': { ...resumed, decides: 'wait 60 s, Stalled RolledBack' },
  'but what was changed meanwhile is': {
    ...resumed,
    metadata: { generation: 3 },
    ...due,
    decides: 'look at targets, labelled',
  },
  'suspended and resumed before anybody saw it, it is held back': {
    status: { ...rolledBack, observedGeneration: 1 },
    metadata: { generation: 3 },
    ...due,
    decides: 'commit TickSkipped',
  },
  'one change beside these two lets everything start again': {
    status: { ...rolledBack, observedGeneration: 1 },
    metadata: { generation: 4 },
    ...due,
    decides: 'look at targets, labelled',
  },
  'a change that also ends suspend cannot be told from one that does no more: it is held back': {
    ...resumed,
    ...due,
    spec: { key: { environment: 'Live', permissions: ['read', 'write'] } },
    decides: 'commit TickSkipped',
  },
  'and the rotate token that the message names starts it': {
    ...resumed,
    annotations: { 'apikeyrotation.io/rotate': 'b' },
    decides: 'look at targets, labelled',
  },
});

test('a roll back that is suspended and resumed is held back by the spec of then', () => {
  const suspended = { ...resumed, status: { ...rolledBack, observedGeneration: 1 }, spec: { suspend: true } };
  for (const given of [suspended, resumed])
    expect(statusIn(decide(factsOf(given)))?.rolledBack).toEqual({ revision: 2, generation: 2, trigger: 'RollBack' });
});

test('a roll back says at once, when it ends, that a person is asked', () => {
  const done = statusIn(decide(factsOf({ status: moving, ...at3, keys: { newVerified: false }, labelled: [] })));
  expect(done?.rotation).toBeUndefined();
  expect(done?.conditions?.find(({ type }) => type === 'Stalled')).toMatchObject({
    status: 'True',
    reason: 'RolledBack',
  });
});

const missed: Given = { spec: { migration: { deadline: '1h', onDeadline: 'RollBack' } }, at: '2030-01-01T13:00:00Z' };

decisionTable('onDeadline: RollBack', {
  'waits until the deadline': {
    status: migrating(),
    ...missed,
    at: '2030-01-01T12:59:59Z',
    evidence: [PENDING],
    decides: 'wait 30 s, Migrating',
  },
  'does not believe caches': { status: migrating(), ...missed, evidence: [PENDING], decides: 'look at liveEvidence' },
  'rolls back at the deadline': {
    status: migrating(),
    ...missed,
    ...live,
    liveEvidence: [PENDING],
    decides: 'commit RollBack',
  },
  'goes on where all have moved after all': {
    status: migrating(),
    ...missed,
    ...live,
    liveEvidence: [MIGRATED],
    keys: { newVerified: true, old: { live: true, ours: true } },
    decides: 'commit RevokeIntent',
  },
  'tells once that the old text is gone': {
    status: migrating(),
    ...missed,
    ...live,
    restorable: { type: 'None', message: 'no target gives its text any more' },
    liveEvidence: [PENDING],
    decides: 'commit RollBackRefused',
  },
  'and holds from then on': {
    status: migrating({ rollbackRefused: 'its text is gone' }),
    ...missed,
    evidence: [PENDING],
    decides: 'wait 30 s, Stalled Held',
  },
  'holds a roll back': { status: moving, ...missed, evidence: [PENDING], decides: 'wait 30 s, Stalled Held' },
});
