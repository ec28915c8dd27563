import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACCOUNTS } from './accounts.ts';
import { blocksOf, namesOf, PAGES } from './block.ts';

const TOP = join(import.meta.dirname, '../../..');
const accounts = Object.entries(ACCOUNTS);
const names = new Set(PAGES.flatMap(blocksOf).flatMap(namesOf));

describe('the account of', () => {
  it.each(accounts)('%s is of a block that is there', (name) => {
    expect(names).toContain(name);
  });

  it.each(accounts.flatMap(([name, account]) => ('playedBy' in account ? [{ name, ...account }] : [])))(
    '$name names a test that reads it from the page: $playedBy',
    ({ name, playedBy }) => {
      const test = readFileSync(join(TOP, playedBy), 'utf8');
      expect([`documented('${name}')`, `documentedText('${name}')`].filter((read) => test.includes(read))).toHaveLength(
        1,
      );
    },
  );
});
