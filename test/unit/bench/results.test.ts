import { expect, it } from 'vitest';
import { figuresOf } from '../../../bench/figures.ts';
import { type Run, withRun } from '../../../bench/results.ts';

const figure = (letter: string, value: number) => figuresOf(letter).ofCode('requests', [value]);
const run = (date: string, figures: Run['figures']): Run => ({
  date,
  size: 'full',
  machine: { cores: 2, model: 'A Processor', node: 'v26.10.0' },
  figures,
});

it('a scenario that runs again leaves its earlier run, and an earlier run without figures is gone', () => {
  const first = run('2026-11-01', [figure('a', 1), figure('b', 2)]);
  const second = withRun([first], run('2026-11-02', [figure('a', 3), figure('c', 4)]));
  expect(second).toEqual([run('2026-11-01', [figure('b', 2)]), run('2026-11-02', [figure('a', 3), figure('c', 4)])]);
  expect(withRun(second, run('2026-11-03', [figure('b', 5)]))).toEqual([
    run('2026-11-02', [figure('a', 3), figure('c', 4)]),
    run('2026-11-03', [figure('b', 5)]),
  ]);
});
