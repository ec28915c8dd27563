import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MUTANTS } from './all.ts';
import { TOP } from './load.ts';
import { mutate } from './mutant.ts';

// Told here within milliseconds; whether it is caught takes a process each (mutants.test.ts).
test('every mutant changes something that stands in the code, once', () => {
  const stale = MUTANTS.flatMap((mutant) => {
    const files = new Set(mutant.edits.map(({ file }) => file));
    return [...files].flatMap((file) => {
      try {
        mutate(mutant, file, readFileSync(join(TOP, file), 'utf8'));
        return [];
      } catch (error) {
        return [String(error)];
      }
    });
  });
  expect(stale).toEqual([]);
});
