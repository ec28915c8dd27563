import { registerHooks } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutate } from './mutant.ts';

/** The top of the repository. */
export const TOP = fileURLToPath(new URL('../../../', import.meta.url));

/** From here on modules of `src/` are loaded with the bug in them; no file is touched. */
export function loadMutated(mutant: Mutant): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const file = url.startsWith('file:') ? relative(TOP, fileURLToPath(url)).replaceAll(sep, '/') : '';
      if (!mutant.edits.some((edit) => edit.file === file)) return loaded;
      return { ...loaded, source: mutate(mutant, file, String(loaded.source)) };
    },
  });
}
