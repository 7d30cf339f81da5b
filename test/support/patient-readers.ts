import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ReadersReport, ReadersTask } from './patient-readers-process.ts';

const path = fileURLToPath(new URL('patient-readers-process.ts', import.meta.url));

/** Starts the process at once, and the clients in it when the returned function is called. */
export function openPatientReaders(): { run(task: ReadersTask): Promise<ReadersReport>; close(): void } {
  const child = fork(path, [], { execArgv: [] });
  return {
    run: async (task) => {
      child.send(task);
      const ended = once(child, 'exit').then(() => {
        throw new Error('The process of the clients ended without a report.');
      });
      ended.catch(() => undefined);
      const [report] = (await Promise.race([once(child, 'message'), ended])) as [ReadersReport];
      return report;
    },
    close: () => void child.kill(),
  };
}
