/** `npm run dev`: the gateway, started anew whenever its source or schema changes, with the resolver types kept in step. */
import { spawn } from 'node:child_process';
import { watch, writeFileSync } from 'node:fs';
import { graphqlTypes } from './generated-files.ts';

process.chdir(new URL('..', import.meta.url).pathname);

/** Editors write a file several times in a row. */
const QUIET_MS = 150;

async function generate(): Promise<void> {
  try {
    for (const [path, content] of await graphqlTypes()) writeFileSync(path, content);
  } catch (error) {
    console.error(`The resolver types were not generated: ${error instanceof Error ? error.message : String(error)}`);
  }
}

await generate();
let pending: NodeJS.Timeout | undefined;
watch('schema', () => {
  clearTimeout(pending);
  pending = setTimeout(() => void generate(), QUIET_MS);
});

// Node stops the gateway with SIGTERM before each restart and waits for it, so the embedded PostgreSQL stops and starts in order.
const gateway = spawn(
  process.execPath,
  ['--watch-path=src', '--watch-path=schema', '--watch-path=migrations', '--watch-preserve-output', 'src/main.ts'],
  {
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => gateway.kill(signal));
gateway.on('exit', (code) => process.exit(code ?? 0));
