import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const TOP = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(TOP, path), 'utf8');
const page = read('docs/security.md');

/** The attacks by number, each with the text below its heading. */
const attacks = [...page.matchAll(/^### (\d+)\. (.*)\n([\s\S]*?)(?=^##)/gm)].map(([, number, title, text = '']) => ({
  number: Number(number),
  title: `${number}. ${title}`,
  text,
}));

/** Each piece of evidence: a file, and words of it. */
const cited = [...page.matchAll(/^- `(test\/[^`]+)`: (.+)$/gm)].flatMap(([, file = '', words = '']) =>
  words.split(' · ').map((said) => ({ file, said })),
);

const CHECKLIST = 20;

describe('docs/security.md', () => {
  it('goes through every attack of the checklist, in its order', () => {
    const numbers = attacks.map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(CHECKLIST);
  });

  it.each(attacks)('names for “$title” a test, or says why there is none', ({ text }) => {
    expect(text).toMatch(/^(- `test\/|Does not apply yet: )/m);
  });

  it.each(cited)('finds in $file: $said', ({ file, said }) => expect(read(file)).toContain(said));

  it('names no file of tests that is not there', () => {
    const files = [...page.matchAll(/`(test\/[^`]+\.ts)`/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(join(TOP, file)))).toEqual([]);
  });
});
