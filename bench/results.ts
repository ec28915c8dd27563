import { cpus } from 'node:os';
import type { Figure } from './figures.ts';
import type { Stage } from './stage.ts';

/** A run of `npm run bench`, whole or of some scenarios. */
export interface Run {
  /** When it ended, as in `2026-11-29T01:02:03.004Z`. */
  readonly date: string;
  readonly size: Stage['size'];
  readonly machine: {
    readonly cores: number;
    /** What the processor calls itself; may be empty. */
    readonly model: string;
    /** Version of Node, as in `v26.10.0`. */
    readonly node: string;
  };
  readonly figures: readonly Figure[];
}

/** Figures with this machine and this moment. */
export function runOf(size: Stage['size'], figures: readonly Figure[]): Run {
  const machine = { cores: cpus().length, model: cpus()[0]?.model ?? '', node: process.version };
  return { date: new Date().toISOString(), size, machine, figures };
}

/** As bench/results.json keeps them, the latest last: each scenario in the run that it was part of last. */
export function withRun(runs: readonly Run[], latest: Run): readonly Run[] {
  const isOutdated = ({ scenario }: Figure) => latest.figures.some((figure) => figure.scenario === scenario);
  const before = runs.map((run) => ({ ...run, figures: run.figures.filter((figure) => !isOutdated(figure)) }));
  return [...before.filter(({ figures }) => figures.length > 0), latest];
}
