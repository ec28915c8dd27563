import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Files of the simulation play on all cores by themselves: one at a time, when all others are done. */
const SIMULATION = 'test/simulation/**/*.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'tests',
          include: [
            'test/{unit,contract,differential,integration,stories}/**/*.test.ts',
            'packages/*/test/**/*.test.ts',
          ],
          testTimeout: 30_000,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
          // Half of the CPU of a process that a test starts goes into reading its modules.
          env: { NODE_COMPILE_CACHE: 'node_modules/.cache/node' },
        },
      },
      {
        test: {
          name: 'simulation',
          include: [SIMULATION],
          testTimeout: 30_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
