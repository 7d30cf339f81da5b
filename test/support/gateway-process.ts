import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testKeys } from './keys.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface GatewayProcess {
  readonly pid: number;
  /** Where it listens, from what it printed. */
  readonly url: string;
  /** Everything it has written so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Code and signal of its end. */
  readonly ended: Promise<ProcessEnd>;
}

interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

interface Running {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<ProcessEnd>;
}

/** Runs `src/main.ts` with these settings, the keys of all tests, a data directory of its own unless named, and nothing else of this process. */
export function runMain(settings: Readonly<Record<string, string>>): Running {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gateway-process-'));
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      DATA_DIRECTORY: dataDirectory,
      ...testKeys,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.on('close', (code, signal) => {
      rmSync(dataDirectory, { recursive: true, force: true });
      resolve({ code, signal, output });
    });
  });
  return { child, output: () => output, ended };
}

/** A gateway in a process of its own, once it listens. Ends it and rejects with its output when that takes longer than `timeoutMs`. */
export async function startGatewayProcess(
  settings: Readonly<Record<string, string>>,
  timeoutMs = 30_000,
): Promise<GatewayProcess> {
  const { child, output, ended } = runMain({ PORT: '0', ...settings });
  const deadline = performance.now() + timeoutMs;
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  for (;;) {
    const url = /(http:\/\/[^\s/]+)\/graphql/.exec(output())?.[1];
    if (url && child.pid) {
      const signal = (name: NodeJS.Signals): void => void child.kill(name);
      return { pid: child.pid, url, output, signal, ended };
    }
    if (hasEnded || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The gateway did not start:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Processes that descend from this one, by pid, as /proc tells. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended while we looked.
    }
  }
  const found: number[] = [];
  for (let next: number[] = [pid]; next.length > 0; ) {
    next = next.flatMap((parent) => children.get(parent) ?? []);
    found.push(...next);
  }
  return found;
}

/** Processes whose command line holds this text: what works in a directory of the test's own, whoever its parent is by now. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Whether a process with this pid lives; one that only waits to be collected does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0] !== 'Z';
  } catch {
    return false;
  }
}
