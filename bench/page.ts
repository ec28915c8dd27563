import { rowsOf } from './figures.ts';
import type { Run } from './results.ts';

/** The figures of runs in Markdown, the latest first: of each on which machine and when, and a table. */
export function figuresPage(runs: readonly Run[]): string {
  return runs.toReversed().map(figuresOfRun).join('\n');
}

function figuresOfRun({ date, machine: { cores, model, node }, figures }: Run): string {
  const processor = `${cores} ${cores === 1 ? 'core' : 'cores'}${model && ` of ${model}`}`;
  const [head = [], ...rows] = rowsOf(figures).map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  return `A run that ended on ${date.slice(0, 10)}, with everything on one machine: ${processor}, Node ${node}.\n\n${lines.join('')}`;
}
