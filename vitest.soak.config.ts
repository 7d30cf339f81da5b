import { defineConfig } from 'vitest/config';
import everyday from './vitest.config.ts';

/** `npm run soak`: the tests that have two sizes, at the sizes that are promised, one file after the other. */
export default defineConfig({
  ...everyday,
  test: {
    pool: 'forks',
    include: ['test/integration/{resilience,privacy}/**/*.test.ts', 'test/integration/gateway/saved-calls.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    provide: { size: 'full' },
    fileParallelism: false,
    execArgv: ['--expose-gc'],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
