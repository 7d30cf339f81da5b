import type { FreshnessTrace } from '../../platform/freshness.ts';
import type { CacheUse, CallsBySource } from '../../platform/receipt.ts';
import type { TagCollector } from '../../platform/tag-collector.ts';
import type { KnownOperation } from './operations.ts';
import type { RequestConditions } from './request-conditions.ts';
import type { Visibility } from './visibility.ts';

/** One query that somebody asks. */
export interface AskedOperation {
  readonly operation: KnownOperation;
  readonly visibility: Visibility;
  readonly conditions: RequestConditions;
  /** Aborts when who asked has left. */
  readonly signal: AbortSignal;
  /** Further part of what makes executions equal, such as the media type wanted; stored answers don't depend on it. */
  readonly variant: string;
  /** False: a stored answer can't be given to this request, though a new one may be stored. */
  readonly mayRead: boolean;
}

/** What an execution brought, and what it was made of. */
export interface ExecutedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Data, and no error at all. */
  readonly isComplete: boolean;
  /**
   * When the oldest data was read, and whether some of it was stale: fed by whatever reads through the record cache. Data of which nothing
   * is said counts as read when the execution began.
   */
  readonly freshness: Pick<
    FreshnessTrace,
    'oldestReadAtMs' | 'freshUntilMs' | 'holdsUntilMs' | 'leftAlone' | 'staleSources' | 'staleUses'
  >;
  /** How its records were come by, where some were kept below since before the execution. */
  readonly records?: Readonly<CacheUse>;
  /** What it would have cost by itself with nothing kept. */
  readonly plainCalls: CallsBySource;
  /** Fed with every record by `recordAnswerTags` (gateway), and with what records can't tell by whatever reads through the record cache. */
  readonly tags: TagCollector;
}

export interface ExecutionDemand {
  /** Oldest data that may come from a cache below; Infinity: whatever is fresh there. */
  readonly maxAgeSeconds: number;
}

/** Executes for all who wait: the signal aborts when the last of them has left. */
export type Execute = (signal: AbortSignal, demand: ExecutionDemand) => Promise<ExecutedAnswer>;
