import type { SourceName } from '../../platform/errors.ts';
import type { CacheUse, Receipt } from '../../platform/receipt.ts';

/** What an operation did cost: `extensions.receipt`. */
export interface OperationReceipt {
  /** Only sources that were asked. `milliseconds` are added up, also of calls that ran side by side. */
  readonly sources: Partial<Record<SourceName, SourceReceipt>>;
  /** How records and lists were come by; see `CacheUse`. */
  readonly cache: Readonly<CacheUse>;
  /** From the parsed request to the complete answer. */
  readonly milliseconds: number;
}

export interface SourceReceipt {
  readonly calls: number;
  /** Against the source's allowance; for PostgreSQL: statements, those of transactions included. */
  readonly billedCalls: number;
  readonly records: number;
  readonly milliseconds: number;
}

export function toOperationReceipt(receipt: Receipt, durationMs: number): OperationReceipt {
  const sources: Partial<Record<SourceName, SourceReceipt>> = {};
  for (const [source, cost] of Object.entries(receipt.costBySource())) {
    const { calls, billedCalls, records, durationMs: spentMs } = cost;
    sources[source as SourceName] = { calls, billedCalls, records, milliseconds: roundMs(spentMs) };
  }
  return { sources, cache: { ...receipt.cache }, milliseconds: roundMs(durationMs) };
}

function roundMs(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
