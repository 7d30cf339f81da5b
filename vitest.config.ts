import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Two kinds of test: `unit` needs no server at all; `integration` shares one PostgreSQL for the whole run (test/support/global-setup.ts).
 * All of it stays on loopback.
 */
export default defineConfig({
  resolve: {
    // graphql has a second, ESM copy of itself for bundlers. Node and the libraries load the CommonJS one; with both in a process,
    // neither takes the other's types.
    alias: [
      { find: /^graphql$/, replacement: fileURLToPath(new URL('node_modules/graphql/index.js', import.meta.url)) },
    ],
  },
  test: {
    pool: 'forks',
    // One more than Vitest takes by itself: most tests wait for servers and timers more than they compute.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 15_000, hookTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
