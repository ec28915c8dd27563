import { describe, expect, test } from 'vitest';
import type { Happening } from '../ledger/ledger.ts';
import { commits, judge, keyOf, type Line, objectWith, serves } from './history.ts';
import { neverThree } from './keys.ts';

const [first, second, third] = [keyOf(1), keyOf(2), keyOf(3)];
const issued = (key: typeof first): Happening => ({ type: 'Issued', key });
const created: Line = [0, 'outside', { type: 'ObjectWritten', before: undefined, after: objectWith({}) }];

describe('S14, never more than two live keys', () => {
  test.each<[string, Line[], string[]]>([
    ['a third one after two that were served', [[3, 'op1', serves(second)]], ['k3 was made while k1 and k2 live']],
    ['a third one beside an orphan', [], []],
    [
      'an orphan, as its attempt is no longer the committed one',
      [
        [3, 'op1', serves(second)],
        [4, 'op1', commits({}, { revision: 3, attempt: 2 })],
      ],
      [],
    ],
    [
      'a third one when a status has condemned the second',
      [
        [3, 'op1', serves(second)],
        [4, 'op1', commits({}, { abandoned: [{ keyID: 'k2' }] })],
      ],
      [],
    ],
  ])('%s', (_name, between, problems) => {
    const history: Line[] = [
      created,
      [1, 'op1', issued(first)],
      [1, 'op1', serves(first)],
      [2, 'op1', issued(second)],
      ...between,
      [5, 'op1', issued(third)],
    ];
    expect(judge(neverThree, history)).toEqual(problems);
  });
});
