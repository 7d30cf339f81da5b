import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { EmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { noBudgets } from '../../test/support/no-budgets.ts';
import { type Surroundings, startSurroundings } from '../../test/support/surroundings.ts';
import type { ChildCounts, ChildMessage, ChildOptions } from './gateway-child.ts';
import { createBenchDatabase } from './postgres.ts';

/** One of the gateways that are compared: in a process of its own, with upstreams and a database of its own that begin alike. */
export interface Arm extends AsyncDisposable {
  readonly url: string;
  readonly surroundings: Surroundings;
  counts(): Promise<ChildCounts>;
}

export interface ArmOptions extends Pick<ChildOptions, 'perRequest' | 'isAudited'> {
  readonly postgres: EmbeddedPostgres;
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startArm({ postgres, perRequest, isAudited = true, settings = {} }: ArmOptions): Promise<Arm> {
  await using started = new AsyncDisposableStack();
  const databaseUrl = await createBenchDatabase(postgres);
  const surroundings = started.use(await startSurroundings([databaseUrl]));
  const options: ChildOptions = {
    settings: { ...noBudgets, ...surroundings.settings, DATABASE_URL: databaseUrl, ...settings },
    perRequest,
    isAudited,
  };
  const child = fork(join(import.meta.dirname, 'gateway-child.ts'), [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  started.defer(() => end(child));
  const { url } = await messageOf<{ readonly url: string }>(child);
  const running = started.move();
  return {
    url,
    surroundings,
    counts: async () => {
      const answered = messageOf<ChildCounts>(child);
      child.send('counts');
      return answered;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function messageOf<Message extends ChildMessage>(child: ChildProcess): Promise<Message> {
  const over = new AbortController();
  const { signal } = over;
  try {
    const exited = once(child, 'exit', { signal }).then(ended);
    const [first] = (await Promise.race([once(child, 'message', { signal }), exited])) as [Message];
    return first;
  } finally {
    over.abort();
  }
}

function ended(): never {
  throw new Error('A gateway of the benchmark ended before it was done; what it printed tells why.');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
