import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { testKeys } from './keys.ts';

/** Runs `src/commands/<name>.ts` with these settings, the keys of all tests and nothing else of this process, and waits for its end. */
export function runCommand(
  name: string,
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const path = fileURLToPath(new URL(`../../src/commands/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...testKeys, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}
