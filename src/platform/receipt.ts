import type { SourceName } from './errors.ts';

/** What one call to a source cost. */
export interface SourceCall {
  readonly source: SourceName;
  /** Kind of call, a short constant: `composite`, `query`, `bulkfetch`, `sql` … */
  readonly operation: string;
  /** Calls that count against the source's allowance. */
  readonly billedCalls: number;
  readonly durationMs: number;
  readonly records: number;
}

/** The calls of one request to one source, added up. */
export interface SourceCost {
  readonly calls: number;
  readonly billedCalls: number;
  readonly durationMs: number;
  readonly records: number;
}

/** How the records and lists of one request were come by; each is counted once as hit or miss for every time it is asked for. */
export interface CacheUse {
  /** Answered without waiting for a source. */
  hits: number;
  /** Waited for a source, at least for some field. */
  misses: number;
  /** Served older than its freshness allows: while it is renewed, or because its source fails. Counted as hit or miss too. */
  stale: number;
  /** Misses that waited for a call that another read had asked for. Counted as misses too. */
  coalesced: number;
}

/** Calls by source. */
export type CallsBySource = Readonly<Partial<Record<SourceName, number>>>;

/** What one request cost in calls; every station below the resolvers adds to it. A call shared by several requests is on each one's receipt. */
export class Receipt {
  readonly calls: SourceCall[] = [];
  readonly cache: CacheUse = { hits: 0, misses: 0, stale: 0, coalesced: 0 };
  /** Sources of which something was used that had been kept since before the request began. */
  readonly keptOf = new Set<SourceName>();
  /** Sources of which a call was made for other requests too, or spared by theirs: it may hold more or fewer calls than were needed for this one. */
  readonly sharedOf = new Set<SourceName>();
  /** When what was fetched for it was read, in milliseconds since the epoch. */
  readonly readAtMs = new Set<number>();
  /** What it would have cost by itself with nothing kept; null until the operation is answered. */
  plainCalls: CallsBySource | null = null;

  /** A call that answered several questions of the request comes from each of them, and counts once. */
  add(call: SourceCall): void {
    if (!this.calls.includes(call)) this.calls.push(call);
  }

  /** Calls, billed calls and milliseconds by source; milliseconds are added up, also of calls that ran side by side. */
  costBySource(): Partial<Record<SourceName, SourceCost>> {
    const costs: Partial<
      Record<SourceName, { calls: number; billedCalls: number; durationMs: number; records: number }>
    > = {};
    for (const call of this.calls) {
      const cost = (costs[call.source] ??= { calls: 0, billedCalls: 0, durationMs: 0, records: 0 });
      cost.calls += 1;
      cost.billedCalls += call.billedCalls;
      cost.durationMs += call.durationMs;
      cost.records += call.records;
    }
    return costs;
  }
}
