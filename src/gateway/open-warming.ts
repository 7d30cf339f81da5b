import { Job } from '../jobs/job.ts';
import { Warming } from '../jobs/warming.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Config } from '../platform/settings.ts';
import type { CachedOperations, ResponseCaching } from './cached-operations.ts';
import type { Metrics } from './metrics.ts';
import { type SharedQuery, sharedQueryKey } from './shared-query.ts';
import type { Slices } from './slices.ts';
import { typesBySource } from './source-types.ts';

export interface OpenWarming {
  /** Takes note of what is asked. */
  readonly onSharedQuery: NonNullable<ResponseCaching['onSharedQuery']>;
  start(operations: Pick<CachedOperations, 'warm'>): void;
  stop(): Promise<void>;
}

/** Of one operation. */
const DEADLINE_MS = 30_000;

/** Keeps the operations that are asked most warm, as long as their sources are well and have enough left. */
export function openWarming(options: {
  readonly config: Pick<Config, 'cache'>;
  readonly slices: Pick<Slices, 'caches' | 'sources'>;
  readonly metrics: Pick<Metrics, 'changes'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Between two looks. */
  readonly roundMs: number;
}): OpenWarming {
  const { config, slices, metrics, clock, log } = options;
  let operations: Pick<CachedOperations, 'warm'> | null = null;
  let job: Job | null = null;
  const warming = new Warming<SharedQuery>({
    top: config.cache.warmingTop,
    clock,
    log,
    operations: metrics.changes.warmedOperations,
    mayAsk: (types) => mayAsk(slices, types),
    warm: async (query, maxAgeSeconds, signal) => {
      if (!operations) return 'kept';
      return await operations.warm(query, maxAgeSeconds, AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]));
    },
  });
  return {
    onSharedQuery: (query) => warming.note(sharedQueryKey(query), () => query),
    start: (started) => {
      operations = started;
      job = new Job({
        name: 'warming',
        intervalMs: options.roundMs,
        log,
        metrics: metrics.changes.jobs,
        run: (signal) => warming.run(signal),
      });
    },
    stop: async () => await job?.stop(),
  };
}

const salesforceTypes: ReadonlySet<string> = new Set(typesBySource.SALESFORCE);
const jiraTypes: ReadonlySet<string> = new Set(typesBySource.JIRA);

function mayAsk({ sources }: Pick<Slices, 'sources'>, types: readonly string[]): boolean {
  const { salesforce, jira } = sources;
  const asks = (source: ReadonlySet<string>): boolean => types.some((type) => source.has(type));
  if (asks(salesforceTypes) && !isWell(salesforce)) return false;
  return !asks(jiraTypes) || isWell(jira);
}

function isWell({ upstream }: Slices['sources']['salesforce'] | Slices['sources']['jira']): boolean {
  return upstream.status().state !== 'DOWN' && (upstream.quota?.pressure() ?? 'normal') === 'normal';
}
