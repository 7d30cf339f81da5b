import type { ErrorCode, SourceName } from './errors.ts';

/** What a client asks beyond the rules. */
export interface FreshnessDemand {
  /** Nothing older is taken without asking the source again. */
  readonly maxAgeSeconds?: number;
  /**
   * What becomes of a record or list that is not fresh enough while its source fails: it is served and reported (SERVE, the default),
   * absent with the reason `stale` (NULL), or failed (FAIL). With NULL and FAIL nothing is served while it is being renewed either.
   */
  readonly onStale?: 'SERVE' | 'NULL' | 'FAIL';
}

/** One record or list that was served although it was no longer fresh. */
export interface StaleUse {
  readonly source: SourceName;
  /** GraphQL type of the record; a list says its type and name, `PsRequest[] byAccount`. */
  readonly type: string;
  /** What it was asked by: an id, another name of the record, a list's key. */
  readonly id: string;
  /** Of a record that was asked by another name. */
  readonly identity?: string;
  readonly state: 'STALE';
  /** Age of the oldest value in it. */
  readonly ageSeconds: number;
  /** When that value was read from its source, RFC 3339. */
  readonly fetchedAt: string;
  /** REVALIDATING: it is being renewed at this moment. Otherwise the code of the failure that kept it from being renewed. */
  readonly reason: 'REVALIDATING' | ErrorCode;
  /** Of a list that is null because of records in it: theirs, which are told with it. */
  readonly members?: readonly StaleUse[];
}

/** A place of the answer that is null, and what keeps it from being there. */
export interface WithheldPlace {
  readonly path: readonly (string | number)[];
  readonly use: StaleUse;
}

const MAX_STALE_USES = 1_000;

/** Whether what was served stale would still be the same. May be kept and asked at any time. */
class LeftAlone {
  readonly #leftMs = new Set<() => number>();
  #isAsked = false;

  /** Null: the source is asked. */
  add(leftMs: (() => number) | null): void {
    if (leftMs === null) this.#isAsked = true;
    else this.#leftMs.add(leftMs);
  }

  /** Milliseconds from now in which none of it can be read anew, so that reading again would give the same; 0 when some of it can. */
  forMs(): number {
    if (this.#isAsked) return 0;
    let shortestMs = Number.POSITIVE_INFINITY;
    for (const leftMs of this.#leftMs) shortestMs = Math.min(shortestMs, leftMs());
    return shortestMs;
  }
}

/** How fresh what one request used was. Made once per request, like the receipt; everything that reads through the cache adds to it. */
export class FreshnessTrace {
  readonly leftAlone = new LeftAlone();
  readonly #staleUses = new Map<string, StaleUse>();
  readonly #withheldPlaces: WithheldPlace[] = [];
  #oldestReadAtMs = Number.POSITIVE_INFINITY;
  #freshUntilMs = Number.POSITIVE_INFINITY;
  readonly #staleSources = new Set<SourceName>();
  #holdsUntilMs = Number.POSITIVE_INFINITY;
  #omitted = 0;

  /** A value that was read from its source at this time, and counts as fresh until then, went into the answer. */
  used(readAtMs: number, freshUntilMs = Number.POSITIVE_INFINITY): void {
    if (readAtMs < this.#oldestReadAtMs) this.#oldestReadAtMs = readAtMs;
    if (freshUntilMs < this.#freshUntilMs) this.#freshUntilMs = freshUntilMs;
  }

  /** When the first of the values used stops being fresh, in milliseconds since the epoch; Infinity when none does. */
  get freshUntilMs(): number {
    return this.#freshUntilMs;
  }

  /** A value counts as what it is told to be until then, in milliseconds since the epoch: as fresh, or as stale and not too old to be served. */
  holds(untilMs: number): void {
    if (untilMs < this.#holdsUntilMs) this.#holdsUntilMs = untilMs;
  }

  /** Until when that is so for every value that was told of, in milliseconds since the epoch. */
  get holdsUntilMs(): number {
    return this.#holdsUntilMs;
  }

  /** Those that something stale is from. */
  get staleSources(): ReadonlySet<SourceName> {
    return this.#staleSources;
  }

  /** `leftAlone`: tells at any time for how many milliseconds more reading it again would give the same; null: it is not known to. */
  servedStale(use: StaleUse, leftAlone: (() => number) | null = null): void {
    this.leftAlone.add(leftAlone);
    this.#note(use);
  }

  #note(use: StaleUse): void {
    this.#staleSources.add(use.source);
    const key = `${use.type}|${use.id}`;
    if (this.#staleUses.size >= MAX_STALE_USES && !this.#staleUses.has(key)) this.#omitted += 1;
    else this.#staleUses.set(key, use);
  }

  /** The stale use of one record or list; undefined when it was fresh. For whoever knows at which path of the answer it went. */
  staleUseOf(type: string, id: string): StaleUse | undefined {
    return this.#staleUses.get(`${type}|${id}`);
  }

  /**
   * Why a record that was asked for under this demand loaded as null, if that is because it is not fresh enough (`onStale: NULL`); undefined
   * when there is no such record. `name`: as the cache was asked for it.
   */
  withheldRecord(type: string, name: string, demand: FreshnessDemand | undefined): StaleUse | undefined {
    return demand?.onStale === 'NULL' ? this.staleUseOf(type, name) : undefined;
  }

  /** A list is null, because these records of it are not as fresh as is demanded: without them it would look as if they were not there. */
  withheldList(list: { readonly type: string; readonly name: string }, key: string, ids: readonly string[]): void {
    const members = ids.flatMap((id) => this.staleUseOf(list.type, id) ?? []);
    const oldest = oldestOf(members);
    if (!oldest) return;
    const { source, state, ageSeconds, fetchedAt, reason } = oldest;
    const type = `${list.type}[] ${list.name}`;
    // Its members have told already for how long their source is left alone.
    this.#note({ source, type, id: key, state, ageSeconds, fetchedAt, reason, members });
  }

  /** A field that joins several reads is null at this path, because of this one among others. */
  withheldAt(path: WithheldPlace['path'], use: StaleUse): void {
    if (this.#withheldPlaces.length < MAX_STALE_USES) this.#withheldPlaces.push({ path, use });
  }

  get withheldPlaces(): readonly WithheldPlace[] {
    return this.#withheldPlaces;
  }

  get staleUses(): readonly StaleUse[] {
    return [...this.#staleUses.values()];
  }

  /** Stale uses beyond the thousand that are kept. */
  get omitted(): number {
    return this.#omitted;
  }

  /** When the oldest value used was read, in milliseconds since the epoch; null when nothing came from a cached source. */
  get oldestReadAtMs(): number | null {
    return Number.isFinite(this.#oldestReadAtMs) ? this.#oldestReadAtMs : null;
  }
}

function oldestOf(uses: readonly StaleUse[]): StaleUse | undefined {
  return uses.reduce<StaleUse | undefined>(
    (oldest, use) => (oldest && oldest.fetchedAt <= use.fetchedAt ? oldest : use),
    undefined,
  );
}
