import { type FreshnessDemand, FreshnessTrace } from '../platform/freshness.ts';
import type { Logger } from '../platform/log.ts';
import { Receipt } from '../platform/receipt.ts';
import type { RequestScope } from '../platform/request-scope.ts';
import { TagCollector } from '../platform/tag-collector.ts';

/** A scope whose demand the operation may still sharpen, once it is known which one is executed. */
export interface OpenRequestScope extends RequestScope {
  demandAnew(demand: FreshnessDemand | undefined): void;
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
  return {
    requestId,
    tenant,
    signal,
    priority,
    receipt: new Receipt(),
    freshness: new FreshnessTrace(),
    tags: new TagCollector(),
    // A getter, because loaders are made before it is known.
    get demand() {
      return demand;
    },
    demandAnew: (sharpened) => {
      demand = sharpened;
    },
    get log() {
      return (requestLog ??= log.child({ requestId }));
    },
  };
}
