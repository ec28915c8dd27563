// Writes docs/troubleshooting.md. With --check it writes nothing and fails when the page is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { troubleshooting } from './page.ts';

const PAGE = join(import.meta.dirname, '../../../../docs/troubleshooting.md');

if (!process.argv.includes('--check')) await writeFile(PAGE, troubleshooting());
else if ((await readFile(PAGE, 'utf8').catch(() => '')) !== troubleshooting()) {
  console.error('docs/troubleshooting.md is stale: run npm run generate');
  process.exitCode = 1;
}
