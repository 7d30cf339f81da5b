import type { FreshnessDemand, FreshnessTrace } from './freshness.ts';
import type { Logger } from './log.ts';
import type { CallPriority } from './priority.ts';
import type { Receipt } from './receipt.ts';
import type { TagCollector } from './tag-collector.ts';

/** What everything that works for one client request shares. Made once per request, never kept beyond it. */
export interface RequestScope {
  readonly requestId: string;
  /** Tenant of the caller; every tenant table is read and written under it. */
  readonly tenant: string;
  /** Aborts when the client goes away or the request's deadline passes. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly receipt: Receipt;
  /** How old what was used is; fed by whatever reads through the record cache. Absent in work that answers nobody. */
  readonly freshness?: FreshnessTrace;
  /** What the answer is made of; without it the answer is not kept. Absent in work that answers nobody. */
  readonly tags?: TagCollector;
  /** How urgent its reads of sources are; once it has written, as urgent as writes. `interactive` when absent. */
  readonly priority?: CallPriority;
  /** How fresh the client wants what it gets; a field may ask otherwise (EdgeRequest.demand). Absent: what is fresh will do. */
  readonly demand?: FreshnessDemand | undefined;
}
