import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/helpers/minilm.ts',
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // Real servers, models and browsers are installed and started on first use.
    testTimeout: 120_000,
    hookTimeout: 600_000,
    env: { DENSCAPE_CACHE: new URL('.cache/denscape', import.meta.url).pathname },
  },
});
