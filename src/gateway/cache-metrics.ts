import { Counter, Gauge, type Registry } from 'prom-client';
import type { OpenRecordCache } from '../cache/open-record-cache.ts';
import type { ResponseCache } from '../cache/responses/response-cache.ts';

export interface CacheReadings {
  readonly records: ReturnType<OpenRecordCache['stats']>;
  /** Null: whole answers are not kept. */
  readonly answers: ResponseCache['usage'] | null;
}

/** What the caches count anyway is read when the metrics are asked for, so that counting costs no read anything. */
export function registerCacheMetrics(registry: Registry, read: () => CacheReadings | null): void {
  const registers = [registry];
  const reads = new Counter({
    name: 'record_cache_reads_total',
    help: 'Records and lists read. hit, miss: without and with waiting for a source; of these, stale: served stale, coalesced: waited for a call of another read.',
    labelNames: ['outcome'] as const,
    registers,
    collect(): void {
      const records = read()?.records;
      if (!records) return;
      setTotals(reads, [
        [{ outcome: 'hit' }, records.hits],
        [{ outcome: 'miss' }, records.misses],
        [{ outcome: 'stale' }, records.stale],
        [{ outcome: 'coalesced' }, records.coalesced],
      ]);
    },
  });
  const evictions = new Counter({
    name: 'record_cache_evictions_total',
    help: 'Entries that left the memory of this instance for want of room.',
    registers,
    collect(): void {
      const records = read()?.records;
      if (records) setTotals(evictions, [[{}, records.evictions]]);
    },
  });
  const tierReads = new Counter({
    name: 'cache_tier_reads_total',
    help: 'Look-ups in a shared tier. miss: includes garbage (not readable) and refused (from before an invalidation).',
    labelNames: ['tier', 'outcome'] as const,
    registers,
    collect(): void {
      setTotals(
        tierReads,
        (read()?.records.tiers ?? []).flatMap(({ name: tier, hits, misses, garbage, refused }) => [
          [{ tier, outcome: 'hit' }, hits],
          [{ tier, outcome: 'miss' }, misses],
          [{ tier, outcome: 'garbage' }, garbage],
          [{ tier, outcome: 'refused' }, refused],
        ]),
      );
    },
  });
  const tierWrites = new Counter({
    name: 'cache_tier_writes_total',
    help: 'Entries written to a shared tier, and those given up: pressed out of the queue, too large, or failed.',
    labelNames: ['tier', 'outcome'] as const,
    registers,
    collect(): void {
      setTotals(
        tierWrites,
        (read()?.records.tiers ?? []).flatMap(({ name: tier, written, writesDropped }) => [
          [{ tier, outcome: 'written' }, written],
          [{ tier, outcome: 'dropped' }, writesDropped],
        ]),
      );
    },
  });
  const tierUp = new Gauge({
    name: 'cache_tier_up',
    help: '1: the shared tier is used; 0: it failed or took too long and is left alone until it answers.',
    labelNames: ['tier'] as const,
    registers,
    collect(): void {
      for (const { name: tier, state } of read()?.records.tiers ?? []) tierUp.set({ tier }, state === 'up' ? 1 : 0);
    },
  });
  const entries = new Gauge({
    name: 'cache_entries',
    help: 'Entries in the memory of this instance: records and lists, and whole answers.',
    labelNames: ['cache'] as const,
    registers,
    collect(): void {
      const readings = read();
      if (!readings) return;
      entries.set({ cache: 'records' }, readings.records.entries);
      if (readings.answers) entries.set({ cache: 'answers' }, readings.answers.answers);
    },
  });
  const bytes = new Gauge({
    name: 'cache_bytes',
    help: 'Estimated memory of these entries.',
    labelNames: ['cache'] as const,
    registers,
    collect(): void {
      const readings = read();
      if (!readings) return;
      bytes.set({ cache: 'records' }, readings.records.bytes);
      if (readings.answers) bytes.set({ cache: 'answers' }, readings.answers.bytes);
    },
  });
}

function setTotals<Label extends string>(
  counter: Counter<Label>,
  totals: readonly (readonly [Partial<Record<Label, string>>, number])[],
): void {
  counter.reset();
  for (const [labels, total] of totals) counter.inc(labels, total);
}
