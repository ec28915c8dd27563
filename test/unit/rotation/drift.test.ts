import { describe, expect, test } from 'vitest';
import type { RotationStatus } from '../../../src/api/types.ts';
import { driftAt, driftsOf } from '../../../src/rotation/drift.ts';
import type { TargetFact } from '../../../src/rotation/facts.ts';
import { absent, factsOf, idle, marker, printOf, recorded, serving, unmarked } from './facts.ts';

interface Row {
  readonly target: TargetFact;
  readonly status?: RotationStatus;
  readonly is: 'Deleted' | 'Changed' | 'Unmarked' | 'Foreign' | undefined;
}

const ANOTHER = { fingerprint: printOf('k9') };
const { fingerprint: _, ...KEYLESS } = serving('k1');
const { marker: __, ...GONE } = KEYLESS;
const OTHERS = { marker: marker(1, 1, 'k1', { uid: 'uid-2' }) };

const ROWS: Record<string, Row> = {
  'the current key under the marker of its attempt: nothing': { target: serving('k1'), is: undefined },
  'the current key under the marker of a later repair: nothing': {
    target: serving('k1', [1, 2], { version: '5' }),
    status: idle({ attempt: 2 }),
    is: undefined,
  },
  'the current key under an earlier marker, as a fence leaves it: nothing': {
    target: serving('k1', [1, 1]),
    status: idle({ attempt: 3 }),
    is: undefined,
  },
  'nothing stands there': { target: absent(), is: 'Deleted' },
  'a version without data, as a deletion leaves it in Vault': {
    target: { ...GONE, version: '2', hasOurFields: false },
    is: 'Deleted',
  },
  "a Secret with somebody else's fields only, which no version would tell from the next one": {
    target: { ...GONE, hasOurFields: false, versionsNameValues: false },
    is: 'Foreign',
  },
  'a Secret without a marker, where one of our fields is left but not the key': {
    target: { ...GONE, versionsNameValues: false },
    is: 'Foreign',
  },
  "somebody else's fields, beside which ours are written": {
    target: { ...GONE, hasOurFields: false, versionsNameValues: false, fieldsPolicy: 'Merge' },
    is: 'Deleted',
  },
  'another text under our marker: one field was patched': { target: serving('k1', [1, 1], ANOTHER), is: 'Changed' },
  'another text without a marker: all of it was written over': { target: unmarked('k9'), is: 'Changed' },
  'the key before, under its marker: an old version was restored': {
    target: serving('k0', [1, 1]),
    status: idle({ revision: 2 }),
    is: 'Changed',
  },
  'no key field any more': { target: KEYLESS, is: 'Changed' },
  'the current key in a version that is not ours': { target: unmarked('k1', { version: '2' }), is: 'Unmarked' },
  'the current key without a marker, as it was recorded: nothing': { target: unmarked('k1'), is: undefined },
  'the current key without a marker, where versions change with anything: nothing': {
    target: unmarked('k1', { version: '2', versionsNameValues: false }),
    is: undefined,
  },
  'the marker of another rotation over another text': { target: serving('k9', [1, 1], OTHERS), is: 'Foreign' },
  'the marker of another rotation over the current key': { target: serving('k1', [1, 1], OTHERS), is: 'Foreign' },
  'the marker of another installation': {
    target: serving('k1', [9, 9], { marker: marker(9, 9, 'k1', { installation: 'other' }) }),
    is: 'Foreign',
  },
  'a marker of ours above the committed attempt is no drift: status is from the past': {
    target: serving('k9', [1, 2]),
    is: undefined,
  },
  'nor is one of a later revision': { target: serving('k9', [2, 1]), is: undefined },
};

describe('what has changed behind our back', () => {
  test.each(Object.entries(ROWS))('%s', (_sentence, { target, status = idle(), is }) => {
    expect(driftAt(target, factsOf({ status }))).toBe(is);
  });

  test('the version is recorded where it names a value, and only there', () => {
    const facts = factsOf({
      status: idle({ current: recorded('k1') }),
      targets: [unmarked('k9', { version: '4', createdTime: '2030-01-02T00:00:00Z' })],
    });
    const secret = { ...facts, targets: [unmarked('k9', { version: '4', versionsNameValues: false })] };
    const found = { name: 'vault', path: 'vault', change: 'Changed', fingerprint: printOf('k9') };
    expect(driftsOf(facts)).toMatchObject([{ ...found, version: '4', createdTime: '2030-01-02T00:00:00Z' }]);
    expect(driftsOf(secret)).toMatchObject([found]);
    expect(driftsOf(secret)[0]).not.toHaveProperty('version');
  });
});
