import { type FreshnessDemand, FreshnessTrace } from '../platform/freshness.ts';
import type { Logger } from '../platform/log.ts';
import { Receipt } from '../platform/receipt.ts';
import type { RequestScope } from '../platform/request-scope.ts';
import { TagCollector } from '../platform/tag-collector.ts';

/** A scope of which more becomes known while its operation is executed. */
export interface OpenRequestScope extends RequestScope {
  /** The demand of the operation itself. */
  demandAnew(demand: FreshnessDemand | undefined): void;
  /** A source was changed: what is read from now on shows the change. */
  hasWritten(): void;
}

/** What one request shares. Its logger is made when something is logged, which most requests never do. */
export function openRequestScope(
  requestId: string,
  tenant: string,
  signal: AbortSignal,
  log: Logger,
  maxAgeSeconds = Number.POSITIVE_INFINITY,
  priority: RequestScope['priority'] = 'interactive',
): OpenRequestScope {
  let requestLog: Logger | undefined;
  let demand: FreshnessDemand | undefined = Number.isFinite(maxAgeSeconds) ? { maxAgeSeconds } : undefined;
  let urgency = priority;
  return {
    requestId,
    tenant,
    signal,
    receipt: new Receipt(),
    freshness: new FreshnessTrace(),
    tags: new TagCollector(),
    // Getters, because loaders are made before these are known.
    get priority() {
      return urgency;
    },
    get demand() {
      return demand;
    },
    demandAnew: (sharpened) => {
      demand = sharpened;
    },
    hasWritten: () => {
      urgency = 'write';
    },
    get log() {
      return (requestLog ??= log.child({ requestId }));
    },
  };
}
