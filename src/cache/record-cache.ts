import type { Clock } from '../platform/clock.ts';
import type { SourceName } from '../platform/errors.ts';
import type { FreshnessDemand } from '../platform/freshness.ts';
import { entryKindOfLists, entryKindOfRecords, keyOf, LIST_FIELDS } from './entry-kind.ts';
import { EntryReader, type OnRead } from './entry-reader.ts';
import { EntryStore } from './entry-store.ts';
import { FetchDesk, type ReadMark } from './fetch-desk.ts';
import { type FreshnessLimits, FreshnessRules } from './freshness-rules.ts';
import { InvalidationLedger } from './invalidation-ledger.ts';
import { isMasked, ownTags } from './masked-entries.ts';
import { MemoryTier, type MemoryTierLimits } from './memory-tier.ts';
import type { ListAnswer, ReadScope, RecordAnswer } from './record-answer.ts';
import { type ExplainedTags, explainedTags, type RecordChange, tagsOfChanges } from './record-change.ts';
import type { FetchedRecord, ListKind, RecordKind, SideRecord } from './record-kind.ts';
import { hideNothing, type RecordMask } from './record-mask.ts';
import type { JsonValue } from './record-values.ts';
import { type Renewal, Renewals } from './renewals.ts';
import { SharedLookups } from './shared-lookups.ts';
import type { SharedTier, SharedWrite, TierStats } from './shared-tier.ts';
import { SourceReturns } from './source-returns.ts';
import { sourceTag } from './tags.ts';

/** So long memory is looked through before others get a turn. */
const MAX_LOOK_MS = 10;

export interface RecordsQuestion {
  readonly kind: RecordKind;
  /** Identities or other names of records. Equal ones are read once. */
  readonly ids: readonly string[];
  /** The source's names of the fields; at least one. Never one that the source is known not to show: it would be asked for every time. */
  readonly fields: readonly string[];
  /** What a fetch may bring along of other records, in words of the kind: a reference and what will be read of the record at its end. */
  readonly sideFields?: readonly string[];
  readonly demand?: FreshnessDemand;
  readonly scope: ReadScope;
}

export interface ListsQuestion {
  readonly kind: ListKind;
  /** What tells the lists of this kind apart: a parent's id, or the parameters in one fixed notation. */
  readonly keys: readonly string[];
  /** Fields that will be read of the records; a fetch brings them along where it can. */
  readonly fields: readonly string[];
  readonly demand?: FreshnessDemand;
  readonly scope: ReadScope;
}

export interface HeldListQuestion extends Pick<ListsQuestion, 'kind' | 'demand' | 'scope'> {
  readonly key: string;
}

/** Records that were read while it was found out what has changed. */
export interface BroughtRecords {
  /** Taken before the reading began. */
  readonly mark: ReadMark;
  /** By kind and identity; null: there is none any more. */
  readonly records: BroughtByKind;
}

export type BroughtByKind = ReadonlyMap<RecordKind, ReadonlyMap<string, SideRecord | null>>;

export interface CacheStats {
  readonly entries: number;
  /** Estimated from above. */
  readonly bytes: number;
  readonly evictions: number;
  readonly hits: number;
  readonly misses: number;
  readonly stale: number;
  readonly coalesced: number;
  /** Hits among all questions since the start, 0 to 1; null before the first. */
  readonly hitRatio: number | null;
  /** Records and lists that are being fetched. */
  readonly inFlight: number;
  readonly tiers: readonly TierStats[];
}

/** What the core needs of the tiers and the other instances; `openRecordCache` puts it together. */
export interface RecordCacheParts {
  readonly clock: Clock;
  readonly limits: FreshnessLimits;
  readonly memory: MemoryTierLimits;
  readonly coalesceWindowMs: number;
  /** Shared tiers, the fastest first. */
  tiers(isCurrent: (write: SharedWrite) => boolean): readonly SharedTier[];
  /** Whether what other instances have invalidated is known. */
  isReady(): boolean;
  /** Tells the others of an invalidation that was applied here; false while instances that start later could not learn of it. */
  announce(tags: readonly string[], sequence: number, explained: ExplainedTags): Promise<boolean>;
  readonly ledger?: InvalidationLedger;
  readonly mask?: RecordMask | undefined;
  /** Told of every read that somebody waits for. */
  readonly onRead?: OnRead | undefined;
}

/**
 * The records and lists of all sources, shared by all requests: what the gateway's own user in each source sees. Who may see it is decided
 * above. A record is held by identity with the fields that were read of it, each with its own age; asking for a subset is a hit, and only
 * what is missing or too old is fetched.
 */
export class RecordCache {
  readonly #parts: RecordCacheParts;
  readonly #ledger: InvalidationLedger;
  readonly #memory: MemoryTier;
  readonly #tiers: readonly SharedTier[];
  readonly #desk: FetchDesk;
  readonly #store: EntryStore;
  readonly #reader: EntryReader;
  readonly #renewals = new Renewals();
  readonly #mask: RecordMask;
  readonly returns = new SourceReturns();

  constructor(parts: RecordCacheParts) {
    this.#parts = parts;
    const { clock, limits, coalesceWindowMs, mask = hideNothing } = parts;
    const ledger = parts.ledger ?? new InvalidationLedger();
    const memory = new MemoryTier(parts.memory, ledger);
    const rules = new FreshnessRules(limits);
    const tiers = parts.tiers(({ entry, sequence }) => !ledger.outdates(entry, sequence));
    const store = new EntryStore({ clock, memory, tiers, ledger, rules });
    const desk = new FetchDesk({
      clock,
      ledger,
      coalesceWindowMs,
      mask,
      onFetched: (kind, errand, outcome) => store.keep(kind, errand.id, outcome),
      onSideRecords: (kind, records, mark) => this.putRecords(kind, records, mark),
    });
    const lookups = new SharedLookups({
      tiers,
      ledger,
      clock,
      mask,
      isReady: parts.isReady,
      keep: (key, entry) => memory.put(key, entry),
    });
    this.#mask = mask;
    this.#ledger = ledger;
    this.#memory = memory;
    this.#tiers = tiers;
    this.#desk = desk;
    this.#store = store;
    this.#reader = new EntryReader({
      clock,
      ledger,
      memory,
      lookups,
      desk,
      rules,
      renewals: this.#renewals,
      returns: this.returns,
      onRead: parts.onRead,
    });
  }

  /**
   * One answer for each id, in the order asked; a record that can not be read fails alone. Rejects only with REQUEST_TIMEOUT, when the
   * scope's signal aborts first.
   */
  async readRecords({ kind, ids, fields, sideFields = [], demand, scope }: RecordsQuestion): Promise<RecordAnswer[]> {
    // Nothing would say how old the answer may be. A defect of the caller, not of the request.
    if (fields.length === 0) throw new TypeError(`Ask ${kind.type} for one field at least, its id for example.`);
    return await this.#reader.read({ kind: entryKindOfRecords(kind), fields, sideFields, demand, scope }, ids);
  }

  /** One answer for each key, in the order asked. The records are read with `readRecords`, where those that came along are hits. */
  async readLists({ kind, keys, fields, demand, scope }: ListsQuestion): Promise<ListAnswer[]> {
    const question = { kind: entryKindOfLists(kind), fields: LIST_FIELDS, sideFields: fields, demand, scope };
    return (await this.#reader.read(question, keys)).map(toListAnswer);
  }

  /** What memory holds of a list, where it may be served at once; asks nobody, and counts as no read. */
  heldList({ kind, key, demand, scope }: HeldListQuestion): ListAnswer | null {
    const question = { kind: entryKindOfLists(kind), fields: LIST_FIELDS, sideFields: [], demand, scope };
    const answer = this.#reader.held(question, key);
    return answer && toListAnswer(answer);
  }

  /** Take it before reading anything whose records are given to `putRecords`. */
  beginRead(): ReadMark {
    return this.#desk.markNow();
  }

  /** Keeps records that were read on the way, by identity. Those that were invalidated since the mark was taken are not kept. */
  putRecords(kind: RecordKind, records: ReadonlyMap<string, SideRecord | null>, mark: ReadMark): void {
    const entryKind = entryKindOfRecords(kind);
    for (const [id, record] of records) {
      const fetched: FetchedRecord = record
        ? { kind: 'found', ...record, values: this.#mask(entryKind, id, record.values) }
        : { kind: 'absent', reason: 'notFound' };
      this.#store.keep(entryKind, id, { mark, record: fetched });
    }
  }

  /**
   * Nothing that was read before is served any more under these tags (see tags.ts): here from this moment, before the promise settles; in
   * other instances within a second. Settles when the others can know, in bounded time; never rejects. `changes`: records that were made,
   * changed or removed; they and the lists that this may concern are invalidated too, with no need to name their tags. `brought`: what was
   * read of them when that was found out; it is kept, where nothing else has invalidated it since. Answers false while only instances that
   * run now know of it: it is lost if this one ends before PostgreSQL takes it.
   */
  async invalidate(
    tags: readonly string[],
    changes: readonly RecordChange[] = [],
    brought?: BroughtRecords,
  ): Promise<boolean> {
    const distinct = [...new Set([...tags, ...tagsOfChanges(changes)])];
    if (distinct.length === 0) return true;
    const isUntouched = brought && this.#untouchedSince(brought);
    // Nothing is added of what is held of the records: a list may have been read later, and knows what nobody has told here.
    const explained = explainedTags(
      changes.map((change) => this.#tellable(change)),
      tags,
    );
    const sequence = this.#ledger.applyOwn(distinct, explained);
    const isKept = await this.#parts.announce(distinct, sequence, explained);
    if (brought && isUntouched) this.#keepBrought(brought, isUntouched, sequence);
    return isKept;
  }

  /** Of the records that were brought, those that nothing has invalidated since they were read. */
  #untouchedSince({ mark, records }: BroughtRecords): ReadonlySet<string> {
    const untouched = new Set<string>();
    for (const [kind, ofKind] of records) {
      const entryKind = entryKindOfRecords(kind);
      for (const [id, record] of ofKind) {
        const tags = entryKind.tagsOf(id, record?.names ?? []);
        if (!this.#ledger.changedSince(tags, mark.sequence)) untouched.add(keyOf(entryKind, id));
      }
    }
    return untouched;
  }

  /** After their own invalidation, at that sequence, has its place in the order: what was read is from after the change that it tells of. */
  #keepBrought({ mark, records }: BroughtRecords, untouched: ReadonlySet<string>, sequence: number): void {
    const ledger = this.#ledger;
    const reading = { ...mark.reading, asOf: ledger.seenLogId };
    for (const [kind, ofKind] of records) {
      const entryKind = entryKindOfRecords(kind);
      const kept = [...ofKind].filter(([id, record]) => {
        const tags = entryKind.tagsOf(id, record?.names ?? []);
        const isCurrent = !ledger.changedSince(tags, sequence) && reading.asOf >= ledger.lowestAsOf(tags);
        return isCurrent && untouched.has(keyOf(entryKind, id));
      });
      this.putRecords(kind, new Map(kept), { sequence: ledger.sequence, reading });
    }
  }

  /** Without the values where some of them must be hidden: lists could not judge by what they are made. */
  #tellable(change: RecordChange): RecordChange {
    const { type, id, values, ...rest } = change;
    if (!values || this.#mask({ type, recordType: type }, id, values) === values) return change;
    return { type, id, ...rest };
  }

  async invalidateSource(source: SourceName): Promise<void> {
    await this.invalidate([sourceTag(source)]);
  }

  /** A source that was left alone answers again: what was made for as long as it was not asked is worth nothing from now on. */
  sourceIsBack(source: SourceName): void {
    this.#reader.sourceIsBack(source);
  }

  /**
   * Records of these types that were read since `sinceMs`, and lists of them, count as read at `untilMs`: their source has told all changes
   * between. Those have to be invalidated before. Costs the same however much is held; another instance has to be told by itself.
   */
  renew(types: Iterable<string>, renewal: Renewal): void {
    this.#renewals.confirm(types, renewal, this.#parts.clock.now());
  }

  /** How many entries of memory have one of the tags. Looks at all of them, so not for every request. */
  countTagged(tags: readonly string[]): number {
    return this.#memory.countTagged(new Set(tags));
  }

  /**
   * Forgets and invalidates what memory holds and the mask would have changed, had it known then what it knows now. Answers how many entries that were.
   * Lets others work in between.
   */
  async invalidateMasked(): Promise<number> {
    const tags = new Set<string>();
    let entries = 0;
    let pausedAtMs = performance.now();
    for (const [key, entry] of this.#memory.snapshot()) {
      if (performance.now() - pausedAtMs > MAX_LOOK_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        pausedAtMs = performance.now();
      }
      const found = entry.kind === 'found' ? entry : null;
      if (!isMasked(this.#mask, key, found?.id ?? null, found?.values ?? {})) continue;
      entries += 1;
      this.#memory.delete(key);
      for (const tag of ownTags(key, entry.tags)) tags.add(tag);
    }
    await this.invalidate([...tags]);
    return entries;
  }

  stats(): CacheStats {
    const { hits, misses, stale, coalesced } = this.#reader.totals;
    return {
      entries: this.#memory.entries,
      bytes: this.#memory.bytes,
      evictions: this.#memory.evictions,
      hits,
      misses,
      stale,
      coalesced,
      hitRatio: hits + misses === 0 ? null : hits / (hits + misses),
      inFlight: this.#desk.size,
      tiers: this.#tiers.map((tier) => tier.stats()),
    };
  }

  /** Writes what waits for the shared tiers, in bounded time. */
  async flush(): Promise<void> {
    await Promise.all(this.#tiers.map((tier) => tier.flush()));
  }

  async closeTiers(): Promise<void> {
    await Promise.all(this.#tiers.map((tier) => tier.close()));
  }
}

function toListAnswer(answer: RecordAnswer): ListAnswer {
  if (answer.kind === 'failed') return answer;
  // Sources have no absent lists: an unknown parent's list is empty.
  if (answer.kind === 'absent') return { kind: 'absent', reason: 'stale', state: 'stale', readAtMs: answer.readAtMs };
  const { state, readAtMs, values } = answer;
  return {
    kind: 'found',
    ids: (values.ids ?? []) as readonly string[],
    meta: values.meta as JsonValue,
    state,
    readAtMs,
  };
}
