import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../../../docs/security.md'), 'utf8');

/** The attacks by number, each with the text below its heading. */
const attacks = [...page.matchAll(/^### (\d+)\. (.*)\n([\s\S]*?)(?=^##)/gm)].map(([, number, title, text = '']) => ({
  number: Number(number),
  title: `${number}. ${title}`,
  text,
}));

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
});
