import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { SourceName } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { RedisClient } from '../platform/redis-client.ts';
import { QuotaLedger } from '../upstream/quota-ledger.ts';
import { type QuotaStore, RedisQuotaStore } from '../upstream/quota-store.ts';
import { RetryBudget } from '../upstream/retry-budget.ts';
import type { UpstreamMetrics } from '../upstream/upstream-metrics.ts';

export interface UpstreamPolicyOptions {
  readonly config: Pick<Config, 'salesforceDailyCallBudget'>;
  /** Null: every instance counts for itself. */
  readonly redis: RedisClient | null;
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
  close(): void;
}

/** The factor is asked for with every record; how full an allowance is need not be looked at as often. */
const FACTOR_HOLDS_MS = 250;

/** Opens the ledgers; hears the other instances once, within the budget of the store. */
export async function openUpstreamPolicy(options: UpstreamPolicyOptions): Promise<UpstreamPolicy> {
  const { config, redis, metrics, log, clock } = options;
  const store: QuotaStore | null = redis && new RedisQuotaStore({ redis, instanceId: randomUUID(), log });
  const common = { clock, log, store, metrics };
  const quotas = {
    salesforce: new QuotaLedger({
      ...common,
      source: 'SALESFORCE',
      dailyBudgetCalls: config.salesforceDailyCallBudget,
    }),
    jira: new QuotaLedger({ ...common, source: 'JIRA' }),
  };
  await Promise.all([quotas.salesforce.open(), quotas.jira.open()]);
  const factors = { SALESFORCE: heldFactor(quotas.salesforce), JIRA: heldFactor(quotas.jira) };
  return {
    metrics,
    retryBudget: new RetryBudget(),
    quotas,
    ttlFactor: (source) => (source === 'SALESFORCE' || source === 'JIRA' ? factors[source]() : 1),
    close: () => {
      quotas.salesforce.close();
      quotas.jira.close();
    },
  };
}

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
