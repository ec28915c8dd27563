// Writes the kubectl plugin as one file that Node 20 runs, and the one beside it that kubectl asks for completions.
// `node scripts/bundle-plugin.ts [FOLDER]`; by default into packages/kubectl-apikey/dist.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { COMPLETION } from '../src/cli/complete.ts';

const TOP = join(import.meta.dirname, '..');
const PACKAGE_DIST = join(TOP, 'packages/kubectl-apikey/dist');

/** CommonJS, since Node 20 takes a file without an extension for nothing else. Answers the path of the plugin. */
export async function bundlePlugin(folder: string = PACKAGE_DIST): Promise<string> {
  const plugin = join(folder, 'kubectl-apikey');
  const bundle = await rolldown({
    input: join(TOP, 'src/cli/main.ts'),
    platform: 'node',
    transform: { target: 'node20' },
  });
  await bundle.write({
    file: plugin,
    format: 'cjs',
    minify: true,
    banner: '#!/usr/bin/env node',
    codeSplitting: false,
  });
  await bundle.close();
  const completion = join(folder, 'kubectl_complete-apikey');
  await mkdir(folder, { recursive: true });
  await writeFile(completion, COMPLETION);
  await Promise.all([plugin, completion].map((file) => chmod(file, 0o755)));
  return plugin;
}

if (import.meta.main) await bundlePlugin(process.argv[2]);
