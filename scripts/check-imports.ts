// Fails when a source file imports what scripts/import-rules.ts forbids, and says which and why.
import { glob, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { importProblems } from './import-rules.ts';

const TOP = join(import.meta.dirname, '..');
const problems: string[] = [];

for await (const file of glob(['src/**/*.ts', 'packages/*/src/**/*.ts'], { cwd: TOP })) {
  problems.push(...importProblems(file.replaceAll(sep, '/'), await readFile(join(TOP, file), 'utf8')));
}
for (const problem of problems.toSorted()) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
