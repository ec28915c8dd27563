import { describe, expect, test } from 'vitest';
import type { TargetFact } from '../../../src/rotation/facts.ts';
import { type RecordedValue, recordedAt, replacement, type Writer } from '../../../src/rotation/replacement.ts';
import { absent, INSTALLATION, idle, marker, placeOf, printOf, serving, UID, unmarked } from './facts.ts';

const HOLDER: Writer = {
  installation: INSTALLATION,
  uid: UID,
  revision: 2,
  attempt: 3,
  key: { keyID: 'k2', fingerprint: printOf('k2') },
};
const { key: _, ...ASKING } = HOLDER;
const RECORDED: RecordedValue = { fingerprint: printOf('k1'), version: '7', createdTime: '2030-01-01T00:00:00Z' };
const MADE = { version: '7', createdTime: '2030-01-01T00:00:00Z' };
const FOREIGN =
  'target vault: vault holds a value that this rotation did not write; remove the value, or choose another path in spec.targets';
const OTHERS =
  'target vault: vault belongs to the rotation with uid uid-2; choose another path in spec.targets, or delete the other rotation and its value';

interface Row {
  readonly target: TargetFact;
  readonly writer?: Writer;
  readonly recorded?: RecordedValue;
  readonly verdict: 'Replace' | 'Done' | 'ForeignValue' | 'ForeignMarker' | 'HigherMarker';
  readonly message?: string;
}

const ROWS: Record<string, Row> = {
  'nothing stands there: replace': { target: absent(), verdict: 'Replace' },
  'a marker of an earlier revision: replace': { target: serving('k1', [1, 9]), verdict: 'Replace' },
  'a marker of an earlier attempt of this revision: replace': { target: serving('k9', [2, 2]), verdict: 'Replace' },
  'our own marker with our key: done': { target: serving('k2', [2, 3]), verdict: 'Done' },
  'our own marker with another key id: stop': {
    target: serving('k9', [2, 3]),
    verdict: 'HigherMarker',
    message: 'target vault: vault carries the marker 2.3; attempt 2.3 must not write there',
  },
  'our own marker and id over another text: stop': {
    target: serving('k2', [2, 3], { fingerprint: printOf('k9') }),
    verdict: 'HigherMarker',
  },
  'our own marker without a key field: stop': {
    target: { ...unmarked('k2'), fingerprint: '', marker: marker(2, 3, 'k2') },
    verdict: 'HigherMarker',
  },
  'our own marker while only asking: stop, because it cannot be told whose key it is': {
    target: serving('k2', [2, 3]),
    writer: ASKING,
    verdict: 'HigherMarker',
  },
  'a marker of a later attempt: stop': {
    target: serving('k9', [2, 4]),
    verdict: 'HigherMarker',
    message: 'target vault: vault carries the marker 2.4; attempt 2.3 must not write there',
  },
  'a marker of a later revision with a lower attempt: stop': { target: serving('k9', [3, 1]), verdict: 'HigherMarker' },
  'a later marker over the very value recorded: stop': {
    target: serving('k1', [3, 1], MADE),
    recorded: RECORDED,
    verdict: 'HigherMarker',
  },
  'the marker of another rotation: stop': {
    target: serving('k1', [1, 1], { marker: marker(1, 1, 'k1', { uid: 'uid-2' }) }),
    verdict: 'ForeignMarker',
    message: OTHERS,
  },
  'the marker of our uid in another installation: stop': {
    target: serving('k1', [1, 1], { marker: marker(1, 1, 'k1', { installation: 'other' }) }),
    verdict: 'ForeignMarker',
  },
  'the marker of another rotation over exactly the value adopted: replace': {
    target: serving('k1', [1, 1], { ...MADE, marker: marker(1, 1, 'k1', { uid: 'uid-2' }) }),
    recorded: RECORDED,
    verdict: 'Replace',
  },
  'no marker, exactly the version and value recorded: replace': {
    target: unmarked('k1', MADE),
    recorded: RECORDED,
    verdict: 'Replace',
  },
  'no marker, the value recorded in another version: stop': {
    target: unmarked('k1', { ...MADE, version: '8' }),
    recorded: RECORDED,
    verdict: 'ForeignValue',
    message: FOREIGN,
  },
  'no marker, the version number recorded but made at another time: stop': {
    target: unmarked('k1', { version: '7', createdTime: '2030-01-02T00:00:00Z' }),
    recorded: RECORDED,
    verdict: 'ForeignValue',
  },
  'no marker, the version recorded with another value: stop': {
    target: unmarked('k9', MADE),
    recorded: RECORDED,
    verdict: 'ForeignValue',
  },
  'no marker, another version of the value recorded where versions do not name values: replace': {
    target: unmarked('k1', { version: '8', versionsNameValues: false }),
    recorded: RECORDED,
    verdict: 'Replace',
  },
  'no marker, another value where versions do not name values: stop': {
    target: unmarked('k9', { ...MADE, versionsNameValues: false }),
    recorded: RECORDED,
    verdict: 'ForeignValue',
  },
  'no marker, nothing recorded: stop': { target: unmarked('k1'), verdict: 'ForeignValue', message: FOREIGN },
  'Merge, no marker, none of our fields: replace': {
    target: unmarked('k1', { fieldsPolicy: 'Merge', hasOurFields: false }),
    verdict: 'Replace',
  },
  'Merge, no marker, one of our fields: stop': {
    target: unmarked('k1', { fieldsPolicy: 'Merge', hasOurFields: true }),
    verdict: 'ForeignValue',
  },
  'OwnAll, no marker, none of our fields: stop': {
    target: unmarked('k1', { hasOurFields: false }),
    verdict: 'ForeignValue',
  },
  'Merge, the marker of another rotation, none of our fields: stop': {
    target: serving('k1', [1, 1], {
      fieldsPolicy: 'Merge',
      hasOurFields: false,
      marker: marker(1, 1, 'k1', { uid: 'uid-2' }),
    }),
    verdict: 'ForeignMarker',
    message: OTHERS,
  },
};

describe('rule W: what a publish may replace', () => {
  test.each(Object.entries(ROWS))('%s', (_sentence, { target, writer = HOLDER, recorded, verdict, message }) => {
    const answer = replacement(target, writer, recorded ? [recorded] : []);
    expect(answer.type === 'Stop' ? answer.reason : answer.type).toBe(verdict);
    if (message !== undefined) expect(answer).toEqual({ type: 'Stop', reason: verdict, message });
  });
});

describe('what a repair may replace where the key was deleted', () => {
  const { fingerprint: __, marker: ___, ...VALUE } = serving('k1');
  const others: TargetFact = { ...VALUE, hasOurFields: false };
  const { name, address, path } = placeOf('vault');
  const verdict = (target: TargetFact, version?: string) => {
    const deleted = { name, address, path, change: 'Deleted', ...(version && { version }) } as const;
    const drift = { seenAt: '2030-01-01T11:00:00Z', policy: 'Repair', targets: [deleted] } as const;
    const answer = replacement(target, HOLDER, recordedAt(target, idle({ drift: { ...drift, targets: [deleted] } })));
    return answer.type === 'Stop' ? answer.reason : answer.type;
  };

  test('nothing', () => expect(verdict(absent())).toBe('Replace'));
  test('not the Secret that somebody else has put there since', () =>
    expect(verdict({ ...others, versionsNameValues: false })).toBe('ForeignValue'));
  test('not its value in a store with versions either', () => expect(verdict(others)).toBe('ForeignValue'));
  test('exactly the empty version that was seen', () => expect(verdict(others, '1')).toBe('Replace'));
  test('what leaves the fields of others as they are', () =>
    expect(verdict({ ...others, versionsNameValues: false, fieldsPolicy: 'Merge' })).toBe('Replace'));
});
