import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const TOP = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(TOP, path), 'utf8');
const pages = globSync('docs/**/*.md', { cwd: TOP }).toSorted();

/** Each piece of evidence of a page: a test, and words of it. */
const cited = pages.flatMap((page) =>
  [...read(page).matchAll(/^- `(test\/[^`]+)`: (.+)$/gm)].flatMap(([, file = '', words = '']) =>
    words.split(' · ').map((said) => ({ page, file, said })),
  ),
);

describe('a test that a page cites is there', () => {
  it.each(cited)('$page: $file: $said', ({ file, said }) => expect(read(file)).toContain(said));

  it.each(pages)('%s names no file of tests that is not there', (page) => {
    const files = [...read(page).matchAll(/`(test\/[^`]+\.ts)`/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(join(TOP, file)))).toEqual([]);
  });
});
