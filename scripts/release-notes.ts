// Prints what CHANGELOG.md says of the version of package.json: the notes of its release. Fails where that has no date yet.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { versionIn } from './release/changelog.ts';

const TOP = join(import.meta.dirname, '..');
const { version } = JSON.parse(await readFile(join(TOP, 'package.json'), 'utf8'));
console.log(versionIn(await readFile(join(TOP, 'CHANGELOG.md'), 'utf8'), version).text);
