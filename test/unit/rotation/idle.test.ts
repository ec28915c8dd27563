import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import type { IdentityFact, ReferencesFact } from '../../../src/rotation/facts.ts';
import {
  absent,
  factsOf,
  type Given,
  ISSUER,
  idle,
  labelled,
  marker,
  PLAN,
  planned,
  recorded,
  serving,
  unmarked,
} from './facts.ts';
import { decisionTable, noticesOf, statusIn } from './table.ts';

const ROTATE = 'apikeyrotation.io/rotate';
const ACCEPT = 'apikeyrotation.io/accept-state';
const asked = { status: idle(), annotations: { [ROTATE]: 'a' } };
const seen = { targets: [serving('k1', [1, 1])], labelled: [labelled('k1', 1, 1)] };
const found = (keyID: string, change: Parameters<typeof recorded>[1] = {}, ours = true): IdentityFact => ({
  type: 'Key',
  key: recorded(keyID, change),
  labelled: ours,
});
/** What helps a value that is to be adopted, and would do harm anywhere else. */
const REMEDY = 'remove the value to have a new key issued';
const with2: ReferencesFact = {
  type: 'Resolved',
  plan: { ...PLAN, targets: [planned('vault'), planned('kube')] },
};
/** What a grant lets the namespace ask for within an hour, and when it did. */
const granted = (perHour: number, ...calls: string[]) => ({
  namespaceLimits: [{ issuer: PLAN.issuer, perHour, calls: () => calls }],
});
const at = (name: string) => ({ name, path: name });

decisionTable('starting a rotation', {
  'a new object looks first': { decides: 'look at targets, labelled' },
  'without a finalizer none begins': {
    metadata: { finalizers: [] },
    targets: [absent()],
    labelled: [],
    decides: 'add finalizer',
  },
  'a new object begins': { targets: [absent()], labelled: [], decides: 'commit Intent' },
  'a request looks first': { ...asked, decides: 'look at targets, labelled' },
  'a request begins a rotation': { ...asked, ...seen, decides: 'commit Intent' },
  'not beyond the issue calls allowed in an hour': {
    ...asked,
    status: idle({ issueCalls: Array(6).fill('2030-01-01T11:30:00Z') }),
    decides: 'wait 1800 s, IssueLimit',
  },
  'not beyond what a grant lets all rotations of the namespace ask for': {
    ...asked,
    ...granted(
      3,
      '2030-01-01T11:50:00Z',
      '2030-01-01T10:59:00Z',
      'no time',
      '2030-01-01T11:30:00Z',
      '2030-01-01T11:10:00Z',
    ),
    decides: 'wait 600 s, IssueLimit',
    message:
      '3 keys, or permissions for one, were asked for within an hour, by namespace team, which ApiKeyIssuer apio grants no more of (issueCallsPerHour in its spec.grants); going on at 2030-01-01T12:10:00Z',
  },
  'nor beyond what the operator lets them ask for': {
    ...asked,
    namespaceLimits: [{ perHour: 2, calls: () => ['2030-01-01T11:10:00Z', '2030-01-01T11:50:00Z'] }],
    decides: 'wait 600 s, IssueLimit',
    message:
      '2 keys, or permissions for one, were asked for within an hour, by namespace team, the limit of --namespace-issue-calls-per-hour; going on at 2030-01-01T12:10:00Z',
  },
  'where others asked for more than a grant that was narrowed allows now: when there is room again': {
    ...asked,
    ...granted(1, '2030-01-01T11:50:00Z', '2030-01-01T11:30:00Z'),
    decides: 'wait 3000 s, IssueLimit',
  },
  'as long as the namespace asked for fewer than a grant allows': {
    ...asked,
    ...seen,
    ...granted(3, '2030-01-01T11:50:00Z', '2030-01-01T11:30:00Z'),
    decides: 'commit Intent',
  },
  'at once where the key has leaked, however many the namespace asked for': {
    ...seen,
    status: idle(),
    annotations: { 'apikeyrotation.io/emergency': 'x/k1' },
    ...granted(1, '2030-01-01T11:50:00Z'),
    decides: 'commit Intent',
  },
  'not where its key would be one too many': {
    ...asked,
    ...seen,
    capabilities: { replay: 'ID', list: true, maxKeys: 1 },
    decides: 'wait 60 s, Stalled KeyLimit',
    message:
      'issuer apio allows 1 living keys, and there are: k1; a rotation needs two at a time: raise the limit, or use another issuer',
  },
  'keys that are in the way are named': {
    ...asked,
    targets: seen.targets,
    labelled: [labelled('k1', 1, 1), labelled('k0', 1, 0), labelled('dead', 0, 9, false)],
    capabilities: { replay: 'ID', list: true, maxKeys: 2 },
    decides: 'wait 60 s, Stalled KeyLimit',
    message:
      'issuer apio allows 2 living keys, and there are: k1, k0; revoke there by hand one that nobody uses, then it goes on by itself',
  },
  'a key of other parameters is at another place and does not count': {
    ...asked,
    targets: seen.targets,
    labelled: [labelled('k1', 1, 1), { ...labelled('k0', 1, 0), issuer: { ...ISSUER, parameters: { team: 'red' } } }],
    capabilities: { replay: 'ID', list: true, maxKeys: 2 },
    decides: 'commit Intent',
  },
  'an adopted key counts although it has no label': {
    ...asked,
    targets: [unmarked('k1')],
    labelled: [],
    status: idle({ revision: 0, attempt: 0, current: recorded('k1', { adopted: true }) }),
    capabilities: { replay: 'ID', list: true, maxKeys: 1 },
    decides: 'wait 60 s, Stalled KeyLimit',
  },
  'with room for one more it begins': {
    ...asked,
    ...seen,
    capabilities: { replay: 'ID', list: true, maxKeys: 2 },
    decides: 'commit Intent',
  },
  'calls of more than an hour ago do not count': {
    ...asked,
    ...seen,
    status: idle({ issueCalls: Array(6).fill('2030-01-01T11:00:00Z') }),
    decides: 'commit Intent',
  },
  'an adopted key must still be what the targets serve': {
    ...asked,
    targets: [unmarked('k1')],
    labelled: [],
    status: idle({ revision: 0, attempt: 0, current: recorded('k1', { adopted: true }) }),
    decides: 'look at identity',
  },
  'an adopted key that they serve': {
    ...asked,
    targets: [unmarked('k1')],
    labelled: [],
    status: idle({ revision: 0, attempt: 0, current: recorded('k1', { adopted: true }) }),
    identity: found('k1', {}, false),
    decides: 'commit Intent',
  },
  'an adopted key that they no longer serve': {
    ...asked,
    targets: [unmarked('k1')],
    labelled: [],
    status: idle({ revision: 0, attempt: 0, current: recorded('k1', { adopted: true }) }),
    identity: found('k7'),
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'adopted key k1 is no longer what the targets serve: the targets hold key k7; restore that value, or make a new object',
  },
});

decisionTable('an adopted key that nobody finds at the targets', {
  'is to be restored, not to be replaced by hand': {
    ...asked,
    targets: [unmarked('k1')],
    labelled: [],
    status: idle({ revision: 0, attempt: 0, current: recorded('k1', { adopted: true }) }),
    identity: { type: 'None', problem: 'issuer apio does not know the value at vault as a live key', remedy: REMEDY },
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'adopted key k1 is no longer what the targets serve: issuer apio does not know the value at vault as a live key; restore that value, or make a new object',
  },
});

decisionTable('a value found at the targets before the first rotation, policy Refuse', {
  'is not touched': {
    targets: [unmarked('k9')],
    labelled: [],
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'target vault: vault holds a value that this rotation did not write; remove the value, or choose another path in spec.targets; to take the value over set spec.existingKey.policy to Adopt',
  },
  'is not touched when another rotation marked it': {
    targets: [serving('k9', [1, 1], { marker: marker(1, 1, 'k9', { uid: 'uid-2' }) })],
    labelled: [],
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'target vault: vault belongs to the rotation with uid uid-2; choose another path in spec.targets, or delete the other rotation and its value; to take the value over set spec.existingKey.policy to Adopt',
  },
});

const ADOPT = { spec: { existingKey: { policy: 'Adopt' as const } } };
const adoptable = { ...ADOPT, targets: [unmarked('k9')], labelled: [] };
decisionTable('policy Adopt', {
  'looks at the targets': { ...ADOPT, decides: 'look at targets' },
  'with nothing there a key is issued': { ...ADOPT, targets: [absent()], labelled: [], decides: 'commit Intent' },
  'with none of our fields under Merge a key is issued': {
    ...ADOPT,
    targets: [unmarked('k9', { fieldsPolicy: 'Merge', hasOurFields: false })],
    labelled: [],
    decides: 'commit Intent',
  },
  'asks the issuer what the value is': { ...adoptable, decides: 'look at identity' },
  'takes the key over': { ...adoptable, identity: found('k9', {}, false), decides: 'commit Adopt' },
  'not without a finalizer': {
    ...adoptable,
    metadata: { finalizers: [] },
    identity: found('k9', {}, false),
    decides: 'add finalizer',
  },
  'takes the key named over': {
    ...adoptable,
    spec: { existingKey: { policy: 'Adopt', keyID: 'k9' } },
    identity: found('k9'),
    decides: 'commit Adopt',
  },
  'refuses another key than the one named': {
    ...adoptable,
    spec: { existingKey: { policy: 'Adopt', keyID: 'k8' } },
    identity: found('k9'),
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'the existing key cannot be adopted: the targets hold key k9, spec.existingKey.keyID is k8; correct that field, or what the targets hold',
  },
  'takes the key of the named fingerprint over': {
    ...adoptable,
    spec: { existingKey: { policy: 'Adopt', fingerprint: recorded('k9').fingerprint } },
    identity: found('k9'),
    decides: 'commit Adopt',
  },
  'refuses a key of another fingerprint than the one named': {
    ...adoptable,
    spec: { existingKey: { policy: 'Adopt', fingerprint: '0123456789abcdef' } },
    identity: found('k9'),
    decides: 'wait 60 s, Stalled Conflict',
    message: `the existing key cannot be adopted: key k9 has the fingerprint ${recorded('k9').fingerprint}, spec.existingKey.fingerprint is 0123456789abcdef; correct that field, or what the targets hold`,
  },
  'refuses a key of another environment': {
    ...adoptable,
    identity: found('k9', { environment: 'Test' }),
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'the existing key cannot be adopted: key k9 belongs to environment Test, spec.key.environment is Live; make a new ApiKeyRotation for that environment, or correct what the targets hold',
  },
  'refuses a key of another organization': {
    ...adoptable,
    spec: { ...ADOPT.spec, key: { environment: 'Live', permissions: ['read'], organization: 'acme' } },
    identity: found('k9', { organization: 'other' }),
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'the existing key cannot be adopted: key k9 belongs to organization other, spec.key.organization is acme; correct that field, or what the targets hold',
  },
  'refuses a value that the issuer does not know': {
    ...adoptable,
    identity: { type: 'None', problem: 'issuer apio does not know the value at vault as a live key', remedy: REMEDY },
    decides: 'wait 60 s, Stalled Conflict',
    message: `the existing key cannot be adopted: issuer apio does not know the value at vault as a live key; ${REMEDY}`,
  },
  'has no say once there is a key': { ...ADOPT, status: idle(), decides: 'rest, Settled' },
});

const both = { status: idle(), references: with2 };
decisionTable('targets that come and go', {
  'an added one is looked at': { ...both, decides: 'look at targets' },
  'an added one gets a copy, no new key': {
    ...both,
    targets: [serving('k1', [1, 1]), { ...absent(), ...at('kube') }],
    decides: 'copy to kube',
  },
  'an added one that holds the copy already is copied to again, which finds it done': {
    ...both,
    targets: [serving('k1', [1, 1]), serving('k1', [1, 1], at('kube'))],
    decides: 'copy to kube',
  },
  'an added one that holds something else is not touched': {
    ...both,
    targets: [serving('k1', [1, 1]), unmarked('k9', at('kube'))],
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'target kube: kube holds a value that this rotation did not write; remove the value, or choose another path in spec.targets',
  },
  'a copy that was made is recorded': {
    ...both,
    copies: [{ name: 'kube', storeUID: 's', address: 'a', path: 'kube', version: '1' }],
    decides: 'commit Targets',
  },
  'a removed one keeps its value': {
    status: idle({ current: recorded('k1', { targets: [...recorded('k1').targets, place('kube')] }) }),
    decides: 'commit Targets',
  },
});

function place(name: string) {
  const [target] = recorded('k1').targets;
  if (!target) throw new Error('a recorded key has a target');
  return { ...target, name, path: name };
}

const swept = idle({ sweepAfter: '2030-01-01T12:00:00Z', attempt: 3 });
decisionTable('a late sweep', {
  'waits for its time': {
    status: idle({ sweepAfter: '2030-01-01T12:10:00Z' }),
    decides: 'wait 600 s, Settled',
  },
  'looks for orphans then': { status: swept, decides: 'look at targets, labelled' },
  'lists one': {
    status: swept,
    targets: [serving('k1', [1, 3])],
    labelled: [labelled('late', 1, 2), labelled('k1', 1, 1)],
    decides: 'commit Abandon',
  },
  'revokes a listed one': {
    status: { ...swept, abandoned: [{ keyID: 'late', revision: 1, attempt: 2, reason: 'orphan' }] },
    targets: [serving('k1', [1, 3])],
    labelled: [labelled('late', 1, 2), labelled('k1', 1, 1)],
    decides: 'revoke late (abandoned)',
  },
  'is put off while a publisher may still write the orphan': {
    status: swept,
    targets: [serving('k1', [1, 1])],
    labelled: [labelled('late', 1, 2), labelled('k1', 1, 1)],
    decides: 'commit SweepPostponed',
  },
  'is over when none lives': {
    status: swept,
    targets: [serving('k1', [1, 3])],
    labelled: [labelled('late', 1, 2, false), labelled('k1', 1, 1)],
    decides: 'commit Swept',
  },
  'waits for references': {
    status: swept,
    references: { type: 'Unresolved', reason: 'IssuerNotReady', message: 'ApiKeyIssuer apio is not ready: down' },
    decides: 'rest, IssuerNotReady',
  },
});

const restored: Given = {
  ...asked,
  targets: [serving('k3', [3, 1])],
  labelled: [labelled('k1', 1, 1, false), labelled('k3', 3, 1)],
};
decisionTable('a status restored from the past', {
  'stops before any intent': {
    ...restored,
    decides: 'wait 60 s, Stalled StateRegression',
    message:
      'key k3 at the issuer belongs to attempt 3.1, but this status knows only 1.1: it was restored from the past. ' +
      'If no other cluster works on this key: kubectl annotate akr -n team payments --overwrite apikeyrotation.io/accept-state=3/$(date +%s)',
  },
  'is not accepted at another revision than the highest seen': {
    ...restored,
    annotations: { [ROTATE]: 'a', [ACCEPT]: '2' },
    decides: 'wait 60 s, Stalled StateRegression',
  },
  'asks what the targets serve when it is accepted': {
    ...restored,
    annotations: { [ROTATE]: 'a', [ACCEPT]: '3' },
    decides: 'look at identity',
  },
  'a token accepted before is not accepted again': {
    ...restored,
    status: idle({ lastHandled: { acceptState: '3/1' } }),
    annotations: { [ROTATE]: 'a', [ACCEPT]: '3/1' },
    decides: 'wait 60 s, Stalled StateRegression',
  },
  'is accepted under a new token': {
    ...restored,
    status: idle({ lastHandled: { acceptState: '3/1' } }),
    annotations: { [ROTATE]: 'a', [ACCEPT]: '3/2' },
    identity: found('k3', { revision: 3 }),
    decides: 'commit AcceptState',
  },
  'is accepted with the key that all targets serve': {
    ...restored,
    annotations: { [ROTATE]: 'a', [ACCEPT]: '3' },
    identity: found('k3', { revision: 3 }),
    decides: 'commit AcceptState',
  },
  'is not accepted while targets disagree': {
    ...restored,
    annotations: { [ROTATE]: 'a', [ACCEPT]: '3' },
    identity: { type: 'None', problem: 'target b: b holds another value than target a', remedy: REMEDY },
    decides: 'wait 60 s, Stalled StateRegression',
    message:
      'the state of attempt 3.1 is accepted as soon as all targets serve one live key of ours: target b: b holds another value than target a; restore that value',
  },
  'is not accepted with a key that does not carry our label': {
    ...restored,
    annotations: { [ROTATE]: 'a', [ACCEPT]: '3' },
    identity: found('k3', {}, false),
    decides: 'wait 60 s, Stalled StateRegression',
    message:
      'the state of attempt 3.1 is accepted as soon as all targets serve one live key of ours: their key does not carry our label; restore that value',
  },
});

decisionTable('nothing to do', {
  'rests without a plan': { status: idle(), decides: 'rest, Settled' },
  'waits for the next tick': {
    status: idle(),
    schedule: { type: 'Valid', due: false, next: '2030-01-01T13:00:00Z' },
    decides: 'wait 3600 s, Settled',
  },
  'waits for the renewal when that comes first': {
    status: idle({ current: recorded('k1', { expiresAt: '2030-01-01T14:00:00Z' }) }),
    spec: { renewBefore: '90m' },
    schedule: { type: 'Valid', due: false, next: '2030-01-01T13:00:00Z' },
    decides: 'wait 1800 s, Settled',
  },
});

describe('what is recorded', () => {
  test('Intent: everything that the attempt needs, in one write', () => {
    const decision = decide(
      factsOf({ ...asked, ...seen, annotations: { [ROTATE]: 'a', 'apikeyrotation.io/rotate-reason': 'a: leaver' } }),
    );
    expect(statusIn(decision)).toMatchObject({
      protocol: 1,
      installation: 'inst',
      revision: 2,
      attempt: 1,
      lastHandled: { rotate: 'a' },
      issueCalls: ['2030-01-01T12:00:00Z'],
      current: recorded('k1'),
      rotation: {
        attemptID: 'inst/uid-1/2.1',
        attemptAt: '2030-01-01T12:00:00Z',
        claim: 'claim-fresh',
        trigger: 'Requested',
        reason: 'leaver',
        startedAt: '2030-01-01T12:00:00Z',
        plan: PLAN,
        oldKey: recorded('k1'),
        targets: [{ name: 'vault', state: 'Pending' }],
        consumers: [{ name: 'api', state: 'Pending', since: '2030-01-01T12:00:00Z' }],
      },
    });
  });

  test('Intent: living keys that no status names are listed, to be revoked when the rotation ends', () => {
    const late = { ...seen, labelled: [...seen.labelled, labelled('k0', 0, 4), labelled('k9', 0, 3, false)] };
    const orphan = { keyID: 'k0', revision: 0, attempt: 4, reason: 'found alive before the rotation began' };
    expect(statusIn(decide(factsOf({ ...asked, ...late })))?.abandoned).toEqual([expect.objectContaining(orphan)]);
    expect(statusIn(decide(factsOf({ ...asked, ...seen })))?.abandoned).toBeUndefined();
  });

  test('Intent of a first issue: a token that was there at creation counts as handled', () => {
    const decision = decide(factsOf({ annotations: { [ROTATE]: 'a' }, targets: [absent()], labelled: [] }));
    expect(statusIn(decision)).toMatchObject({ revision: 1, attempt: 1, lastHandled: { rotate: 'a' } });
    expect(statusIn(decision)?.rotation).toMatchObject({ trigger: 'FirstIssue' });
    expect(statusIn(decision)?.rotation?.oldKey).toBeUndefined();
  });

  test('Intent of a tick: the tick is used up', () => {
    const schedule = { type: 'Valid', due: true, tick: '2030-01-01T03:00:00Z', next: '2030-02-01T03:00:00Z' } as const;
    const status = statusIn(decide(factsOf({ status: idle(), schedule, ...seen })));
    expect(status).toMatchObject({ lastTick: '2030-01-01T03:00:00Z', nextRotationTime: '2030-02-01T03:00:00Z' });
  });

  test('Adopt: revision 0, so that the first rotation is 1; an event; a token at creation counts as handled', () => {
    const decision = decide(
      factsOf({ ...adoptable, annotations: { [ROTATE]: 'a' }, identity: found('k9', {}, false) }),
    );
    expect(statusIn(decision)).toMatchObject({
      revision: 0,
      attempt: 0,
      lastHandled: { rotate: 'a' },
      current: { keyID: 'k9', revision: 0, attempt: 0, adopted: true },
    });
    expect(noticesOf(decision)).toEqual(['Normal KeyAdopted']);
  });

  test('Targets: a copy is added with its version', () => {
    const copies = [{ name: 'kube', storeUID: 's', address: 'a', path: 'kube', version: '1' }];
    const decision = decide(factsOf({ ...both, copies }));
    expect(statusIn(decision)?.current?.targets.map(({ name }) => name)).toEqual(['vault', 'kube']);
    expect(noticesOf(decision)).toEqual([]);
  });

  test('Targets: a removed one is forgotten with a warning', () => {
    const status = idle({ current: recorded('k1', { targets: [...recorded('k1').targets, place('kube')] }) });
    const decision = decide(factsOf({ status }));
    expect(statusIn(decision)?.current?.targets.map(({ name }) => name)).toEqual(['vault']);
    expect(noticesOf(decision)).toEqual(['Warning TargetRemoved']);
  });

  test('AcceptState: the highest attempt seen, the key served, no rotation, and a warning', () => {
    const given = {
      ...restored,
      annotations: { [ACCEPT]: '3', [ROTATE]: 'a' },
      identity: found('k3', { revision: 3 }),
    };
    const decision = decide(factsOf(given));
    expect(statusIn(decision)).toMatchObject({
      revision: 3,
      attempt: 1,
      lastHandled: { acceptState: '3' },
      current: { keyID: 'k3' },
    });
    expect(statusIn(decision)?.rotation).toBeUndefined();
    expect(noticesOf(decision)).toEqual(['Warning StateAccepted']);
  });

  test('AcceptState: other living keys may be in use; they are listed, not swept before a rotation has ended', () => {
    const both = [labelled('k1', 1, 1), labelled('k3', 3, 1)];
    const given = {
      ...restored,
      labelled: both,
      annotations: { [ROTATE]: 'a', [ACCEPT]: '3' },
      identity: found('k3', { revision: 3 }),
    };
    const status = statusIn(decide(factsOf(given)));
    expect(status?.abandoned?.map((key) => key.keyID)).toEqual(['k1']);
    expect(status?.sweepAfter).toBeUndefined();
  });

  test('SweepPostponed: looked for again later, with a warning', () => {
    const given = { status: swept, targets: [absent()], labelled: [labelled('late', 1, 2)] };
    const decision = decide(factsOf(given));
    expect(statusIn(decision)?.sweepAfter).toBe('2030-01-01T12:10:00Z');
    expect(noticesOf(decision)).toEqual(['Warning OrphanKeys']);
  });

  test('Swept: nothing is left of the sweep', () => {
    const abandoned = [{ keyID: 'late', revision: 1, attempt: 2, reason: 'orphan' }];
    const given = { status: { ...swept, abandoned }, targets: [serving('k1', [1, 3])], labelled: [] };
    const status = statusIn(decide(factsOf(given)));
    expect(status?.sweepAfter).toBeUndefined();
    expect(status?.abandoned).toBeUndefined();
  });
});
