import { describe, expect, it } from 'vitest';
import { type Figure, figuresOf, isKept, percentile95, tableOf } from '../../../bench/figures.ts';

const { ofCode, ofMachine } = figuresOf('a');

describe('a figure', () => {
  it.each<[string, Figure, boolean]>([
    ['without a limit is kept', ofCode('requests', [7]), true],
    ['is kept at its limit', ofCode('requests', [7], '', { most: 7 }), true],
    ['is missed above what is most', ofCode('requests', [7.1], '', { most: 7 }), false],
    ['is missed below what is least', ofMachine('share', [0.84], 'x', { least: 0.85 }), false],
    ['is judged by the middle of its rounds', ofMachine('share', [0.9, 0.1, 0.86], 'x', { least: 0.85 }), true],
    ['of two rounds is judged by what lies between them', ofMachine('share', [0.8, 1], 'x', { least: 0.91 }), false],
  ])('%s', (_what, figure, kept) => {
    expect(isKept(figure)).toBe(kept);
  });

  it('of 95 % leaves out the slowest of twenty', () => {
    expect(percentile95(Array.from({ length: 20 }, (_, at) => 20 - at))).toBe(19);
  });

  it('stands in a table with its spread and its limit', () => {
    const figures = [ofMachine('share', [0.5, 0.6, 123.4], 'x', { least: 0.85 }), ofCode('requests', [7])];
    expect(tableOf(figures)).toBe(
      [
        '   figure    median  from, to  should be',
        'a  share     0.6 x   0.5, 123  at least 0.85 x  MISSED',
        'a  requests  7',
      ].join('\n'),
    );
  });
});
