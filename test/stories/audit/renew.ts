// Writes the records in docs/audit.md anew, from a run of the whole operator on the engines of the sandbox.
import { writeFile } from 'node:fs/promises';
import { DOCUMENT, rewrite } from './life.ts';

const { present, fresh } = await rewrite();
if (fresh !== present) await writeFile(DOCUMENT, fresh);
