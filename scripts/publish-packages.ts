// Publishes the packages of the workspaces that npm does not have in their version yet: npm takes a version once, so that a release
// which stopped after the first package could otherwise never be repeated. Run by the release workflow in its own clone, whose
// package.json files it writes the address of the sources into.
//
//   node scripts/publish-packages.ts --repository https://github.com/owner/name
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isOnNpm } from './release/on-npm.ts';
import { repositoryOf } from './release/origin.ts';
import { stampPackages } from './release/packages.ts';

const TOP = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { repository: { type: 'string' } } });
const { workspaces } = await manifestIn('.');
await stampPackages(TOP, workspaces, { repository: repositoryOf(values.repository) });
for (const workspace of workspaces) {
  const { name, version } = await manifestIn(workspace);
  if (isOnNpm(name, version)) console.log(`${name}@${version} is at npm already`);
  else execFileSync('npm', ['publish', '--workspace', workspace, '--access', 'public'], { cwd: TOP, stdio: 'inherit' });
}

async function manifestIn(folder: string) {
  return JSON.parse(await readFile(join(TOP, folder, 'package.json'), 'utf8'));
}
