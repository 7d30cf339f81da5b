import { FreshnessTrace } from '../platform/freshness.ts';
import type { Logger } from '../platform/log.ts';
import { Receipt } from '../platform/receipt.ts';
import type { RequestScope } from '../platform/request-scope.ts';
import { TagCollector } from '../platform/tag-collector.ts';

/** What one request shares. Its logger is made when something is logged, which most requests never do. */
export function openRequestScope(
  requestId: string,
  tenant: string,
  signal: AbortSignal,
  log: Logger,
  maxAgeSeconds = Number.POSITIVE_INFINITY,
): RequestScope {
  let requestLog: Logger | undefined;
  return {
    requestId,
    tenant,
    signal,
    receipt: new Receipt(),
    freshness: new FreshnessTrace(),
    tags: new TagCollector(),
    ...(Number.isFinite(maxAgeSeconds) ? { demand: { maxAgeSeconds } } : {}),
    get log() {
      return (requestLog ??= log.child({ requestId }));
    },
  };
}
