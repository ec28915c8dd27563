// Writes what kubectl apikey prints into docs/kubectl-plugin.md; page.test.ts fails when it is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { PAGE, renewed } from './page.ts';

await writeFile(PAGE, await renewed(await readFile(PAGE, 'utf8')));
