import type { OpenRecordCache } from '../cache/open-record-cache.ts';
import { within } from '../cache/time-budget.ts';
import { ChangePoll } from '../jobs/change-poll.ts';
import { Job, type JobOptions } from '../jobs/job.ts';
import type { RecentReads } from '../jobs/recent-reads.ts';
import { SyncCursors } from '../jobs/sync-cursors.ts';
import type { Clock } from '../platform/clock.ts';
import { createPool } from '../platform/database-pool.ts';
import type { Logger } from '../platform/log.ts';
import type { Config, PoolSettings } from '../platform/settings.ts';
import type { JiraSource } from '../sources/jira/source.ts';
import type { SalesforceSource } from '../sources/salesforce/source.ts';
import { type AfterWrite, createAfterWrite } from './after-write.ts';
import type { HttpLimits } from './http-limits.ts';
import type { Route } from './http-server.ts';
import type { ChangeMetrics } from './job-metrics.ts';
import { polledSources } from './polled-sources.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

export interface ChangeFeedsOptions {
  readonly config: Config;
  /** The database of cached payloads, where invalidations are logged. */
  readonly database: { readonly url: string; readonly settings: PoolSettings };
  readonly records: OpenRecordCache;
  readonly reads: RecentReads;
  readonly sources: { readonly salesforce: SalesforceSource; readonly jira: JiraSource };
  readonly limits: Pick<HttpLimits, 'maxNoticeBytes' | 'maxArrivingNoticeBytes'>;
  readonly metrics: ChangeMetrics;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Every way by which the gateway learns that something has changed elsewhere. */
export interface ChangeFeeds {
  readonly routes: readonly [string, Route][];
  readonly afterWrite: AfterWrite;
  /** Ends the jobs first, in bounded time. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 2;
const CLOSE_BUDGET_MS = 1_000;
const CLEAN_INTERVAL_MS = 3_600_000;
/** How often an instance looks whether a poll is due, or what another one has confirmed, within its interval. */
const LOOKS_PER_INTERVAL = 6;
const LEAST_BETWEEN_LOOKS_MS = 200;
const MOST_BETWEEN_LOOKS_MS = 10_000;

export function openChangeFeeds(options: ChangeFeedsOptions): ChangeFeeds {
  const { config, database, records, reads, sources, metrics, log, clock } = options;
  const pool = createPool('changes', database.url, { ...database.settings, maxConnections: MAX_CONNECTIONS }, log);
  const deliveries = new Deliveries(pool, log);
  const invalidate: OpenRecordCache['invalidate'] = (tags, changes) => records.invalidate(tags, changes);
  const { recentWrites } = sources.jira;
  const job = (own: Omit<JobOptions, 'log' | 'metrics'>): Job => new Job({ ...own, log, metrics: metrics.jobs });
  const jobs = [
    job({
      name: 'forget-webhooks',
      intervalMs: CLEAN_INTERVAL_MS,
      run: async () => ((await deliveries.clean()) > 0 ? 'done' : 'idle'),
    }),
  ];
  const intervalMs = config.cache.changePollIntervalSeconds * 1_000;
  if (intervalMs > 0) {
    const cursors = new SyncCursors(pool);
    for (const { polled, intervalMs: ownIntervalMs } of polledSources(sources, intervalMs)) {
      const between = ownIntervalMs / LOOKS_PER_INTERVAL;
      const poll = new ChangePoll({ polled, cursors, cache: records, reads, intervalMs: ownIntervalMs, clock, log });
      jobs.push(
        job({
          name: `poll-${polled.feed}`,
          intervalMs: Math.min(Math.max(between, LEAST_BETWEEN_LOOKS_MS), MOST_BETWEEN_LOOKS_MS),
          run: (signal) => poll.run(signal),
        }),
      );
    }
  }
  return {
    routes: webhookRoutes({ ...options, deliveries, invalidate, recentWrites }),
    afterWrite: createAfterWrite({ invalidate, recentWrites }),
    close: async () => {
      await Promise.all(jobs.map((one) => one.stop()));
      // A server that answers nothing does not say goodbye either.
      await within(CLOSE_BUDGET_MS, pool.end()).catch(() => undefined);
    },
  };
}
