import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface CrowdTask {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** So many clients, over a connection each. */
  readonly clients: number;
  readonly milliseconds: number;
  /** Bodies of the operations that they send, one after the other; null: they look at `/healthz` alone, once a second each. */
  readonly operations: readonly string[] | null;
  /** All begin at the same moment; within a second unless told. */
  readonly atOnce?: boolean;
}

export interface CrowdAnswer {
  readonly to: 'operation' | 'look';
  readonly status: number;
  /** From when the request was written, on a connection that was there, to the end of the answer's headers. */
  readonly milliseconds: number;
  /** Seconds. */
  readonly retryAfter: string | null;
  readonly text: string;
}

export interface CrowdReport {
  readonly answers: readonly CrowdAnswer[];
  /** From the first request to the last answer. */
  readonly milliseconds: number;
}

/** Clients in a process of their own, so that their work is not taken for the server's. */
export interface Crowd extends AsyncDisposable {
  /**
   * Resolves when everybody has got the last answer. Who is served asks again; who is refused waits about as long as it was told to, and looks at
   * `/healthz` now and then instead of asking. One task at a time; connections are kept from one to the next.
   */
  carryOut(task: CrowdTask): Promise<CrowdReport>;
}

export function startCrowd(): Crowd {
  const child = fork(fileURLToPath(new URL('crowd-process.ts', import.meta.url)), { serialization: 'advanced' });
  return {
    carryOut: async (task) => {
      child.send(task);
      return await reportOf(child);
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function reportOf(child: ChildProcess): Promise<CrowdReport> {
  const over = new AbortController();
  const { signal } = over;
  try {
    const exited = once(child, 'exit', { signal }).then(() => {
      throw new Error('The process of the clients ended; what it printed tells why.');
    });
    const [report] = (await Promise.race([once(child, 'message', { signal }), exited])) as [CrowdReport];
    return report;
  } finally {
    over.abort();
  }
}
