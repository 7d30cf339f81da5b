import type { Logger } from './log.ts';
import type { Receipt } from './receipt.ts';

/** What everything that works for one client request shares. Made once per request, never kept beyond it. */
export interface RequestScope {
  readonly requestId: string;
  /** Tenant of the caller; every tenant table is read and written under it. */
  readonly tenant: string;
  /** Aborts when the client goes away or the request's deadline passes. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly receipt: Receipt;
}
