// Writes the figures of docs/performance.md from bench/results.json. With --check it writes nothing and fails when they are stale.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { figuresPage } from '../bench/page.ts';
import { renewBetween } from './generated.ts';

const TOP = join(import.meta.dirname, '..');
const MARKS = [
  '<!-- figures: written by npm run generate from bench/results.json -->\n',
  '<!-- end of figures -->',
] as const;

const figures = figuresPage(JSON.parse(await readFile(join(TOP, 'bench/results.json'), 'utf8')));
await renewBetween(join(TOP, 'docs/performance.md'), MARKS, figures);
