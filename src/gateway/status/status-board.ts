import type { GatewayStatus } from '../../generated/graphql.ts';
import type { Clock } from '../../platform/clock.ts';
import type { PoolUse } from '../../platform/database.ts';
import type { DependencyHealth } from '../../platform/health.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import type { QuotaSnapshot } from '../../upstream/quota-ledger.ts';
import type { UpstreamStatus } from '../../upstream/upstream-status.ts';
import type { CacheReadings } from '../cache-metrics.ts';
import { type ActiveAlert, AlertBook, type AlertReading } from './alert-book.ts';
import { readAlerts, utilisationOf } from './alert-readings.ts';
import type { DatabaseOutcomes } from './database-outcomes.ts';
import { ProcessLoad } from './process-load.ts';
import { type HitRatio, RecentHitRatio } from './recent-hit-ratio.ts';

export interface StatusBoardOptions {
  /** All sources but PostgreSQL. */
  upstreams(): readonly UpstreamStatus[];
  quotas(): readonly (readonly [source: UpstreamStatus['source'], quota: QuotaSnapshot])[];
  databaseHealth(): Promise<DependencyHealth>;
  readonly databaseOutcomes: DatabaseOutcomes;
  pools(): readonly PoolUse[];
  furtherAlerts?(): readonly AlertReading[];
  caches(): CacheReadings;
  /** Whole answers that were given without being executed, since the start. */
  keptAnswers(): number;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Between two looks at what may be an alert, so that one is logged also when nobody asks. */
const TICK_MS = 5_000;

type Readings = Parameters<typeof readAlerts>[0];

/** How this instance is doing. Watches on its own, and answers `gatewayStatus`. */
export class StatusBoard {
  readonly #options: StatusBoardOptions;
  readonly #alerts: AlertBook;
  readonly #load = new ProcessLoad();
  readonly #hits = new RecentHitRatio();
  readonly #startedAt: Date;
  readonly #timer: NodeJS.Timeout;

  constructor(options: StatusBoardOptions) {
    this.#options = options;
    this.#alerts = new AlertBook(options);
    this.#startedAt = new Date(options.clock.now());
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  async status(): Promise<GatewayStatus> {
    const readings = await this.#read();
    const { upstreams, pools, hits } = readings;
    return {
      upstreams: upstreams.map(toUpstream),
      cache: this.#cache(hits),
      pools: pools.map((pool) => ({
        name: pool.name,
        size: pool.size,
        idle: pool.idle,
        waiting: pool.waiting,
        utilisation: utilisationOf(pool),
      })),
      alerts: this.#alerts.evaluate(this.#alertReadings(readings)).map(toAlert),
      startedAt: this.#startedAt.toISOString(),
      version: this.#options.version,
    };
  }

  /** As of the latest look. */
  get activeAlerts(): readonly string[] {
    return this.#alerts.active.map(({ name }) => name);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #tick(): Promise<void> {
    this.#load.tick();
    try {
      this.#alerts.evaluate(this.#alertReadings(await this.#read()));
    } catch (error) {
      this.#options.log.error({ error: describeError(error) }, 'The state of the gateway could not be looked at.');
    }
  }

  #alertReadings(readings: Readings): readonly AlertReading[] {
    return [...readAlerts(readings), ...(this.#options.furtherAlerts?.() ?? [])];
  }

  async #read(): Promise<Readings> {
    const { upstreams, quotas, databaseHealth, databaseOutcomes, pools, caches, keptAnswers } = this.#options;
    const health = await databaseHealth();
    const { hits, misses } = caches().records;
    return {
      upstreams: [...upstreams(), databaseOutcomes.status(health)],
      quotas: quotas(),
      pools: pools(),
      hits: this.#hits.measure({ hits: hits + keptAnswers(), misses }),
      load: this.#load.read(),
    };
  }

  #cache(hits: HitRatio): GatewayStatus['cache'] {
    const { records, answers } = this.#options.caches();
    return {
      hitRatio: hits.ratio,
      staleServed: records.stale,
      entries: records.entries + (answers?.answers ?? 0),
      redis: records.tiers.some(({ name, state }) => name === 'redis' && state === 'up'),
    };
  }
}

function toUpstream(status: UpstreamStatus): GatewayStatus['upstreams'][number] {
  const { source, quotaResetsAt, lastErrorAt, lastSuccessAt } = status;
  if (source !== 'SALESFORCE' && source !== 'JIRA' && source !== 'POSTGRES')
    throw new Error(`${source} is no source that the graph tells of.`);
  return {
    ...status,
    source,
    quotaResetsAt: quotaResetsAt?.toISOString() ?? null,
    lastErrorAt: lastErrorAt?.toISOString() ?? null,
    lastSuccessAt: lastSuccessAt?.toISOString() ?? null,
  };
}

function toAlert({ since, ...alert }: ActiveAlert): GatewayStatus['alerts'][number] {
  return { ...alert, since: since.toISOString() };
}
