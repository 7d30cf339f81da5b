import { within } from '../cache/time-budget.ts';
import type { Pseudonyms } from '../features/audit/pseudonyms.ts';
import { cleanUp } from '../features/upstream-writes/clean-up.ts';
import type { KeeperQuery } from '../features/upstream-writes/looking-after.ts';
import { UpstreamWrites } from '../features/upstream-writes/upstream-writes.ts';
import { writeTimes } from '../features/upstream-writes/write-times.ts';
import { Job, type JobMetrics } from '../jobs/job.ts';
import { createPool } from '../platform/database-pool.ts';
import type { Logger } from '../platform/log.ts';
import type { Sealer } from '../platform/sealing/sealer.ts';
import type { Config } from '../platform/settings.ts';
import type { AfterWrite } from './after-write.ts';
import type { Slices } from './slices.ts';

export interface OpenUpstreamWritesOptions {
  readonly config: Config;
  readonly slices: Pick<Slices, 'databases' | 'sources' | 'primary'>;
  readonly afterWrite: AfterWrite;
  readonly sealer: Sealer;
  readonly pseudonyms: Pseudonyms;
  readonly metrics: JobMetrics;
  readonly log: Logger;
}

export interface OpenUpstreamWrites {
  readonly writes: UpstreamWrites;
  /** Lets what is under way end, in bounded time. */
  close(): Promise<void>;
}

const LOOK_INTERVAL_MS = 2_000;
const CLEAN_INTERVAL_MS = 600_000;
const QUERY_BUDGET_MS = 3_000;
const CLOSE_BUDGET_MS = 1_000;

/** Opens writing to the sources, with the jobs that look after writes that were left behind and forget what is old. */
export function openUpstreamWrites(options: OpenUpstreamWritesOptions): OpenUpstreamWrites {
  const { config, slices, afterWrite, sealer, pseudonyms, metrics, log } = options;
  const { salesforce, jira } = slices.sources;
  const times = writeTimes(config.upstreamWriteTimeoutMs);
  const writes = new UpstreamWrites({
    database: slices.databases.oltp,
    kinds: [salesforce.writes.psRequestUpdate, jira.writes.transition, jira.writes.comment],
    afterWrite,
    ...{ sealer, pseudonyms, times, log },
  });
  const { url, settings } = slices.primary;
  const pool = createPool('upstream-writes', url, { ...settings, maxConnections: 1 }, log);
  const query: KeeperQuery = async <Row>(text: string, values: readonly unknown[]) => {
    const { rows } = await pool.query({ text, values: [...values], query_timeout: QUERY_BUDGET_MS } as never);
    return rows as Row[];
  };
  const jobs = [
    new Job({
      name: 'look-after-writes',
      intervalMs: LOOK_INTERVAL_MS,
      run: async (signal) => ((await writes.lookingAfter.run(query, signal)) > 0 ? 'done' : 'idle'),
      ...{ log, metrics },
    }),
    new Job({
      name: 'forget-writes',
      intervalMs: CLEAN_INTERVAL_MS,
      run: async (signal) => ((await cleanUp(query, signal)) > 0 ? 'done' : 'idle'),
      ...{ log, metrics },
    }),
  ];
  return {
    writes,
    close: async () => {
      await Promise.all([...jobs.map((job) => job.stop()), writes.close(times.sendMs)]);
      await within(CLOSE_BUDGET_MS, pool.end()).catch(() => undefined);
    },
  };
}
