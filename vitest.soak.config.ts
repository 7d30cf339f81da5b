import { defineConfig } from 'vitest/config';
import everyday from './vitest.config.ts';

/** `npm run soak`: the tests of outages, load and leaks at the sizes that are promised, one file after the other. */
export default defineConfig({
  ...everyday,
  test: {
    pool: 'forks',
    include: ['test/integration/resilience/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    provide: { size: 'full' },
    fileParallelism: false,
    execArgv: ['--expose-gc'],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
