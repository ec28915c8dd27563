import { describe, expect, test } from 'vitest';
import { commits, judge, type Line } from './history.ts';
import { pastIsDetected } from './status.ts';

const at = (revision: number, attempt: number, more: object = {}) => ({ revision, attempt, ...more });
const restores: Line = [1, 'outside', commits(at(2, 1), at(1, 1))];

describe('S13, a status from the past', () => {
  test.each<[string, Line[], string[]]>([
    [
      'is gone on from',
      [restores, [2, 'op1', commits(at(1, 1), at(2, 1))]],
      ['2.1 was begun although 2.1 had been committed'],
    ],
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
