import { Counter, Gauge, type Registry } from 'prom-client';
import type { JobMetrics } from '../jobs/job.ts';

/** What the gateway does by itself and what it is told of changes. */
export interface ChangeMetrics {
  readonly jobs: JobMetrics;
  readonly warmedOperations: Counter<'outcome'>;
  readonly webhooks: Counter<'sender' | 'outcome'>;
}

export function createChangeMetrics(registry: Registry): ChangeMetrics {
  const registers = [registry];
  return {
    jobs: {
      runs: new Counter({
        name: 'job_runs_total',
        help: 'Rounds of the jobs of this instance. done: work was done; idle: nothing to do, or another instance does it; paused: held back; failed.',
        labelNames: ['job', 'outcome'] as const,
        registers,
      }),
      lastDone: new Gauge({
        name: 'job_last_done_timestamp_seconds',
        help: 'When the job last did its work in this instance, Unix time.',
        labelNames: ['job'] as const,
        registers,
      }),
    },
    warmedOperations: new Counter({
      name: 'warmed_operations_total',
      help: 'Operations executed in the background before their answers got old. stored: the answer is kept; unstored, failed: in vain.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    webhooks: new Counter({
      name: 'webhooks_total',
      help: 'Notices of changes by sender and what became of them; unsigned and unreadable ones were refused.',
      labelNames: ['sender', 'outcome'] as const,
      registers,
    }),
  };
}
