import { defineConfig } from 'vitest/config';

/** What measures time has the machine to itself; all the rest waits more than it works, so that several files run at once. */
const ALONE = ['test/e2e/load/*.test.ts', 'test/e2e/components/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/e2e/components/set-up.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/e2e/**/*.test.ts', 'test/contract/{kube-api,vault-kv,store}/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
