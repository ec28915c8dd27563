import { describe, expect, test } from 'vitest';
import type { RunningRotation } from '../../../src/api/types.ts';
import { decide } from '../../../src/rotation/decide.ts';
import type { ReferencesFact } from '../../../src/rotation/facts.ts';
import {
  DELIVERED,
  factsOf,
  type Given,
  ISSUER,
  issuing,
  labelled,
  marker,
  PLAN,
  recorded,
  serving,
  unmarked,
} from './facts.ts';
import { conditionOf, decisionTable, noticesOf, statusIn } from './table.ts';

const ROTATE = 'apikeyrotation.io/rotate';
const WORKING = { type: 'Working' } as const;
const LOST = { type: 'Lost', reason: 'the answer to the issue call was lost' } as const;
const FAILED = { type: 'VerificationFailed', message: 'new key k2 does not verify: it is Revoked' } as const;
const seen = { targets: [serving('k1', [1, 1])], labelled: [labelled('k1', 1, 1)] };
const wanted = (permission: string): ReferencesFact => ({
  type: 'Resolved',
  plan: { ...PLAN, key: { ...PLAN.key, permissions: [permission] } },
});
const sixTimes = ['2030-01-01T11:30:00Z', ...Array(5).fill('2030-01-01T11:59:00Z')];
const busy = { issueCalls: sixTimes };
/** The fence of attempt 2.2 over the value of k1. */
const fenced: Given = {
  status: issuing({ recovering: true, attemptID: 'inst/uid-1/2.2' }, { attempt: 2 }),
  holding: { type: 'Fenced' },
  targets: [serving('k1', [2, 2])],
};

/** At an issuer that allows two keys. */
const served: Given = {
  capabilities: { replay: 'ID', list: true, maxKeys: 2 },
  targets: [serving('k2', [2, 2])],
  labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
};

decisionTable('while this process holds the claim', {
  'it delivers under a claim that it has just written': {
    status: issuing(),
    holding: WORKING,
    live: true,
    decides: 'deliver',
  },
  'it looks whether its claim still stands before it asks for a key again': {
    status: issuing(),
    holding: WORKING,
    decides: 'look at live',
  },
  'nothing is asked for in a roll back': {
    status: issuing({ restoredKey: recorded('k0'), rollbackOf: 1 }),
    holding: WORKING,
    decides: 'deliver',
  },
  'it goes on delivering a key in hand': {
    status: issuing(),
    holding: { type: 'Working', key: { keyID: 'k2', served: false } },
    decides: 'deliver',
  },
  'it recovers in an attempt that is there to recover': {
    status: issuing({ recovering: true }),
    holding: WORKING,
    decides: 'recover',
  },
  'it commits what every target was read back to serve': {
    status: issuing(),
    holding: { type: 'Delivered', delivered: DELIVERED },
    decides: 'commit Published',
  },
  'a lost answer makes it look before the next attempt': {
    status: issuing(),
    holding: LOST,
    decides: 'look at targets, labelled',
  },
  'a lost answer leads to an attempt that recovers': {
    status: issuing(),
    holding: LOST,
    ...seen,
    decides: 'commit Recover',
  },
  'a target that rule W protects ends the attempt, and the next one is stopped beforehand': {
    status: issuing(),
    holding: { type: 'Stopped', reason: 'ForeignValue', message: 'target vault: somebody wrote' },
    targets: [unmarked('k9')],
    labelled: [],
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'target vault: vault holds a value that this rotation did not write; remove the value, or choose another path in spec.targets',
  },
  'a stopped attempt is repeated once the target is free': {
    status: issuing(),
    holding: { type: 'Stopped', reason: 'ForeignValue', message: 'target vault: somebody wrote' },
    ...seen,
    decides: 'commit Reissue',
  },
});

function reordered({ issuer, key, targets }: typeof PLAN): typeof PLAN {
  const { environment, permissions, ...rest } = key;
  const { kind, name, origin, uid } = issuer;
  return { targets, key: { permissions, environment, ...rest }, issuer: { uid, origin, name, kind } };
}

decisionTable('when the spec changes before a key is made', {
  'the attempt is given up for one with the new plan': {
    status: issuing(),
    holding: WORKING,
    references: wanted('write'),
    ...seen,
    decides: 'commit Reissue',
  },
  'a key in hand is delivered first': {
    status: issuing(),
    holding: { type: 'Working', key: { keyID: 'k2', served: false } },
    references: wanted('write'),
    decides: 'deliver',
  },
  'a call that is repeated because nobody answered is heard first': {
    status: issuing({}, { issueCalls: ['2030-01-01T12:00:00Z', '2030-01-01T12:00:10Z'] }),
    holding: WORKING,
    live: true,
    references: wanted('write'),
    ...seen,
    decides: 'deliver',
  },
  'an attempt that recovers recovers first': {
    status: issuing({ recovering: true }),
    holding: WORKING,
    references: wanted('write'),
    decides: 'recover',
  },
  'the order of members, which the API server may change, is no change': {
    status: issuing({ plan: reordered(PLAN) }),
    holding: WORKING,
    live: true,
    decides: 'deliver',
  },
  'references that no longer resolve leave the plan as it is': {
    status: issuing(),
    holding: WORKING,
    live: true,
    references: { type: 'Unresolved', reason: 'IssuerNotReady', message: 'down' },
    decides: 'deliver',
  },
});

decisionTable('when another process holds the claim', {
  'it is given time': {
    status: issuing(),
    at: '2030-01-01T12:00:20Z',
    decides: 'wait 40 s, Issuing',
    message: 'another process began attempt 2.1 at 2030-01-01T12:00:00Z; it is taken over at 2030-01-01T12:01:00Z',
  },
  'it is given no time by a process that newly leads: it is of an earlier term': {
    status: issuing(),
    at: '2030-01-01T12:00:20Z',
    leadsSince: '2030-01-01T12:00:19Z',
    decides: 'look at targets, labelled',
  },
  'it is given none either when the clocks of the two terms differ by a moment': {
    status: issuing(),
    at: '2030-01-01T12:00:20Z',
    leadsSince: '2030-01-01T11:59:57Z',
    decides: 'look at targets, labelled',
  },
  'it is given time by a leader in whose own term it began, so it works without an election': {
    status: issuing(),
    at: '2030-01-01T12:00:20Z',
    leadsSince: '2030-01-01T11:59:50Z',
    decides: 'wait 40 s, Issuing',
  },
  'the server is asked when its time may be over': {
    status: issuing(),
    at: '2030-01-01T12:01:00Z',
    lag: 1_000,
    decides: 'look at time',
  },
  'it is given another second when the answer left that open': {
    status: issuing(),
    at: '2030-01-01T12:01:00Z',
    lag: 1_000,
    fresh: true,
    decides: 'wait 1 s, Issuing',
  },
  'after that it is taken over with a look first': {
    status: issuing(),
    at: '2030-01-01T12:02:00Z',
    decides: 'look at targets, labelled',
  },
});

decisionTable('once every target is fenced', {
  'the keys with our label are looked for': { ...fenced, decides: 'look at labelled' },
  'an orphan of the lost attempt is listed': {
    ...fenced,
    labelled: [labelled('k1', 1, 1), labelled('lost', 2, 1)],
    decides: 'commit Abandon',
  },
  'a listed orphan is revoked': {
    ...fenced,
    status: issuing(
      { recovering: true },
      { attempt: 2, abandoned: [{ keyID: 'lost', revision: 2, attempt: 1, reason: 'orphan' }] },
    ),
    labelled: [labelled('k1', 1, 1), labelled('lost', 2, 1)],
    decides: 'revoke lost (abandoned)',
  },
  'without a live orphan a key is issued anew': {
    ...fenced,
    labelled: [labelled('k1', 1, 1), labelled('lost', 2, 1, false)],
    decides: 'commit Reissue',
  },
  'not where there is room for two keys, and a target serves one that the issuer did not know yet': {
    ...fenced,
    ...served,
    at: '2030-01-01T12:09:00Z',
    decides: 'wait 60 s, Stalled KeyLimit',
  },
  'but that one is to be taken over again after ten minutes: the issuer may know it by now': {
    ...fenced,
    ...served,
    at: '2030-01-01T12:10:01Z',
    decides: 'commit Recover',
  },
  'not where no target serves it': {
    ...fenced,
    ...served,
    targets: [serving('k1', [2, 2])],
    at: '2030-01-01T12:10:01Z',
    decides: 'commit Abandon',
  },
  'not beyond the issue calls allowed in an hour': {
    ...fenced,
    status: issuing({ recovering: true }, { attempt: 2, ...busy }),
    labelled: [labelled('k1', 1, 1)],
    decides: 'wait 1800 s, IssueLimit',
    message:
      '6 keys, or permissions for one, were asked for within an hour, the limit of --issue-calls-per-hour; going on at 2030-01-01T12:30:00Z',
  },
});

const LOSES = { status: issuing(), holding: { type: 'Unanswered' }, ...seen } as const;
const NOW = { at: '2030-01-01T12:00:10Z', fresh: true };
const DAY_MS = 86_400_000;

decisionTable('when nobody answers the issue call', {
  'an issuer that repeats only ids is asked under the next attempt': {
    ...LOSES,
    capabilities: { replay: 'ID', list: true },
    decides: 'commit Recover',
  },
  'an issuer of which nothing is known too': { ...LOSES, decides: 'commit Recover' },
  'one that repeats whole answers is asked again, once the time is known': {
    ...LOSES,
    capabilities: { replay: 'Full', list: false },
    decides: 'look at time',
  },
  'but is given time for the first call': {
    ...LOSES,
    capabilities: { replay: 'Full', list: false },
    at: '2030-01-01T12:00:04Z',
    fresh: true,
    decides: 'wait 6 s, Issuing',
    message: 'the issuer did not answer issue call inst/uid-1/2.1; the same call is made again at 2030-01-01T12:00:10Z',
  },
  'after which the repeat is committed first': {
    ...LOSES,
    ...NOW,
    capabilities: { replay: 'Full', list: false, replayWindowMs: DAY_MS },
    decides: 'commit Repeat',
  },
  'not when it could reach the issuer after the window': {
    ...LOSES,
    capabilities: { replay: 'Full', list: false, replayWindowMs: DAY_MS },
    at: '2030-01-02T11:59:00Z',
    fresh: true,
    decides: 'commit Recover',
  },
  'not when the hour has no more calls': {
    ...LOSES,
    ...NOW,
    status: issuing({}, busy),
    capabilities: { replay: 'Full', list: false },
    decides: 'commit Recover',
  },
  'nor when the namespace has none': {
    ...LOSES,
    ...NOW,
    capabilities: { replay: 'Full', list: false },
    namespaceLimits: [{ perHour: 1, calls: () => ['2030-01-01T12:00:00Z'] }],
    decides: 'commit Recover',
  },
  'nor when its grant has none': {
    ...LOSES,
    ...NOW,
    capabilities: { replay: 'Full', list: false },
    namespaceLimits: [{ issuer: PLAN.issuer, perHour: 1, calls: () => ['2030-01-01T12:00:00Z'] }],
    decides: 'commit Recover',
  },
  'but the key that replaces a leaked one waits for no namespace': {
    ...LOSES,
    ...NOW,
    status: issuing({ leakedKeyID: 'k1' }),
    capabilities: { replay: 'Full', list: false },
    namespaceLimits: [{ perHour: 1, calls: () => ['2030-01-01T12:00:00Z'] }],
    decides: 'commit Repeat',
  },
  'not when nobody can tell when the call was made': {
    ...LOSES,
    ...NOW,
    status: issuing({ attemptAt: 'long ago' }),
    capabilities: { replay: 'Full', list: false, replayWindowMs: DAY_MS },
    decides: 'commit Recover',
  },
});

const CALL = { revision: 2, attempt: 1, calledAt: '2030-01-01T12:00:00Z', issuer: PLAN.issuer, reason: 'lost' };
const unlisted: Given = {
  ...fenced,
  status: issuing({ recovering: true, attemptID: 'inst/uid-1/2.2' }, { attempt: 2, abandoned: [CALL] }),
  labelled: [labelled('k1', 1, 1)],
};

decisionTable('once every target is fenced, where keys cannot be listed', {
  'the key of the unanswered call is found by the same call': {
    ...unlisted,
    capabilities: { replay: 'ID', list: false },
    live: true,
    fresh: true,
    decides: 'find the key of 2.1',
  },
  'with the time asked before, as the window counts': {
    ...unlisted,
    capabilities: { replay: 'Full', list: false, replayWindowMs: DAY_MS },
    live: true,
    decides: 'look at time',
  },
  'and under a claim that was seen to stand': {
    ...unlisted,
    capabilities: { replay: 'ID', list: false },
    fresh: true,
    decides: 'look at live',
  },
  'the found key is listed': {
    ...unlisted,
    capabilities: { replay: 'ID', list: false },
    found: { revision: 2, attempt: 1, keyID: 'lost' },
    decides: 'commit Abandon',
  },
  'after the window nobody asks, and a person is needed': {
    ...unlisted,
    capabilities: { replay: 'Full', list: false, replayWindowMs: DAY_MS },
    at: '2030-01-02T11:59:00Z',
    fresh: true,
    decides: 'commit Park',
    message:
      'an issue call was not answered, and the issuer can neither list keys nor repeat that call now: a key labelled inst/uid-1/2.1 at https://apio.test may be alive that nobody has seen. Look there and revoke it, then: kubectl annotate --overwrite akr -n team payments apikeyrotation.io/rotate=$(date +%s)',
  },
  'where a repeat makes a second key, a person is needed at once': {
    ...unlisted,
    capabilities: { replay: 'None', list: false },
    decides: 'commit Park',
  },
  'a token that was handled before does not help': {
    ...unlisted,
    capabilities: { replay: 'None', list: false },
    annotations: { [ROTATE]: 'a' },
    status: { ...unlisted.status, lastHandled: { rotate: 'a' } },
    decides: 'commit Park',
  },
  'then nothing moves, whoever looks': {
    status: issuing({ recovering: true, parked: true }, { attempt: 2, abandoned: [CALL] }),
    capabilities: { replay: 'None', list: false },
    at: '2030-01-03T12:00:00Z',
    decides: 'rest, Stalled NeedsHuman',
  },
  'until a new token comes': {
    status: issuing({ recovering: true, parked: true }, { attempt: 2, abandoned: [CALL] }),
    capabilities: { replay: 'None', list: false },
    annotations: { [ROTATE]: 'b' },
    at: '2030-01-03T12:00:00Z',
    decides: 'look at targets, labelled',
  },
  'a new token allows one more call': {
    ...unlisted,
    capabilities: { replay: 'None', list: false },
    annotations: { [ROTATE]: 'b' },
    decides: 'commit Reissue',
  },
});

describe('what status remembers of an unanswered call', () => {
  const listless = { capabilities: { replay: 'ID', list: false } } as const;

  test('where keys cannot be listed: its attempt, when and where it was made', () => {
    const decision = decide(factsOf({ ...LOSES, ...listless }));
    expect(statusIn(decision)?.abandoned).toMatchObject([
      { revision: 2, attempt: 1, calledAt: '2030-01-01T12:00:00Z', issuer: PLAN.issuer },
    ]);
    expect(statusIn(decision)?.abandoned?.[0]?.keyID).toBeUndefined();
  });

  test('a key that others wrote over when it was being published is remembered as served, whatever the issuer lists', () => {
    const holding = { type: 'Lost', reason: 'a marker above it', keyID: 'k2', served: true } as const;
    const next = statusIn(decide(factsOf({ status: issuing(), holding, ...seen })));
    expect(next?.abandoned).toMatchObject([{ revision: 2, attempt: 1, keyID: 'k2', served: true }]);
  });

  test('the id of its key, where that is known', () => {
    const holding = { type: 'Lost', reason: 'no text', keyID: 'k2' } as const;
    const decision = decide(factsOf({ ...LOSES, holding, ...listless }));
    expect(statusIn(decision)?.abandoned).toMatchObject([{ keyID: 'k2', revision: 2, attempt: 1 }]);
  });

  test('nothing of an attempt that issued nothing, and nothing where keys are listed', () => {
    const recovering = issuing({ recovering: true }, { attempt: 2 });
    const holding = { type: 'Lost', reason: 'a race' } as const;
    expect(
      statusIn(decide(factsOf({ ...LOSES, holding, ...listless, status: recovering })))?.abandoned,
    ).toBeUndefined();
    expect(statusIn(decide(factsOf(LOSES)))?.abandoned).toBeUndefined();
  });

  test('its key once that is found, and nothing after a token', () => {
    const found = { revision: 2, attempt: 1, keyID: 'lost' };
    expect(statusIn(decide(factsOf({ ...unlisted, found })))?.abandoned).toEqual([{ ...CALL, keyID: 'lost' }]);
    const told = factsOf({
      ...unlisted,
      capabilities: { replay: 'None', list: false },
      annotations: { [ROTATE]: 'b' },
    });
    expect(statusIn(decide(told))?.abandoned).toEqual([]);
    expect(noticesOf(decide(told))).toEqual(['Warning KeyMayLive']);
  });
});

decisionTable('when keys do not verify', {
  'the first time another key is issued': { status: issuing(), holding: FAILED, ...seen, decides: 'commit Reissue' },
  'a key that may still live is recovered from first': {
    status: issuing(),
    holding: { ...FAILED, keyID: 'k2' },
    ...seen,
    decides: 'commit Recover',
  },
  'the third time nothing moves without a human': {
    status: issuing({ failedVerifications: 2 }),
    holding: FAILED,
    decides: 'commit VerificationFailed',
  },
  'then it stays so, whoever looks': {
    status: issuing({ failedVerifications: 3 }),
    at: '2030-01-02T12:00:00Z',
    decides: 'rest, Stalled VerificationFailed',
    message:
      'the issuer gave 3 keys that did not verify; correct the issuer or spec.key, then: kubectl annotate --overwrite akr -n team payments apikeyrotation.io/rotate=$(date +%s)',
  },
  'the token handled before does not help': {
    status: issuing({ failedVerifications: 3 }, { lastHandled: { rotate: 'a' } }),
    holding: FAILED,
    annotations: { [ROTATE]: 'a' },
    decides: 'rest, Stalled VerificationFailed',
  },
  'a new token asks for another key': {
    status: issuing({ failedVerifications: 3 }, { lastHandled: { rotate: 'a' } }),
    holding: FAILED,
    annotations: { [ROTATE]: 'b' },
    ...seen,
    decides: 'commit Reissue',
  },
});

decisionTable('when status comes from the past', {
  'a label above the committed attempt stops the next one': {
    status: issuing(),
    holding: LOST,
    targets: seen.targets,
    labelled: [labelled('k5', 5, 1)],
    decides: 'wait 60 s, Stalled StateRegression',
    message:
      'key k5 at the issuer belongs to attempt 5.1, but this status knows only 2.1: it was restored from the past. ' +
      'If no other cluster works on this key: kubectl annotate akr -n team payments --overwrite apikeyrotation.io/accept-state=5/$(date +%s)',
  },
  'a planted marker is a conflict': {
    status: issuing(),
    holding: LOST,
    targets: [serving('k9', [9, 9])],
    labelled: [],
    decides: 'wait 60 s, Stalled Conflict',
    message:
      'target vault carries marker 9.9 of this rotation with a key that the issuer does not know as ours; remove that value',
  },
  'a target that another rotation has marked stops the next attempt': {
    status: issuing(),
    holding: LOST,
    targets: [serving('k9', [1, 1], { marker: marker(1, 1, 'k9', { uid: 'uid-2' }) })],
    labelled: [],
    decides: 'wait 60 s, Stalled Conflict',
  },
});

function rotationAfter(given: Given): RunningRotation | undefined {
  return statusIn(decide(factsOf(given)))?.rotation;
}

describe('what the commits record', () => {
  test('Published: new key, versions, proof hashes and the time, and an event', () => {
    const decision = decide(factsOf({ status: issuing(), holding: { type: 'Delivered', delivered: DELIVERED } }));
    expect(statusIn(decision)?.rotation).toMatchObject({
      newKey: DELIVERED.key,
      publishedAt: '2030-01-01T12:00:00Z',
      targets: [{ name: 'vault', state: 'Published', version: '2' }],
      consumers: [{ name: 'api', state: 'Pending', proofHash: 'h'.repeat(64) }],
    });
    expect(statusIn(decision)?.current).toEqual(recorded('k1'));
    expect(noticesOf(decision)).toEqual(['Normal KeyPublished']);
  });

  test('Recover: the next attempt under an own claim, no issue call, and a late sweep', () => {
    const decision = decide(factsOf({ status: issuing(), holding: LOST, ...seen }));
    expect(statusIn(decision)).toMatchObject({
      revision: 2,
      attempt: 2,
      sweepAfter: '2030-01-01T12:10:00Z',
      rotation: {
        attemptID: 'inst/uid-1/2.2',
        claim: 'claim-fresh',
        recovering: true,
        startedAt: '2030-01-01T12:00:00Z',
      },
    });
    expect(statusIn(decision)?.issueCalls).toBeUndefined();
  });

  test('Reissue: the next attempt, counted as an issue call, no longer recovering', () => {
    const decision = decide(factsOf({ ...fenced, labelled: [] }));
    expect(statusIn(decision)).toMatchObject({
      revision: 2,
      attempt: 3,
      issueCalls: ['2030-01-01T12:00:00Z'],
      rotation: { attemptID: 'inst/uid-1/2.3', claim: 'claim-fresh' },
    });
    expect(statusIn(decision)?.rotation?.recovering).toBeUndefined();
  });

  test('Reissue lists what a target serves and nobody could take over as served: consumers may have loaded it', () => {
    const given = { ...fenced, targets: [serving('k2', [2, 2])], labelled: [labelled('k2', 2, 1)] };
    const served = { keyID: 'k2', revision: 2, attempt: 1, served: true };
    expect(statusIn(decide(factsOf(given)))?.abandoned).toEqual([expect.objectContaining(served)]);
    expect(statusIn(decide(factsOf({ ...given, labelled: [] })))?.abandoned).toEqual([]);
  });

  test('Reissue leaves a leaked key listed as one that dies at once', () => {
    const leaked = {
      keyID: 'k2',
      revision: 2,
      attempt: 1,
      leaked: true,
      issuer: ISSUER,
      targets: [],
      reason: 'emergency',
    };
    const status = issuing({ recovering: true, attemptID: 'inst/uid-1/2.3' }, { attempt: 3, abandoned: [leaked] });
    const given = { ...fenced, status, targets: [serving('k2', [2, 3])], labelled: [labelled('k2', 2, 1)] };
    expect(statusIn(decide(factsOf(given)))?.abandoned).toEqual([leaked]);
  });

  test('Reissue in the first attempt follows issuer and targets of the spec, later ones only the key', () => {
    const plan = {
      issuer: { ...PLAN.issuer, uid: 'issuer-2' },
      key: { environment: 'Live', permissions: ['write'] },
      targets: [],
    };
    const references = { type: 'Resolved', plan } as const;
    expect(rotationAfter({ status: issuing(), holding: WORKING, references, ...seen })?.plan).toEqual(plan);
    expect(rotationAfter({ status: issuing({}, { attempt: 2 }), holding: WORKING, references, ...seen })?.plan).toEqual(
      {
        ...PLAN,
        key: plan.key,
      },
    );
  });

  test('Reissue for a token records it as handled', () => {
    const given = { status: issuing({ failedVerifications: 3 }), holding: FAILED, ...seen };
    const decision = decide(factsOf({ ...given, annotations: { [ROTATE]: 'b' } }));
    expect(statusIn(decision)?.lastHandled).toEqual({ rotate: 'b' });
    expect(statusIn(decision)?.rotation?.failedVerifications).toBe(0);
  });

  test('failed verifications are counted over attempts', () => {
    expect(rotationAfter({ status: issuing(), holding: FAILED, ...seen })?.failedVerifications).toBe(1);
    expect(
      rotationAfter({ status: issuing({ failedVerifications: 1 }), holding: { ...FAILED, keyID: 'k2' }, ...seen })
        ?.failedVerifications,
    ).toBe(2);
  });

  test('the third failure is told as Stalled and as an event', () => {
    const decision = decide(factsOf({ status: issuing({ failedVerifications: 2 }), holding: FAILED }));
    expect(conditionOf(decision, 'Stalled')).toMatchObject({
      status: 'True',
      reason: 'VerificationFailed',
      message:
        'new key k2 does not verify: it is Revoked; correct the issuer or spec.key, then: kubectl annotate --overwrite akr -n team payments apikeyrotation.io/rotate=$(date +%s)',
    });
    expect(noticesOf(decision)).toEqual(['Warning VerificationFailed']);
  });

  test('an abandoned key is listed with its issuer, its targets and why', () => {
    const decision = decide(factsOf({ ...fenced, labelled: [labelled('lost', 2, 1)] }));
    expect(statusIn(decision)?.abandoned).toEqual([
      {
        keyID: 'lost',
        revision: 2,
        attempt: 1,
        issuer: PLAN.issuer,
        reason: 'orphan of an attempt whose answer was lost',
        targets: [{ name: 'vault', storeUID: 'store-uid', address: 'vault:https://vault.test/secret', path: 'vault' }],
      },
    ]);
  });
});
