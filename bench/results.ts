import { cpus } from 'node:os';
import type { Figure } from './figures.ts';
import type { Stage } from './stage.ts';

/** A run of `npm run bench`, as bench/results.json keeps it. */
export interface Results {
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
export function resultsOf(size: Stage['size'], figures: readonly Figure[]): Results {
  const machine = { cores: cpus().length, model: cpus()[0]?.model ?? '', node: process.version };
  return { date: new Date().toISOString(), size, machine, figures };
}
