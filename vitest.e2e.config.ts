import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts', 'test/contract/{kube-api,vault-kv,store}/*.test.ts'],
    globalSetup: ['test/e2e/components/set-up.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
