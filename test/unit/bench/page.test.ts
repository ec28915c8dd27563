import { expect, it } from 'vitest';
import { figuresOf } from '../../../bench/figures.ts';
import { figuresPage } from '../../../bench/page.ts';

const { ofCode, ofMachine } = figuresOf('a');
const machine = { cores: 2, model: 'A Processor', node: 'v26.10.0' };

it('figures stand on the page with machine and date, in the rows of the table that the bench prints', () => {
  const figures = [ofMachine('share | half', [0.5, 0.6, 123.4], 'x', { least: 0.85 }), ofCode('requests', [7])];
  expect(figuresPage([{ date: '2026-11-29T01:02:03.004Z', size: 'full', machine, figures }])).toBe(
    [
      'A run that ended on 2026-11-29, with everything on one machine: 2 cores of A Processor, Node v26.10.0.',
      '',
      '|  | figure | median | from, to | should be |  |',
      '| --- | --- | --- | --- | --- | --- |',
      '| a | share \\| half | 0.6 x | 0.5, 123 | at least 0.85 x | MISSED |',
      '| a | requests | 7 |  |  |  |',
      '',
    ].join('\n'),
  );
});

it('a machine that does not know its model is told by its cores', () => {
  const unknown = { ...machine, model: '', cores: 1 };
  const page = figuresPage([{ date: '2026-11-29T01:02:03.004Z', size: 'full', machine: unknown, figures: [] }]);
  expect(page).toContain(': 1 core, Node v26.10.0.');
});
