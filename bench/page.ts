import { rowsOf } from './figures.ts';
import type { Results } from './results.ts';

/** The figures of a run in Markdown: on which machine and when, and a table. */
export function figuresPage({ date, machine: { cores, model, node }, figures }: Results): string {
  const processor = `${cores} ${cores === 1 ? 'core' : 'cores'}${model && ` of ${model}`}`;
  const [head = [], ...rows] = rowsOf(figures).map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  return `A run that ended on ${date.slice(0, 10)}, with everything on one machine: ${processor}, Node ${node}.\n\n${lines.join('')}`;
}
