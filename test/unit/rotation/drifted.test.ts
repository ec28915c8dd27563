import { expect, test } from 'vitest';
import type { DriftRecord, RotationStatus } from '../../../src/api/types.ts';
import { decide } from '../../../src/rotation/decide.ts';
import type { TargetFact } from '../../../src/rotation/facts.ts';
import { lookKept } from '../../../src/rotation/look-at-rest.ts';
import {
  absent,
  factsOf,
  type Given,
  idle,
  labelled,
  marker,
  placeOf,
  printOf,
  recorded,
  serving,
  unmarked,
} from './facts.ts';
import { conditionOf, decisionTable, noticesOf, statusIn } from './table.ts';

const ROTATE = 'apikeyrotation.io/rotate';
const EMERGENCY = 'apikeyrotation.io/emergency';
const NOON = '2030-01-01T12:00:00Z';
const ms = (time: string) => Date.parse(time);
const { name, address, path } = placeOf('vault');
const CHANGED = { name, address, path, change: 'Changed', version: '7', fingerprint: printOf('k9') } as const;
const FOREIGN = { ...CHANGED, change: 'Foreign' } as const;
const another = unmarked('k9', { version: '7' });
const others = serving('k9', [1, 1], { version: '7', marker: marker(1, 1, 'k9', { uid: 'uid-2' }) });
const REPAIR = { onDrift: 'Repair' } as const;
const HAD = { restorable: { type: 'Found' } } as const;
const LOST = { restorable: { type: 'None', message: 'no target gives its text any more' } } as const;
/** The confirming look, a minute after the first one. */
const again = { lastLook: { at: ms('2030-01-01T11:59:00Z'), drifted: [CHANGED] } };

function drifted(change: Partial<DriftRecord> = {}, status: Partial<RotationStatus> = {}): RotationStatus {
  return idle({
    drift: { seenAt: '2030-01-01T11:00:00Z', policy: 'Report', targets: [CHANGED], ...change },
    ...status,
  });
}

function looked(at: string, seen: readonly (typeof CHANGED)[] = []): Pick<Given, 'lastLook'> {
  return { lastLook: { at: ms(at), drifted: seen } };
}

decisionTable('when targets at rest are looked at', {
  'not before their moment': {
    status: idle(),
    ...looked('2030-01-01T06:00:00Z'),
    at: '2030-01-01T11:59:59Z',
    decides: 'wait 1 s, Settled',
  },
  'every six hours': { status: idle(), ...looked('2030-01-01T11:59:59Z'), at: NOON, decides: 'look at targets' },
  'not again in the same six hours': { status: idle(), ...looked(NOON), at: NOON, decides: 'wait 21600 s, Settled' },
  'again a minute after something was seen': {
    status: idle(),
    ...looked('2030-01-01T11:59:00Z', [CHANGED]),
    at: NOON,
    decides: 'look at targets',
  },
  'not before that minute has passed': {
    status: idle(),
    ...looked('2030-01-01T11:59:30Z', [CHANGED]),
    at: NOON,
    decides: 'wait 30 s, Settled',
  },
  'every ten minutes while something is told': {
    status: drifted(),
    ...looked('2030-01-01T11:50:00Z'),
    at: NOON,
    decides: 'look at targets',
  },
  'not in between': {
    status: drifted(),
    ...looked('2030-01-01T11:51:00Z'),
    at: NOON,
    decides: 'wait 60 s, Stalled Drifted',
  },
  'at once where repair is asked for now': {
    status: drifted(),
    spec: REPAIR,
    ...looked(NOON),
    at: NOON,
    decides: 'look at targets',
  },
  'not while suspended': {
    status: idle(),
    spec: { suspend: true },
    ...looked('2030-01-01T01:00:00Z'),
    decides: 'rest, Suspended',
  },
  'not what was adopted and never written': {
    status: idle({ revision: 0, attempt: 0, current: recorded('k1', { adopted: true, revision: 0, attempt: 0 }) }),
    ...looked('2030-01-01T01:00:00Z'),
    decides: 'rest, Settled',
  },
});

decisionTable('what is seen there', {
  'all is well': {
    status: idle(),
    targets: [serving('k1')],
    ...looked('2030-01-01T11:59:00Z'),
    decides: 'wait 21600 s, Settled',
  },
  'something else for the first time is looked at again': {
    status: idle(),
    targets: [another],
    ...looked('2030-01-01T11:59:00Z'),
    decides: 'wait 60 s, Settled',
  },
  'yet another thing than before is looked at again, too': {
    status: idle(),
    targets: [unmarked('k8', { version: '8' })],
    ...again,
    decides: 'wait 60 s, Settled',
  },
  'the same twice within a minute, by whatever looked in between, is looked at again': {
    status: idle(),
    targets: [another],
    ...looked('2030-01-01T11:59:01Z', [CHANGED]),
    at: NOON,
    decides: 'wait 1 s, Settled',
  },
  'the same twice is told': {
    status: idle(),
    targets: [another],
    ...again,
    decides: 'commit Drifted',
    message:
      'target vault: vault no longer holds key k1, its value was changed; seen at 2030-01-01T12:00:00Z. Nothing is written there: restore that value, or have the key written there again: ' +
      `kubectl patch akr -n team payments --type merge -p '{"spec":{"onDrift":"Repair"}}'`,
  },
  'what is told already is told once': {
    status: drifted(),
    targets: [another],
    ...again,
    decides: 'wait 600 s, Stalled Drifted',
  },
  'what is put right is over': { status: drifted(), targets: [serving('k1')], decides: 'commit DriftEnded' },
  'a marker above ours is asked about first': {
    status: idle(),
    targets: [serving('k9', [1, 2])],
    decides: 'look at labelled',
  },
  'and says that status is from the past': {
    status: idle(),
    targets: [serving('k9', [1, 2])],
    labelled: [labelled('k9', 1, 2)],
    spec: REPAIR,
    decides: 'wait 60 s, Stalled StateRegression',
  },
  'which stays told only while it is so': {
    status: idle({
      conditions: [
        { type: 'Stalled', status: 'True', reason: 'StateRegression', message: '', lastTransitionTime: NOON },
      ],
    }),
    ...looked(NOON),
    at: NOON,
    decides: 'look at targets',
  },
  'a rotation that is due begins whatever has drifted': {
    status: idle(),
    targets: [serving('k1', [1, 1], { fingerprint: printOf('k9') })],
    labelled: [],
    annotations: { [ROTATE]: 'a' },
    decides: 'commit Intent',
  },
  'but does not replace what is not ours': {
    status: idle(),
    targets: [another],
    labelled: [],
    annotations: { [ROTATE]: 'a' },
    decides: 'wait 60 s, Stalled Conflict',
  },
});

decisionTable('repairing', {
  'first it is asked whether the key can still be had': {
    status: idle(),
    spec: REPAIR,
    targets: [another],
    ...again,
    decides: 'look at restorable',
  },
  'where it can, an attempt is begun for it': {
    status: idle(),
    spec: REPAIR,
    targets: [another],
    ...again,
    ...HAD,
    decides: 'commit Repair',
  },
  'where it cannot, another key is issued': {
    status: idle(),
    spec: REPAIR,
    targets: [another],
    ...again,
    ...LOST,
    labelled: [labelled('k1', 1, 1)],
    decides: 'commit Intent',
  },
  'outside of windows as well: consumers have no key': {
    status: idle(),
    spec: REPAIR,
    targets: [absent()],
    lastLook: { at: ms('2030-01-01T11:59:00Z'), drifted: [{ name, address, path, change: 'Deleted' }] },
    ...LOST,
    labelled: [],
    schedule: {
      type: 'Valid',
      due: false,
      window: { opensAt: '2030-01-03T00:00:00Z', closesAt: '2030-01-03T01:00:00Z', spreadAt: '2030-01-03T00:00:00Z' },
    },
    decides: 'commit Intent',
  },
  'what another rotation wrote is reported only': {
    status: idle(),
    spec: REPAIR,
    targets: [others],
    lastLook: { at: ms('2030-01-01T11:59:00Z'), drifted: [FOREIGN] },
    decides: 'commit Drifted',
  },
  'and stalls': {
    status: drifted({ policy: 'Repair', targets: [FOREIGN] }),
    spec: REPAIR,
    ...looked(NOON),
    at: NOON,
    decides: 'wait 600 s, Stalled Drifted',
  },
  'not within ten minutes of the last repair': {
    status: idle({ repairs: ['2030-01-01T11:51:00Z'] }),
    spec: REPAIR,
    targets: [another],
    ...again,
    decides: 'commit Drifted',
    message:
      'target vault: vault no longer holds key k1, its value was changed; seen at 2030-01-01T12:00:00Z. It is written again, after 2030-01-01T12:01:00Z; to have it reported only, set spec.onDrift to Report',
  },
  'nor within forty of the third': {
    status: idle({ repairs: ['2030-01-01T10:00:00Z', '2030-01-01T10:10:00Z', '2030-01-01T11:21:00Z'] }),
    spec: REPAIR,
    targets: [another],
    ...again,
    decides: 'commit Drifted',
  },
  'but then': {
    status: idle({ repairs: ['2030-01-01T10:00:00Z', '2030-01-01T10:10:00Z', '2030-01-01T11:20:00Z'] }),
    spec: REPAIR,
    targets: [another],
    ...again,
    decides: 'look at restorable',
  },
  'after the fifth within seven days it is reported': {
    status: idle({ repairs: [25, 26, 27, 28, 29].map((day) => `2029-12-${day}T12:00:01Z`) }),
    spec: REPAIR,
    targets: [another],
    ...again,
    decides: 'commit Drifted',
  },
  'and stays so': {
    status: drifted({ policy: 'Repair', gaveUp: true }),
    spec: REPAIR,
    targets: [another],
    decides: 'rest, Stalled RepairedTooOften',
  },
  'older ones do not count': {
    status: idle({ repairs: [24, 25, 26, 27, 28].map((day) => `2029-12-${day}T12:00:00Z`) }),
    spec: REPAIR,
    targets: [another],
    ...again,
    decides: 'look at restorable',
  },
  'who has begun it writes, on the object as it is': {
    status: drifted({ policy: 'Repair', repair: { claim: 'c', at: NOON } }, { attempt: 2, repairs: [NOON] }),
    spec: REPAIR,
    holdsRepair: true,
    decides: 'look at live',
  },
  'and nobody else': {
    status: drifted({ policy: 'Repair', repair: { claim: 'c', at: NOON } }, { attempt: 2, repairs: [NOON] }),
    spec: REPAIR,
    ...looked(NOON),
    live: true,
    at: NOON,
    decides: 'wait 600 s, Drifted',
  },
  'nor does who looks while it runs end it': {
    status: drifted(
      { policy: 'Repair', repair: { claim: 'c', at: NOON }, targets: [CHANGED, { ...CHANGED, name: 'second' }] },
      { attempt: 2, repairs: [NOON] },
    ),
    spec: REPAIR,
    targets: [another],
    at: NOON,
    decides: 'commit Drifted',
  },
  'nor, when it is no longer wanted, the one who has': {
    status: drifted({ policy: 'Repair', repair: { claim: 'c', at: NOON } }, { attempt: 2, repairs: [NOON] }),
    holdsRepair: true,
    live: true,
    decides: 'commit Drifted',
  },
  'a rotation that is due may replace what has drifted': {
    status: idle(),
    spec: REPAIR,
    targets: [another],
    labelled: [],
    annotations: { [ROTATE]: 'a' },
    decides: 'commit Intent',
  },
  'and one for a leaked key': {
    status: idle(),
    spec: REPAIR,
    targets: [another],
    labelled: [],
    annotations: { [EMERGENCY]: 'now/k1' },
    decides: 'commit Intent',
  },
  'but not what another rotation has written': {
    status: idle(),
    spec: REPAIR,
    targets: [others],
    labelled: [],
    annotations: { [ROTATE]: 'a' },
    decides: 'wait 60 s, Stalled Conflict',
  },
});

const DUE = { annotations: { [ROTATE]: 'a' }, labelled: [] } as const;
const LIMIT = [1, 2, 3, 4, 5, 6].map((minute) => `2030-01-01T11:0${minute}:00Z`);

decisionTable('while a rotation is due but cannot begin', {
  'what has drifted is told': {
    status: idle(),
    targets: [another],
    ...DUE,
    ...again,
    decides: 'commit Drifted',
  },
  once: {
    status: drifted(),
    targets: [another],
    ...DUE,
    ...again,
    decides: 'wait 60 s, Stalled Conflict',
  },
  'and repaired': {
    status: idle({ issueCalls: LIMIT }),
    spec: REPAIR,
    targets: [another],
    ...DUE,
    ...again,
    ...HAD,
    decides: 'commit Repair',
  },
  'by who has begun that': {
    status: drifted(
      { policy: 'Repair', repair: { claim: 'c', at: NOON } },
      { attempt: 2, repairs: [NOON], issueCalls: LIMIT },
    ),
    spec: REPAIR,
    ...DUE,
    holdsRepair: true,
    live: true,
    decides: 'repair',
  },
  'and looked for': {
    status: idle({ issueCalls: LIMIT }),
    ...DUE,
    ...looked('2030-01-01T01:00:00Z'),
    decides: 'look at targets',
  },
  'but not by a status from the past': {
    ...DUE,
    status: drifted(
      { policy: 'Repair', repair: { claim: 'c', at: NOON } },
      { attempt: 2, repairs: [NOON], issueCalls: LIMIT.slice(1) },
    ),
    spec: REPAIR,
    targets: [another],
    labelled: [labelled('k9', 3, 1)],
    holdsRepair: true,
    live: true,
    decides: 'wait 60 s, Stalled StateRegression',
  },
  'but a key that has leaked is written nowhere again': {
    status: idle(),
    spec: REPAIR,
    targets: [another, { ...others, name: 'second' }],
    annotations: { [EMERGENCY]: 'now/k1' },
    labelled: [],
    lastLook: { at: ms('2030-01-01T11:59:00Z'), drifted: [CHANGED, { ...FOREIGN, name: 'second' }] },
    ...HAD,
    decides: 'wait 60 s, Stalled Conflict',
  },
});

const held: Given = {
  status: drifted({ policy: 'Repair', repair: { claim: 'c', at: NOON } }, { attempt: 2, repairs: [NOON] }),
  spec: REPAIR,
  holdsRepair: true,
  live: true,
  at: NOON,
};

test('a repair begins with the attempt, the claim and what may be replaced, and one event', () => {
  const decision = decide(factsOf({ status: idle(), spec: REPAIR, targets: [another], ...again, ...HAD }));
  expect(statusIn(decision)).toMatchObject({
    revision: 1,
    attempt: 2,
    repairs: [NOON],
    drift: { policy: 'Repair', targets: [CHANGED], repair: { claim: 'claim-fresh', at: NOON } },
  });
  expect(statusIn(decision)).not.toHaveProperty('rotation');
  expect(noticesOf(decision)).toEqual(['Warning Drifted']);
});

test('a rotation for a lost key records what it may replace, and counts as a repair', () => {
  const status = idle({ repairs: ['2029-12-31T00:00:00Z'] });
  const decision = decide(factsOf({ status, spec: REPAIR, targets: [another], ...again, ...LOST, labelled: [] }));
  expect(statusIn(decision)).toMatchObject({
    revision: 2,
    repairs: ['2029-12-31T00:00:00Z', NOON],
    drift: { policy: 'Repair', targets: [CHANGED] },
    rotation: { trigger: 'Drift', oldKey: { keyID: 'k1' } },
  });
});

test('after a repair the current key is recorded in the version that was written, and Ready comes back', () => {
  const targets = [{ ...recorded('k1').targets[0], version: '8' }] as RotationStatus['current'] extends infer K
    ? K extends { targets: infer T }
      ? T
      : never
    : never;
  const decision = decide(factsOf({ ...held, repaired: { type: 'Done', targets } }));
  expect(statusIn(decision)?.current?.targets[0]?.version).toBe('8');
  expect(statusIn(decision)).not.toHaveProperty('drift');
  expect(conditionOf(decision, 'Ready')?.status).toBe('True');
  expect(noticesOf(decision)).toEqual(['Normal Repaired']);
});

test('a repair that is stopped gives up its claim', () => {
  const decision = decide(factsOf({ ...held, repaired: { type: 'Stopped', message: 'somebody wrote' } }));
  expect(statusIn(decision)?.drift).toEqual({ seenAt: '2030-01-01T11:00:00Z', policy: 'Repair', targets: [CHANGED] });
});

test('Ready is lost with the key, and not where only our marker is gone', () => {
  const ready = (targets: readonly TargetFact[], change: 'Unmarked' | 'Changed') => {
    const seen = [{ ...CHANGED, change, fingerprint: printOf(change === 'Unmarked' ? 'k1' : 'k9') }];
    const decision = decide(
      factsOf({ status: idle(), targets, lastLook: { at: ms('2030-01-01T11:59:00Z'), drifted: seen } }),
    );
    return `${conditionOf(decision, 'Ready')?.status} ${conditionOf(decision, 'Stalled')?.reason}`;
  };
  expect(ready([another], 'Changed')).toBe('False Drifted');
  expect(ready([unmarked('k1', { version: '7' })], 'Unmarked')).toBe('True Drifted');
});

test('another change at the same target is news, the same one is not', () => {
  const seen = { ...CHANGED, version: '8' };
  const status = drifted();
  const targets = [unmarked('k9', { version: '8' })];
  const decision = decide(factsOf({ status, targets, lastLook: { at: ms('2030-01-01T11:59:00Z'), drifted: [seen] } }));
  expect(noticesOf(decision)).toEqual(['Warning Drifted']);
});

test('a repair too many is told as an event of its own', () => {
  const repairs = [25, 26, 27, 28, 29].map((day) => `2029-12-${day}T12:00:01Z`);
  const decision = decide(
    factsOf({ status: drifted({ policy: 'Repair' }, { repairs }), spec: REPAIR, targets: [another] }),
  );
  expect(statusIn(decision)?.drift?.gaveUp).toBe(true);
  expect(noticesOf(decision)).toEqual(['Warning RepairedTooOften']);
});

test('what another process sees while a repair runs leaves the repair its claim, unless it is news', () => {
  const repair = { claim: 'c', at: NOON };
  const targets = [CHANGED, { ...CHANGED, name: 'second' }];
  const status = drifted({ policy: 'Repair', repair, targets }, { attempt: 2, repairs: [NOON] });
  const seen = { ...CHANGED, version: '8' };
  const lookedAt = (target: TargetFact) => {
    const lastLook = { at: ms('2030-01-01T11:59:00Z'), drifted: [seen] };
    return statusIn(decide(factsOf({ status, spec: REPAIR, targets: [target], lastLook })))?.drift;
  };
  expect(lookedAt(another)).toMatchObject({ targets: [CHANGED], repair });
  expect(lookedAt(unmarked('k9', { version: '8' }))).toMatchObject({ targets: [seen] });
  expect(lookedAt(unmarked('k9', { version: '8' }))).not.toHaveProperty('repair');
});

test('a look within the minute neither confirms nor puts off what was seen first', () => {
  const first = { at: ms('2030-01-01T11:59:30Z'), drifted: [CHANGED] };
  const kept = (targets: readonly TargetFact[], at = NOON) =>
    lookKept(factsOf({ status: idle(), targets, lastLook: first, at }), ms(at));
  expect(kept([another])).toBe(first);
  expect(kept([another], '2030-01-01T12:00:30Z')).toEqual({ at: ms('2030-01-01T12:00:30Z'), drifted: [CHANGED] });
  expect(kept([unmarked('k9', { version: '8' })])).toEqual({ at: ms(NOON), drifted: [{ ...CHANGED, version: '8' }] });
  expect(kept([serving('k1')])).toEqual({ at: ms(NOON), drifted: [] });
});
