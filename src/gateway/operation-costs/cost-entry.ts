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
  // Given without being executed for their request.
  'wholeAnswers',
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

/** Sums over executions and whole answers; their durations are counted by the classes of duration-scale.ts. */
export interface CostEntry extends CostKey, CostSums {
  readonly durations: number[];
  readonly wholeAnswerDurations: number[];
}

export function emptyEntry(key: CostKey): CostEntry {
  const { tenant, hourMs, operationName, documentHash, client } = key;
  const sums = Object.fromEntries(costSums.map((name) => [name, 0])) as CostSums;
  const noDurations = () => Array.from({ length: DURATION_CLASSES }, () => 0);
  const durations = { durations: noDurations(), wholeAnswerDurations: noDurations() };
  return { tenant, hourMs, operationName, documentHash, client, ...sums, ...durations };
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
  countDuration(entry.durations, durationMs);
}

export function addWholeAnswer(entry: CostEntry, durationMs: number): void {
  entry.wholeAnswers += 1;
  countDuration(entry.wholeAnswerDurations, durationMs);
}

export function mergeInto(entry: CostEntry, other: CostEntry): void {
  for (const name of costSums) entry[name] += other[name];
  addCounts(entry.durations, other.durations);
  addCounts(entry.wholeAnswerDurations, other.wholeAnswerDurations);
}

function countDuration(counts: number[], durationMs: number): void {
  const at = durationClassOf(durationMs);
  counts[at] = (counts[at] ?? 0) + 1;
}

function addCounts(counts: number[], more: readonly number[]): void {
  for (const [at, count] of more.entries()) counts[at] = (counts[at] ?? 0) + count;
}
