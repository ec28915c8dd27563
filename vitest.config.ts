import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that play on all cores by themselves: one at a time, when all others are done. */
const ON_ALL_CORES = ['exhaustive', 'mutants', 'races'].map((name) => `test/simulation/${name}.test.ts`);

/** Files that wait for processes take long for what they cost. They begin first, in this order, so that none is waited for in the end. */
const WAITING = ['/interruptions/', '/leader.', '/kubectl-script.', '/integration/', '/crowd.'];

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turns = [...WAITING, ''];
    const turnOf = ({ moduleId }: TestSpecification) => turns.findIndex((name) => moduleId.includes(name));
    return (await super.sort(files)).toSorted((a, b) => turnOf(a) - turnOf(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: WaitingFirst },
    projects: [
      {
        test: {
          name: 'tests',
          include: [
            'test/{unit,contract,differential,integration,simulation,stories}/**/*.test.ts',
            'packages/*/test/**/*.test.ts',
          ],
          exclude: ON_ALL_CORES,
          testTimeout: 30_000,
          // Some start a whole company first, beside files that use all cores.
          hookTimeout: 60_000,
          // One more than there are cores: some of them wait.
          maxWorkers: availableParallelism() + 1,
          // What one file imports, the next one finds imported: a fifth of the CPU. Tests keep no state in modules.
          isolate: false,
          // Of the tests of one file that say that they can run side by side.
          maxConcurrency: 2,
          sequence: { groupOrder: 0 },
          // Half of the CPU of a process that a test starts goes into reading its modules.
          env: { NODE_COMPILE_CACHE: 'node_modules/.cache/node' },
        },
      },
      {
        test: {
          name: 'simulation',
          include: ON_ALL_CORES,
          testTimeout: 30_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
