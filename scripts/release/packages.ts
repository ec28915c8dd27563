import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Origin } from './origin.ts';

/**
 * Writes into the package.json of each of these folders where its sources are. npm refuses a package with provenance whose
 * repository is not the one that its workflow ran in.
 */
export async function stampPackages(
  top: string,
  folders: readonly string[],
  { repository }: Pick<Origin, 'repository'>,
): Promise<void> {
  for (const directory of folders) {
    const file = join(top, directory, 'package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    const stamped = {
      ...manifest,
      homepage: `${repository}/tree/main/${directory}#readme`,
      bugs: `${repository}/issues`,
      repository: { type: 'git', url: `git+${repository}.git`, directory },
    };
    await writeFile(file, `${JSON.stringify(stamped, null, 2)}\n`);
  }
}
