// Writes the figures of docs/performance.md from bench/results.json. With --check it writes nothing and fails when they are stale.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { figuresPage } from '../bench/page.ts';

const TOP = join(import.meta.dirname, '..');
const PAGE = join(TOP, 'docs/performance.md');
const BEGIN = '<!-- figures: written by npm run generate from bench/results.json -->\n';
const END = '<!-- end of figures -->';

const figures = figuresPage(JSON.parse(await readFile(join(TOP, 'bench/results.json'), 'utf8')));
const page = await readFile(PAGE, 'utf8');
const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
if (begin < 0 || end < begin) throw new Error(`${PAGE} has no place for the figures: ${BEGIN}${END}`);
const text = `${page.slice(0, begin)}${BEGIN}\n${figures}\n${page.slice(end)}`;
if (!process.argv.includes('--check')) await writeFile(PAGE, text);
else if (text !== page) {
  console.error(`${PAGE} is stale: run npm run generate`);
  process.exitCode = 1;
}
