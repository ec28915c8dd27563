import { describe, expect, test } from 'vitest';
import type { TargetFact } from '../../../src/rotation/facts.ts';
import { keysInUse, mayRevokeOrphan, orphansOf } from '../../../src/rotation/orphans.ts';
import { absent, factsOf, idle, issuing, labelled, marker, migrating, serving, unmarked } from './facts.ts';

const ids = (keys: readonly { keyID: string }[]) => keys.map((key) => key.keyID);

describe('which keys are orphans', () => {
  const committed = { revision: 2, attempt: 3 };

  test('live keys below the committed attempt that status does not name', () => {
    const keys = [labelled('old', 1, 4), labelled('lost', 2, 1), labelled('used', 2, 2)];
    expect(ids(orphansOf(keys, committed, new Set(['used'])))).toEqual(['old', 'lost']);
  });

  test('none that is dead, none of the committed attempt, none above it', () => {
    const keys = [
      labelled('dead', 2, 1, false),
      labelled('now', 2, 3),
      labelled('later', 2, 4),
      labelled('next', 3, 1),
    ];
    expect(orphansOf(keys, committed, new Set())).toEqual([]);
  });
});

describe('which keys status names as in use', () => {
  test.each([
    ['nothing while there is no status', {}, []],
    ['the current key', idle(), ['k1']],
    ['the old key while the new one is obtained', issuing(), ['k1']],
    ['the old and the new key while consumers move', migrating(), ['k1', 'k2']],
  ])('%s', (_sentence, status, named) => {
    expect([...keysInUse(status)].sort()).toEqual(named);
  });
});

const ROWS: Record<string, { targets: TargetFact[]; may: boolean }> = {
  'every target is fenced above it': { targets: [serving('k1', [2, 3]), serving('', [2, 2])], may: true },
  'one target is fenced, another carries the marker of the same attempt': {
    targets: [serving('k1', [2, 3]), serving('k1', [2, 1])],
    may: false,
  },
  'a target carries a lower marker: its publisher may still write': { targets: [serving('k1', [1, 1])], may: false },
  'a target is absent: its publisher may still write': { targets: [serving('k1', [2, 3]), absent()], may: false },
  'a target has no marker': { targets: [unmarked('k1')], may: false },
  'a target carries the key itself, fenced above': { targets: [serving('lost', [2, 3])], may: false },
  'the higher marker belongs to another rotation': {
    targets: [serving('k1', [2, 3], { marker: marker(2, 3, 'k1', { uid: 'uid-2' }) })],
    may: false,
  },
  'the higher marker belongs to another installation': {
    targets: [serving('k1', [2, 3], { marker: marker(2, 3, 'k1', { installation: 'other' }) })],
    may: false,
  },
};

describe('rule R: whether the orphan of attempt 2.1 may be revoked', () => {
  test.each(Object.entries(ROWS))('%s', (_sentence, { targets, may }) => {
    expect(mayRevokeOrphan(labelled('lost', 2, 1), targets, factsOf())).toBe(may);
  });
});
