import type { Clock } from '../platform/clock.ts';
import { MAX_CLOCK_SKEW_MS } from '../platform/clock-skew.ts';
import { decodeEntry } from './entry-codec.ts';
import { type EntryKind, keyOf } from './entry-kind.ts';
import { type HeldEntry, mergeHeld } from './held-entry.ts';
import type { InvalidationLedger } from './invalidation-ledger.ts';
import type { RecordMask } from './record-mask.ts';
import type { SharedTier } from './shared-tier.ts';

interface Lookup {
  readonly kind: EntryKind;
  readonly id: string;
  readonly fields: Set<string>;
  readonly done: Promise<HeldEntry | undefined>;
  readonly finish: (entry: HeldEntry | undefined) => void;
  hasLeft: boolean;
}

export interface SharedLookupsOptions {
  /** The fastest first. */
  readonly tiers: readonly SharedTier[];
  readonly ledger: InvalidationLedger;
  readonly clock: Clock;
  readonly mask: RecordMask;
  /** False until this instance knows the invalidations of the others: before, nothing that they stored can be trusted. */
  isReady(): boolean;
  /** Keeps what was found in memory; answers what is held then. */
  keep(key: string, entry: HeldEntry): HeldEntry;
}

/**
 * Looks into the shared tiers for what memory does not have. All that is asked in one turn of the event loop, by whichever requests, is one
 * batch for each tier, and a key that is being looked up is not looked up again. A slower tier is asked for what the faster one does
 * not have, not for what it has grown old.
 */
export class SharedLookups {
  readonly #options: SharedLookupsOptions;
  readonly #byKey = new Map<string, Lookup>();
  #waiting: Lookup[] = [];

  constructor(options: SharedLookupsOptions) {
    this.#options = options;
  }

  /** False when looking would find nothing whatever is asked. */
  get isOpen(): boolean {
    return this.#options.tiers.length > 0 && this.#options.isReady();
  }

  /** Undefined when no tier holds anything valid. Never rejects, and takes no longer than the tiers' budgets. */
  load(kind: EntryKind, id: string, fields: readonly string[]): Promise<HeldEntry | undefined> {
    if (!this.isOpen) return Promise.resolve(undefined);
    const key = keyOf(kind, id);
    const running = this.#byKey.get(key);
    if (running) {
      if (!running.hasLeft) for (const field of fields) running.fields.add(field);
      if (fields.every((field) => running.fields.has(field))) return running.done;
    }
    const { promise, resolve } = Promise.withResolvers<HeldEntry | undefined>();
    const lookup: Lookup = { kind, id, fields: new Set(fields), done: promise, finish: resolve, hasLeft: false };
    this.#byKey.set(key, lookup);
    if (this.#waiting.length === 0) setImmediate(() => void this.#leave());
    this.#waiting.push(lookup);
    return promise;
  }

  async #leave(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    for (const lookup of batch) lookup.hasLeft = true;
    const found = new Map<Lookup, HeldEntry>();
    let open: readonly Lookup[] = batch;
    for (const tier of this.#options.tiers) {
      if (open.length === 0) break;
      const texts = await tier.load([...new Set(open.map(({ kind, id }) => keyOf(kind, id)))]);
      for (const lookup of open) {
        const text = texts.get(keyOf(lookup.kind, lookup.id));
        const entry = text === undefined ? undefined : this.#decode(tier, lookup, text);
        if (!entry) continue;
        const before = found.get(lookup);
        found.set(lookup, before ? mergeHeld(before, entry) : entry);
      }
      open = open.filter((lookup) => lacksAnything(found.get(lookup), lookup.fields));
    }
    for (const lookup of batch) {
      const key = keyOf(lookup.kind, lookup.id);
      if (this.#byKey.get(key) === lookup) this.#byKey.delete(key);
      const entry = found.get(lookup);
      // An invalidation may have come while the slower tier was asked.
      const isValid = entry && !this.#options.ledger.refuses(entry, asOfLeast(entry));
      lookup.finish(isValid ? this.#options.keep(key, entry) : undefined);
    }
  }

  #decode(tier: SharedTier, { kind, id }: Lookup, text: string): HeldEntry | undefined {
    const { ledger, clock } = this.#options;
    const { list } = kind;
    const decoded = decodeEntry(
      text,
      (realId, names) => {
        if (realId === null) return kind.tagsOf(id, []);
        return kind.tagsOf(realId, realId === id ? names : [id]);
      },
      (tags) => ledger.lowestAsOf(list ? tags.filter((tag) => tag !== list.tag) : tags),
      clock.now() + MAX_CLOCK_SKEW_MS,
    );
    if (decoded === 'garbage' || decoded === 'refused') {
      tier.counted(decoded);
      return undefined;
    }
    if (decoded.kind === 'found' && decoded.id !== id) {
      tier.counted('garbage');
      return undefined;
    }
    if (decoded.kind !== 'found') {
      tier.counted('hit');
      return decoded;
    }
    // Another instance may have stored it before it knew what is to be hidden.
    const values = this.#options.mask(kind, decoded.id, decoded.values);
    const held: HeldEntry = { ...decoded, values, ...(list ? { list } : {}) };
    const isRefused = list !== undefined && ledger.refuses(held, asOfLeast(held));
    tier.counted(isRefused ? 'refused' : 'hit');
    return isRefused ? undefined : held;
  }
}

function lacksAnything(entry: HeldEntry | undefined, fields: ReadonlySet<string>): boolean {
  if (!entry) return true;
  if (entry.kind !== 'found') return false;
  for (const field of fields) if (!(field in entry.values)) return true;
  return false;
}

function asOfLeast(entry: HeldEntry): number {
  if (entry.kind !== 'found') return entry.reading.asOf;
  if (!(entry.readings instanceof Map)) return (entry.readings as { readonly asOf: number }).asOf;
  let least = Number.POSITIVE_INFINITY;
  for (const { asOf } of entry.readings.values()) least = Math.min(least, asOf);
  return least;
}
