import { relative, sep } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';
import { MUTANTS } from './all.ts';
import { TOP } from './load.ts';
import { mutate } from './mutant.ts';

const mutant = MUTANTS.find(({ id }) => id === process.env.MUTANT);

const failed: string[] = [];
/** Prints the names of the tests that failed, as JSON, and nothing else. */
const reporter: Reporter = {
  onTestCaseResult(test) {
    if (test.result().state === 'failed') failed.push(test.name);
  },
  onTestRunEnd: () => console.log(JSON.stringify(failed)),
};

/** The tests of the repository, with one mutant in the code: `MUTANT=M27 vitest run --config …`. */
export default defineConfig({
  root: TOP,
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      transform: (text, file) => mutant && mutate(mutant, relative(TOP, file).replaceAll(sep, '/'), text),
    },
  ],
  // What is kept there is told apart by files and plugins, not by mutants.
  test: {
    fsModuleCache: false,
    include: ['test/{unit,contract,integration,stories}/**/*.test.ts', 'test/simulation/neighbours.test.ts'],
    testTimeout: 30_000,
    reporters: [reporter],
  },
});
