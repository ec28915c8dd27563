import { describe, expect, test } from 'vitest';
import type { RotationStatus } from '../../../src/api/types.ts';
import { decide } from '../../../src/rotation/decide.ts';
import type { IdentityFact } from '../../../src/rotation/facts.ts';
import { absent, factsOf, type Given, idle, issuing, labelled, recorded, serving, unmarked } from './facts.ts';
import { decisionTable, noticesOf, statusIn } from './table.ts';

const ADOPT = { existingKey: { policy: 'Adopt' as const } };
const STOPPED = { type: 'Stopped', reason: 'ForeignValue', message: 'target vault: somebody wrote' } as const;
const found = (keyID: string): IdentityFact => ({ type: 'Key', key: recorded(keyID), labelled: false });

/** The first rotation: nothing to retire. */
function firstIssue(): RotationStatus {
  const { current: _, rotation, ...status } = issuing({ trigger: 'FirstIssue' });
  const { oldKey: __, ...first } = rotation ?? expect.fail('a rotation runs');
  return { ...status, rotation: first };
}

const unseen: Given = { spec: ADOPT, status: firstIssue() };
/** A first key was to be issued because nothing seemed to stand at the target, and k9 stands there. */
const left: Given = { ...unseen, targets: [unmarked('k9')], labelled: [] };
const surprised: Given = { ...left, holding: STOPPED };

decisionTable('a first rotation that meets a value to adopt', {
  'stands down when its key is given back': { ...surprised, decides: 'commit StandDown' },
  'looks first': { ...unseen, holding: STOPPED, decides: 'look at targets' },
  'stands down where its answer was lost, if a list finds the key again': {
    ...surprised,
    holding: { type: 'Unanswered' },
    decides: 'commit StandDown',
  },
  'stands down in a process that takes it over': {
    ...left,
    at: '2030-01-01T12:01:00Z',
    decides: 'commit StandDown',
  },
  'waits for a person where a key may live that nobody could find': {
    ...surprised,
    holding: { type: 'Lost', reason: 'no text', keyID: 'k2' },
    capabilities: { replay: 'None', list: false },
    decides: 'wait 60 s, Stalled Conflict',
  },
  'goes on where a target has a trace of it': {
    ...surprised,
    targets: [serving('k2', [2, 1])],
    labelled: [labelled('k2', 2, 1)],
    decides: 'commit Reissue',
  },
  'goes on where nothing stands there any more': { ...surprised, targets: [absent()], decides: 'commit Reissue' },
  'is stopped under policy Refuse': { ...surprised, spec: {}, decides: 'wait 60 s, Stalled Conflict' },
  'is stopped where it has a key to retire': {
    ...surprised,
    status: issuing(),
    decides: 'wait 60 s, Stalled Conflict',
  },
});

describe('StandDown', () => {
  test('is told, because no other event says that the rotation which began is over', () => {
    expect(noticesOf(decide(factsOf(surprised)))).toEqual(['Warning RotationStoodDown']);
  });

  test('ends the rotation under a raised attempt, with nothing to sweep where the key was given back', () => {
    const status = statusIn(decide(factsOf(surprised)));
    expect(status).toMatchObject({ revision: 2, attempt: 2 });
    expect(status).not.toHaveProperty('rotation');
    expect(status).not.toHaveProperty('sweepAfter');
  });

  test('lets a sweep look for the key of a call that was not answered', () => {
    const status = statusIn(decide(factsOf({ ...surprised, holding: { type: 'Unanswered' } })));
    expect(status).toMatchObject({ revision: 2, attempt: 2, sweepAfter: '2030-01-01T12:10:00Z' });
  });

  test('is followed by the adoption, which keeps revision and attempt', () => {
    const status = statusIn(decide(factsOf(surprised)));
    const decision = decide(factsOf({ ...left, ...(status && { status }), identity: found('k9') }));
    expect(statusIn(decision)).toMatchObject({ revision: 2, attempt: 2, current: { keyID: 'k9', adopted: true } });
  });
});

/** k1 was adopted, and k9 stands there when the first rotation is due. */
const overtaken: Given = {
  spec: ADOPT,
  status: idle({ revision: 0, attempt: 0, current: recorded('k1', { adopted: true }) }),
  annotations: { 'apikeyrotation.io/rotate': 'a' },
  targets: [unmarked('k9', { version: '2' })],
  labelled: [],
  identity: found('k9'),
};

/** A version as AWS names it. */
const version = { version: 'b-first', createdTime: '2030-01-01T10:00:00.000Z' };
const namedVersion = recorded('k1', {
  adopted: true,
  targets: recorded('k1').targets.map((target) => ({ ...target, ...version })),
});

decisionTable('an adopted key that its targets do not serve when the first rotation is due', {
  'makes way for the one that they serve': { ...overtaken, decides: 'commit Adopt' },
  'is the one to rotate where they do serve it': {
    ...overtaken,
    targets: [unmarked('k1')],
    identity: found('k1'),
    decides: 'commit Intent',
  },
  'stays where the value is no later one than the recorded: a read was of the past': {
    ...overtaken,
    targets: [unmarked('k9')],
    decides: 'wait 60 s, Stalled Conflict',
  },
  'makes way for one that was made later, where versions are names': {
    ...overtaken,
    status: idle({ revision: 0, attempt: 0, current: namedVersion }),
    targets: [unmarked('k9', { version: 'a-second', createdTime: '2030-01-01T11:00:00.000Z' })],
    decides: 'commit Adopt',
  },
  'stays where the value was made no later, where versions are names': {
    ...overtaken,
    status: idle({ revision: 0, attempt: 0, current: namedVersion }),
    targets: [unmarked('k9', { version: 'a-second', createdTime: '2030-01-01T09:00:00.000Z' })],
    decides: 'wait 60 s, Stalled Conflict',
  },
  'stays while no rotation is due': { ...overtaken, annotations: {}, decides: 'rest, Settled' },
  'stays under policy Refuse': { ...overtaken, spec: {}, decides: 'wait 60 s, Stalled Conflict' },
  'stays where it has leaked, to be revoked': {
    ...overtaken,
    annotations: { 'apikeyrotation.io/emergency': 'a/k1' },
    decides: 'wait 60 s, Stalled Conflict',
  },
  'stays after a rotation of this object': {
    ...overtaken,
    status: {
      ...overtaken.status,
      history: [{ revision: 1, attempts: 1, trigger: 'Requested', result: 'Revoked', startedAt: '', finishedAt: '' }],
    },
    decides: 'wait 60 s, Stalled Conflict',
  },
  'stays where what they serve is ours: this status is from the past': {
    ...overtaken,
    targets: [serving('k2', [1, 1])],
    labelled: [labelled('k2', 1, 1)],
    decides: 'wait 60 s, Stalled StateRegression',
  },
});

decisionTable('adoption of what is ours', {
  'is refused where status has forgotten it': {
    spec: ADOPT,
    status: { revision: 2, attempt: 1 },
    targets: [serving('k5', [5, 1])],
    labelled: [labelled('k5', 5, 1)],
    identity: found('k5'),
    decides: 'wait 60 s, Stalled StateRegression',
  },
});

test('a person is told which key nobody looks after any more, and the request is still to be handled', () => {
  const decision = decide(factsOf(overtaken));
  expect(noticesOf(decision)).toEqual(['Warning KeyAdopted']);
  expect(statusIn(decision)?.lastHandled?.rotate).toBeUndefined();
});
