import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import {
  factsOf,
  type Given,
  idle,
  issuing,
  labelled,
  migrating,
  PLAN,
  planned,
  printOf,
  recorded,
  revoking,
  serving,
} from './facts.ts';
import { conditionOf, decisionTable } from './table.ts';

const ROTATE = { annotations: { 'apikeyrotation.io/rotate': 'a' } };
const WORKING = { type: 'Working' } as const;
const unresolved = {
  references: {
    type: 'Unresolved',
    reason: 'IssuerNotFound',
    message: 'spec.issuerRef: there is no ApiKeyIssuer apio in namespace team; create it',
  },
} as const;

decisionTable('a status that is not understood has no effect', {
  'a higher protocol is left alone without a write': { status: idle({ protocol: 2 }), ...ROTATE, decides: 'rest' },
  'a higher protocol is left alone even while the object is deleted': {
    status: migrating({}, { protocol: 2 }),
    metadata: { deletionTimestamp: '2029-01-01T00:00:00Z' },
    decides: 'rest',
  },
  'another installation wrote it': {
    status: idle({ installation: 'other' }),
    ...ROTATE,
    decides: 'rest, Stalled UnknownState',
  },
  'a rotation without a revision': { status: issuing({}, { revision: 0 }), decides: 'rest, Stalled UnknownState' },
  'an attempt of another object': {
    status: issuing({ attemptID: 'inst/uid-2/2.1' }),
    decides: 'rest, Stalled UnknownState',
  },
  'an attempt of another revision': {
    status: issuing({ attemptID: 'inst/uid-1/1.1' }),
    decides: 'rest, Stalled UnknownState',
  },
  'an attempt above the committed one': {
    status: issuing({ attemptID: 'inst/uid-1/2.2' }),
    decides: 'rest, Stalled UnknownState',
  },
  'an attempt that nobody can read': {
    status: issuing({ attemptID: 'the first' }),
    decides: 'rest, Stalled UnknownState',
  },
  'published without a key': {
    status: issuing({ publishedAt: '2030-01-01T12:00:00Z' }),
    decides: 'rest, Stalled UnknownState',
  },
  'an intent to revoke another key than the old one': {
    status: revoking({ revokeIntent: { keyID: 'k9', decidedAt: '2030-01-01T12:00:00Z', basis: 'Evidence' } }),
    decides: 'rest, Stalled UnknownState',
  },
  'an intent to revoke before anything is published': {
    status: issuing({ revokeIntent: { keyID: 'k1', decidedAt: '2030-01-01T12:00:00Z', basis: 'Evidence' } }),
    decides: 'rest, Stalled UnknownState',
  },
});

decisionTable('while suspended nothing begins', {
  'no rotation': { spec: { suspend: true }, status: idle(), ...ROTATE, decides: 'rest, Suspended' },
  'no first issue': { spec: { suspend: true }, decides: 'rest, Suspended' },
  'no issue call': { spec: { suspend: true }, status: issuing(), holding: WORKING, decides: 'rest, Suspended' },
  'no intent to revoke': { spec: { suspend: true }, status: migrating(), decides: 'rest, Suspended' },
  'no revocation that was decided before': {
    spec: { suspend: true },
    status: revoking(),
    confirmedOldKey: 'k1',
    decides: 'rest, Suspended',
    message: 'spec.suspend is true; nothing is issued, written or revoked until it is false',
  },
});

/** Both names lead to one address and path, through whichever stores. */
const twice: Given = {
  spec: {
    targets: [
      { name: 'a', storeRef: { name: 'vault' }, path: 'p' },
      { name: 'b', storeRef: { name: 'alias' }, path: 'p' },
    ],
  },
  references: {
    type: 'Resolved',
    plan: { ...PLAN, targets: [planned('a', 'p'), planned('b', 'p')] },
  },
};
const endless: Given = {
  spec: { renewBefore: '240h' },
  status: idle({ current: recorded('k1', { issuedAt: '2030-01-01T00:00:00Z', expiresAt: '2030-01-10T00:00:00Z' }) }),
};
const seenByUse = {
  consumers: [{ name: 'legacy', evidence: [{ type: 'LastUsed' as const, lastUsed: { quietPeriod: '1h' } }] }],
};
const unreadable: Given = { schedule: { type: 'Invalid', message: 'spec.schedule.timeZone: Mars/Base is unknown' } };
const leaked: Given = {
  annotations: { 'apikeyrotation.io/emergency': 'x/k1' },
  targets: [serving('k1', [1, 1])],
  labelled: [labelled('k1', 1, 1)],
};
decisionTable('a spec that cannot work', {
  'a schedule that cannot be read': {
    ...unreadable,
    status: idle(),
    decides: 'rest, Stalled InvalidSpec',
    message: 'spec.schedule.timeZone: Mars/Base is unknown',
  },
  'a circle of rotations that wait for one another, until one of them changes': {
    after: { twin: undefined, circle: ['apio', 'twin'] },
    status: idle(),
    decides: 'rest, Stalled InvalidSpec',
    message:
      'spec.after.rotationRef: apio waits for twin waits for apio, so that none of them would ever rotate; remove spec.after of one of them',
  },
  'so many rotations ahead that a circle would not be seen': {
    after: { twin: undefined, tooMany: 100 },
    status: idle(),
    decides: 'rest, Stalled InvalidSpec',
    message:
      'spec.after.rotationRef: at least 100 rotations are ahead of it, each of which waits for the next, so that a circle of them would not be seen; let it wait for one that has fewer ahead',
  },
  'a schedule that cannot be read does not keep a leaked key': {
    ...unreadable,
    ...leaked,
    status: idle(),
    decides: 'commit Intent',
  },
  'nor does it keep the key of an emergency that was rolled back': {
    ...unreadable,
    ...leaked,
    annotations: {},
    status: idle({ rolledBack: { revision: 1, trigger: 'Emergency', generation: 1 } }),
    decides: 'commit Intent',
  },
  'nor does a renewal that comes too early keep a leaked key': { ...endless, ...leaked, decides: 'commit Intent' },
  'two targets at one place': {
    ...twice,
    decides: 'rest, Stalled InvalidSpec',
    message: 'spec.targets: b leads to the same place as another target, p; one target a place',
  },
  'renewal before the key is even issued': {
    ...endless,
    decides: 'rest, Stalled InvalidSpec',
    message:
      'spec.renewBefore: 240h is not shorter than the life of a key (2030-01-01T00:00:00Z to 2030-01-10T00:00:00Z), so that it would rotate without end; shorten it',
  },
  'evidence that the issuer never tells': {
    spec: seenByUse,
    capabilities: { replay: 'ID', list: true },
    decides: 'rest, Stalled InvalidSpec',
    message:
      'spec.consumers legacy: evidence LastUsed needs an issuer that tells when its keys were used, which apio does not; take another type, or, where the vendor tells it, declare key.lastUsedAt and capabilities.usageResolution in the issuer',
  },
  'a quiet period within which a use need not show': {
    spec: seenByUse,
    capabilities: { replay: 'ID', list: true, usageResolutionMs: 3_600_001 },
    decides: 'rest, Stalled InvalidSpec',
    message:
      'spec.consumers legacy: evidence LastUsed: quietPeriod 1h is shorter than the 3600.001s after which a use shows at issuer apio; lengthen it',
  },
  'a quiet period in which each use shows': {
    spec: seenByUse,
    capabilities: { replay: 'ID', list: true, usageResolutionMs: 3_600_000 },
    decides: 'look at targets, labelled',
  },
  'evidence that the issuer never tells does not keep a leaked key': {
    ...leaked,
    spec: seenByUse,
    capabilities: { replay: 'ID', list: true },
    status: idle(),
    decides: 'commit Intent',
  },
  'does not stop a running rotation': {
    ...twice,
    status: issuing(),
    holding: { type: 'Working', key: { keyID: 'k2', served: false } },
    decides: 'deliver',
  },
});

decisionTable('references and rivals', {
  'what is not there is named': {
    ...unresolved,
    decides: 'rest, IssuerNotFound',
    message: 'spec.issuerRef: there is no ApiKeyIssuer apio in namespace team; create it',
  },
  'while a leaked key lives that is for people, though it may come by itself': {
    ...unresolved,
    status: idle(),
    annotations: { 'apikeyrotation.io/emergency': 'x/k1' },
    decides: 'rest, Stalled IssuerNotFound',
    message:
      'spec.issuerRef: there is no ApiKeyIssuer apio in namespace team; create it; the emergency x/k1 begins then',
  },
  'a running rotation goes on by its plan': { ...unresolved, status: migrating(), decides: 'look at evidence' },
  'an older rotation of the same path works, this one does not': {
    conflictWith: 'team/older',
    decides: 'wait 60 s, Stalled Conflict',
    message: 'rotation team/older is older and writes the same path; change spec.targets of one of them',
  },
  'a rival does not stop a running rotation': {
    conflictWith: 'team/older',
    status: migrating(),
    decides: 'look at evidence',
  },
});

describe('what the guards tell', () => {
  test.each([
    [
      'another installation',
      idle({ installation: 'other' }),
      'status was written by installation other, this operator is inst; start it with --installation other or make a new object',
    ],
    [
      'no revision',
      issuing({}, { revision: 0 }),
      'status has a rotation but no revision; restore status or make a new object',
    ],
    [
      'a foreign attempt',
      issuing({ attemptID: 'inst/uid-2/2.1' }),
      "status.rotation.attemptID inst/uid-2/2.1 is no attempt of this object's revision 2; restore status or make a new object",
    ],
    [
      'no new key',
      issuing({ publishedAt: '2030-01-01T12:00:00Z' }),
      'status.rotation is published without newKey; restore status',
    ],
    [
      'a key that replaces itself',
      migrating({ newKey: { keyID: 'k1', fingerprint: printOf('k1') } }),
      'status.rotation would retire key k1, which it publishes; restore status',
    ],
    [
      'a roll back to the key that it retires',
      issuing({ restoredKey: recorded('k1') }),
      'status.rotation would retire key k1, which it publishes; restore status',
    ],
    [
      'a strange intent',
      revoking({ revokeIntent: { keyID: 'k9', decidedAt: '2030-01-01T12:00:00Z', basis: 'Evidence' } }),
      'status.rotation.revokeIntent does not name the old key of a published rotation; restore status',
    ],
  ])('UnknownState: %s', (_what, status, message) => {
    expect(conditionOf(decide(factsOf({ status })), 'Stalled')).toMatchObject({ reason: 'UnknownState', message });
  });

  test('an invalid spec and missing references take Ready away, being suspended does not', () => {
    const ready = (given: Given) => conditionOf(decide(factsOf({ status: idle(), ...given })), 'Ready');
    expect(ready(twice)).toMatchObject({ status: 'False', reason: 'InvalidSpec' });
    expect(ready(unresolved)).toMatchObject({ status: 'False', reason: 'IssuerNotFound' });
    expect(ready({ spec: { suspend: true } })).toMatchObject({ status: 'True', reason: 'KeyPublished' });
  });
});
