import { describe, expect, test } from 'vitest';
import { callOf } from '../kernel/faults.ts';
import { commits, judge, keyOf, type Line } from './history.ts';
import { pastIsDetected } from './status.ts';

const at = (revision: number, attempt: number, more: object = {}) => ({ revision, attempt, ...more });
const restores: Line = [1, 'outside', commits(at(2, 1), at(1, 1))];
/** The attempt that is lost has come to a key at this second, and a process has a list from the issuer at another. */
const issues = (second: number): Line => [second, 'op1', { type: 'Issued', key: keyOf(2) }];
const lists = (second: number): Line => [second, 'op1', { type: 'Answered', call: callOf('issuer list'), value: [] }];

describe('S13, a status from the past', () => {
  test.each<[string, Line[], string[]]>([
    [
      'is gone on from',
      [issues(0), restores, [2, 'op1', commits(at(1, 1), at(2, 1))]],
      ['2.1 was begun although 2.1 had been committed'],
    ],
    [
      'that goes back by two attempts is gone on from',
      [
        issues(0),
        [1, 'outside', commits(at(2, 1), at(1, 2))],
        [1, 'outside', commits(at(1, 2), at(1, 1))],
        [2, 'op1', commits(at(1, 1), at(2, 1))],
      ],
      ['2.1 was begun although 2.1 had been committed'],
    ],
    [
      'is gone on from by who has seen its key',
      [issues(0), restores, lists(2), [3, 'op1', commits(at(1, 1), at(2, 1))]],
      ['2.1 was begun although 2.1 had been committed'],
    ],
    [
      'is gone on from by who could not see its key yet',
      [restores, lists(2), issues(3), [3, 'op1', commits(at(1, 1), at(2, 1))]],
      [],
    ],
    ['has come to nothing, and is gone on from', [restores, [2, 'op1', commits(at(1, 1), at(2, 1))]], []],
    ['is only told about', [restores, [2, 'op1', commits(at(1, 1), at(1, 1, { conditions: [] }))]], []],
    [
      'is accepted by a person',
      [restores, [2, 'op1', commits(at(1, 1), at(2, 1, { lastHandled: { acceptState: '2' } }))]],
      [],
    ],
    ['is left behind', [restores, [2, 'op1', commits(at(2, 1), at(3, 1))]], []],
    ['was never there', [[2, 'op1', commits(at(1, 1), at(2, 1))]], []],
  ])('%s', (_name, lines, problems) => {
    expect(judge(pastIsDetected, lines)).toEqual(problems);
  });
});
