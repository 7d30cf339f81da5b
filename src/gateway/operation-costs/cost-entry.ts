import type { Receipt, SourceCost } from '../../platform/receipt.ts';
import { DURATION_CLASSES, durationClassOf } from './duration-scale.ts';

/** What is charged together. */
export interface CostKey {
  readonly tenant: string;
  /** Beginning of the hour, ms since 1970. */
  readonly hourMs: number;
  /** As the document names it; `(anonymous)` without a name. */
  readonly operationName: string;
  /** SHA-256 of the document's text in hexadecimal. */
  readonly documentHash: string;
  readonly client: string;
}

export const costSums = [
  'executions',
  'salesforceCalls',
  'salesforceBilledCalls',
  'jiraCalls',
  'jiraBilledCalls',
  'postgresCalls',
  'postgresStatements',
  'cacheHits',
  'cacheMisses',
  'cacheStale',
  'cacheCoalesced',
] as const;

export type CostSums = Record<(typeof costSums)[number], number>;

/** Sums over executions; `durations` counts them by the classes of duration-scale.ts. */
export interface CostEntry extends CostKey, CostSums {
  readonly durations: number[];
}

export function emptyEntry(key: CostKey): CostEntry {
  const { tenant, hourMs, operationName, documentHash, client } = key;
  const sums = Object.fromEntries(costSums.map((name) => [name, 0])) as CostSums;
  const durations = Array.from({ length: DURATION_CLASSES }, () => 0);
  return { tenant, hourMs, operationName, documentHash, client, ...sums, durations };
}

const nothing: SourceCost = { calls: 0, billedCalls: 0, durationMs: 0, records: 0 };

export function addExecution(entry: CostEntry, receipt: Receipt, durationMs: number): void {
  const { SALESFORCE = nothing, JIRA = nothing, POSTGRES = nothing } = receipt.costBySource();
  entry.executions += 1;
  entry.salesforceCalls += SALESFORCE.calls;
  entry.salesforceBilledCalls += SALESFORCE.billedCalls;
  entry.jiraCalls += JIRA.calls;
  entry.jiraBilledCalls += JIRA.billedCalls;
  entry.postgresCalls += POSTGRES.calls;
  entry.postgresStatements += POSTGRES.billedCalls;
  entry.cacheHits += receipt.cache.hits;
  entry.cacheMisses += receipt.cache.misses;
  entry.cacheStale += receipt.cache.stale;
  entry.cacheCoalesced += receipt.cache.coalesced;
  const at = durationClassOf(durationMs);
  entry.durations[at] = (entry.durations[at] ?? 0) + 1;
}

export function mergeInto(entry: CostEntry, other: CostEntry): void {
  for (const name of costSums) entry[name] += other[name];
  for (const [at, count] of other.durations.entries()) entry.durations[at] = (entry.durations[at] ?? 0) + count;
}
