import { randomUUID } from 'node:crypto';
import { within } from '../cache/time-budget.ts';
import type { Clock } from '../platform/clock.ts';
import { createPool } from '../platform/database-pool.ts';
import type { SourceName } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { RedisClient } from '../platform/redis-client.ts';
import type { Config, PoolSettings } from '../platform/settings.ts';
import { PostgresQuotaStore } from '../upstream/postgres-quota-store.ts';
import { QuotaLedger } from '../upstream/quota-ledger.ts';
import { RedisQuotaStore } from '../upstream/redis-quota-store.ts';
import { RetryBudget } from '../upstream/retry-budget.ts';
import type { UpstreamMetrics } from '../upstream/upstream-metrics.ts';
import type { AllowanceNames } from './allowance-names.ts';

export interface UpstreamPolicyOptions {
  readonly config: Pick<Config, 'salesforceDailyCallBudget'>;
  /** Null: instances hear each other through PostgreSQL alone. */
  readonly redis: RedisClient | null;
  /** Where what instances knew outlives them. */
  readonly database: {
    readonly url: string;
    readonly settings: PoolSettings;
    /** Resolves when the database has this version's tables; it is left alone until then. */
    readonly migrated: Promise<void>;
  };
  readonly allowances: AllowanceNames;
  readonly metrics: UpstreamMetrics;
  readonly log: Logger;
  readonly clock: Clock;
}

/** What all sources of an instance spend from. */
export interface UpstreamPolicy {
  readonly metrics: UpstreamMetrics;
  /** One for all sources together. */
  readonly retryBudget: RetryBudget;
  readonly quotas: { readonly salesforce: QuotaLedger; readonly jira: QuotaLedger };
  /** What the time that a source's values stay fresh is multiplied by. */
  ttlFactor(source: SourceName): number;
  /**
   * Resolves when it is known what PostgreSQL tells of the allowances, or after a moment. Calls that are made before may be the last ones of an
   * organisation.
   */
  settled(): Promise<void>;
  /** In bounded time. */
  close(): Promise<void>;
}

/** The factor is asked for with every record; how full an allowance is need not be looked at as often. */
const FACTOR_HOLDS_MS = 250;
/** One exchange every few seconds, for one source after the other. */
const MAX_CONNECTIONS = 1;
const CONNECTION_TIMEOUT_MS = 1_000;
/** How long the start waits for a PostgreSQL that has its tables; and for one that was waited for already, and has none. */
const START_PATIENCE_MS = 2_500;
const ABSENCE_PATIENCE_MS = 250;
const CLOSE_BUDGET_MS = 1_000;

/** Opens the ledgers; hears the other instances once, within the budget of the store. */
export async function openUpstreamPolicy(options: UpstreamPolicyOptions): Promise<UpstreamPolicy> {
  const { config, redis, database, allowances, metrics, log, clock } = options;
  const instanceId = randomUUID();
  const settings = {
    ...database.settings,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
  };
  const pool = createPool('quotas', database.url, settings, log);
  const { migrated } = database;
  const lastingStore = new PostgresQuotaStore({ pool, instanceId, migrated, log });
  const common = { clock, log, store: redis && new RedisQuotaStore({ redis, instanceId, log }), lastingStore, metrics };
  const quotas = {
    salesforce: new QuotaLedger({
      ...common,
      source: 'SALESFORCE',
      allowance: allowances.salesforce,
      dailyBudgetCalls: config.salesforceDailyCallBudget,
    }),
    jira: new QuotaLedger({ ...common, source: 'JIRA', allowance: allowances.jira }),
  };
  const ledgers = Object.values(quotas);
  await Promise.all(ledgers.map((ledger) => ledger.open()));
  let isMigrated = false;
  const recalled = migrated.then(() => {
    isMigrated = true;
    return Promise.all(ledgers.map((ledger) => ledger.recall()));
  });
  const factors = { SALESFORCE: heldFactor(quotas.salesforce), JIRA: heldFactor(quotas.jira) };
  return {
    metrics,
    retryBudget: new RetryBudget(),
    quotas,
    ttlFactor: (source) => (source === 'SALESFORCE' || source === 'JIRA' ? factors[source]() : 1),
    settled: async () => {
      await within(isMigrated ? START_PATIENCE_MS : ABSENCE_PATIENCE_MS, recalled).catch(() => {
        if (ledgers.some((ledger) => ledger.snapshot().limit === null)) log.warn(BLIND);
      });
    },
    close: async () => {
      await Promise.all(ledgers.map((ledger) => ledger.close()));
      // A server that answers nothing does not say goodbye either.
      await within(CLOSE_BUDGET_MS, pool.end()).catch(() => undefined);
    },
  };
}

const BLIND =
  'What is left of the call allowances is not known from before, since PostgreSQL could not be asked in time; the first call to each source tells.';

function heldFactor(quota: QuotaLedger): () => number {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let factor = 1;
  return () => {
    const nowMs = performance.now();
    if (nowMs - askedAtMs >= FACTOR_HOLDS_MS) {
      askedAtMs = nowMs;
      factor = quota.freshnessFactor();
    }
    return factor;
  };
}
