import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/minilm.ts', 'test/helpers/shared-milvus.ts'],
    environment: 'node',
    pool: 'forks',
    // One more than processors: tests of servers, browsers and processes wait for a third of their time.
    maxWorkers: availableParallelism() + 1,
    // Real servers, models and browsers are installed and started on first use.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    // Servers, browsers and killed processes share the processors with other tests; the second reporter names what passed only then.
    retry: 1,
    reporters: ['default', './scripts/repeated-tests.mjs'],
    env: { DENSCAPE_CACHE: new URL('.cache/denscape', import.meta.url).pathname },
  },
});
