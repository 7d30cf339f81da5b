import type { Clock } from '../platform/clock.ts';
import { type EntryKind, keyOf } from './entry-kind.ts';
import type { ErrandOutcome, ReadMark } from './fetch-desk.ts';
import type { FreshnessRules } from './freshness-rules.ts';
import { type HeldEntry, newestReading, ownValues } from './held-entry.ts';
import type { InvalidationLedger } from './invalidation-ledger.ts';
import type { MemoryTier } from './memory-tier.ts';
import { withoutReadingsAhead } from './readings-ahead.ts';
import type { FetchedRecord } from './record-kind.ts';
import type { SharedTier } from './shared-tier.ts';

export interface EntryStoreOptions {
  readonly clock: Clock;
  readonly memory: MemoryTier;
  readonly tiers: readonly SharedTier[];
  readonly ledger: InvalidationLedger;
  readonly rules: FreshnessRules;
}

/** Puts what sources answered into every tier, unless it was invalidated since the reading began. */
export class EntryStore {
  readonly #options: EntryStoreOptions;

  constructor(options: EntryStoreOptions) {
    this.#options = options;
  }

  /** Keeps a source's answer for what was asked by `asked`; failures are not kept. */
  keep(kind: EntryKind, asked: string, { mark, record }: ErrandOutcome): void {
    const entry = toHeld(kind, asked, mark, record);
    if (!entry || this.#options.ledger.outdates(entry, mark.sequence)) return;
    if (entry.kind !== 'found') {
      this.#put(kind, asked, entry);
      return;
    }
    this.#put(kind, entry.id, entry);
    for (const name of entry.names) this.#keepName(kind, name, entry.id, mark);
  }

  #keepName(kind: EntryKind, name: string, id: string, { reading }: ReadMark): void {
    const known = this.#options.memory.get(keyOf(kind, name));
    // Names hardly change; writing each of them with every renewal would double the writes.
    if (known?.kind === 'alias' && known.id === id) {
      if (reading.readAtMs - known.reading.readAtMs < this.#options.rules.keepMs(kind) / 4) return;
    }
    this.#put(kind, name, { kind: 'alias', id, reading, tags: kind.tagsOf(id, [name]) });
  }

  /** What comes on the way to other records is put in place of what nobody has looked at since the clock was set back. */
  #dateBack(kind: EntryKind, key: string): void {
    const { clock, memory, rules } = this.#options;
    const known = memory.get(key);
    if (known === undefined) return;
    const ttlMs = rules.ttlMs(kind, known.kind === 'absent' ? 'absent' : 'found');
    const dated = withoutReadingsAhead(known, ttlMs, clock.now());
    if (dated !== known) memory.replace(key, dated);
  }

  #put(kind: EntryKind, id: string, entry: HeldEntry): void {
    const { memory, tiers, ledger, rules } = this.#options;
    const key = keyOf(kind, id);
    this.#dateBack(kind, key);
    const held = memory.put(key, entry);
    if (tiers.length === 0) return;
    const { readAtMs } = newestReading(held);
    const write = {
      key,
      source: kind.source,
      entry: held,
      staleUntilMs: readAtMs + rules.keepMs(kind),
      expiresAtMs: readAtMs + rules.ttlMs(kind, held.kind === 'absent' ? 'absent' : 'found'),
      sequence: ledger.sequence,
    };
    for (const tier of tiers) tier.put(write);
  }
}

/** What is held of a source's answer; null for a failure. */
export function toHeld(kind: EntryKind, asked: string, mark: ReadMark, record: FetchedRecord): HeldEntry | null {
  const { reading } = mark;
  if (record.kind === 'failed') return null;
  if (record.kind === 'absent') return { kind: 'absent', reason: record.reason, reading, tags: kind.tagsOf(asked, []) };
  const id = record.id ?? asked;
  const names = [...new Set([...(record.names ?? []), asked])].filter((name) => name !== id);
  return {
    kind: 'found',
    id,
    values: ownValues(record.values),
    readings: reading,
    names,
    tags: kind.tagsOf(id, names),
    ...(kind.list ? { list: kind.list } : {}),
  };
}
