import { ChangeBook, UNLOGGED } from './change-book.ts';
import type { HeldEntry } from './held-entry.ts';
import { type ExplainedTags, NOTHING_EXPLAINED, type RecordChange } from './record-change.ts';

interface TagState {
  /** Position among all invalidations that this instance has applied. */
  sequence: number;
  /** Highest place in the order that all instances share (the log's id), 0 for none, or UNLOGGED. */
  logId: number;
  /** Sequence of this instance's own last invalidation of the tag that is not in the log yet; 0 for none. */
  ownUnlogged: number;
}

/**
 * What this instance knows of invalidations, by tag. Two orders, because two things are compared:
 * - *sequence*, counted here: fences reads of this instance. A read that began at sequence 7 may not be kept once one of its tags has a
 *   higher one. Exact whatever the clocks say.
 * - *log id*, given by PostgreSQL: fences values that come from tiers shared with others. Every value carries the highest id that its
 *   reader had seen (`asOf`), and is refused when one of its tags was invalidated under a higher one.
 * Bounded: the tags invalidated longest ago are forgotten, and then everything from before is refused (the floors), never the reverse.
 * Lists are the exception from judging by tags alone: where it is known what has happened to records, a list that this can't have changed
 * stays (change-book.ts).
 */
export class InvalidationLedger {
  readonly #maxTags: number;
  readonly #byTag = new Map<string, TagState>();
  readonly #book = new ChangeBook();
  /** What had to be forgotten before it got its log id: until then it is not known what to refuse. As many as PostgreSQL has not taken yet. */
  readonly #forgottenUnlogged = new Map<string, Pick<TagState, 'logId' | 'ownUnlogged'>>();
  #sequence = 0;
  #seenLogId = 0;
  #floorSequence = 0;
  #floorLogId = 0;

  constructor(maxTags = 100_000) {
    this.#maxTags = maxTags;
  }

  /** Counts this instance's invalidations. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Everything in the log up to this id has been applied here. What is read from now on is `asOf` it. */
  get seenLogId(): number {
    return this.#seenLogId;
  }

  /** Applies an invalidation made here, at once, and answers its sequence; its log id follows by `logged`. */
  applyOwn(tags: readonly string[], explained: ExplainedTags = NOTHING_EXPLAINED): number {
    this.#sequence += 1;
    for (const tag of tags) {
      this.#note(tag, UNLOGGED, true, explained.get(tag) ?? null);
      this.#set(tag, this.#recall(tag)?.logId ?? 0, this.#sequence);
    }
    return this.#sequence;
  }

  /**
   * Applies another instance's invalidation; null while its log id is not known. Applying the same one again changes nothing. `changes`: why a
   * tag of lists was invalidated; null when nobody knows.
   */
  applyOther(tag: string, logId: number | null, changes: readonly RecordChange[] | null = null): void {
    const known = this.#recall(tag);
    const isOld = logId !== null && known !== undefined && known.logId !== UNLOGGED && known.logId >= logId;
    // A later one of the same tag refuses all that this one would, unless the later one leaves it to the lists.
    if (isOld && !this.#book.lacks(tag, logId)) return;
    this.#sequence += 1;
    this.#note(tag, logId ?? UNLOGGED, false, changes);
    this.#set(tag, isOld ? known.logId : (logId ?? UNLOGGED), known?.ownUnlogged ?? 0);
  }

  /** An own invalidation, applied at that sequence, has got its place in the order. */
  logged(tags: readonly string[], logId: number, sequence: number): void {
    for (const tag of tags) {
      const forgotten = this.#forgottenUnlogged.get(tag);
      if (forgotten && forgotten.ownUnlogged > 0 && forgotten.ownUnlogged <= sequence) {
        this.raiseLogFloor(logId);
        if (forgotten.logId === UNLOGGED) this.#forgottenUnlogged.set(tag, { logId: UNLOGGED, ownUnlogged: 0 });
        else this.#forgottenUnlogged.delete(tag);
      }
      this.#book.logged(tag, logId, sequence);
      const known = this.#byTag.get(tag);
      if (!known) continue;
      if (known.logId < logId) known.logId = logId;
      // A later one of the same tag that is not in the log yet keeps the tag closed.
      if (known.ownUnlogged <= sequence) known.ownUnlogged = 0;
    }
  }

  sawLog(logId: number): void {
    if (logId > this.#seenLogId) this.#seenLogId = logId;
  }

  /** Nothing from before this id is known: what was read earlier is refused. */
  raiseLogFloor(logId: number): void {
    if (logId > this.#floorLogId) this.#floorLogId = logId;
  }

  /** Whether one of the tags, but for `except`, was invalidated after the given sequence. */
  changedSince(tags: readonly string[], sequence: number, except?: string): boolean {
    if (sequence === this.#sequence) return false;
    if (sequence < this.#floorSequence) return true;
    for (const tag of tags) {
      const known = this.#byTag.get(tag);
      if (known && known.sequence > sequence && tag !== except) return true;
    }
    return false;
  }

  /** Whether what was right at the given sequence may not be served any more. */
  outdates(held: HeldEntry, sequence: number): boolean {
    if (sequence === this.#sequence) return false;
    if (held.kind !== 'found' || held.list === undefined) return this.changedSince(held.tags, sequence);
    const { tag } = held.list;
    if (this.changedSince(held.tags, sequence, tag)) return true;
    return (this.#byTag.get(tag)?.sequence ?? 0) > sequence && this.#book.concernsSinceSequence(held, sequence);
  }

  /** Whether what another instance may have read, when it had seen the log up to `asOf`, may not be taken from a shared tier. */
  refuses(held: HeldEntry, asOf: number): boolean {
    if (held.kind !== 'found' || held.list === undefined) return asOf < this.lowestAsOf(held.tags);
    const { tag } = held.list;
    if (asOf < this.lowestAsOf(held.tags.filter((other) => other !== tag))) return true;
    return asOf < this.lowestAsOf([tag]) && this.#book.concernsSinceLogId(held, asOf);
  }

  /** Lowest `asOf` that a value with these tags may have; Infinity when no value of a shared tier may be taken. */
  lowestAsOf(tags: readonly string[]): number {
    if (this.#forgottenUnlogged.size > 0) return UNLOGGED;
    let lowest = this.#floorLogId;
    for (const tag of tags) {
      const known = this.#byTag.get(tag);
      if (!known) continue;
      if (known.ownUnlogged > 0) return UNLOGGED;
      if (known.logId > lowest) lowest = known.logId;
    }
    return lowest;
  }

  #recall(tag: string): Pick<TagState, 'logId' | 'ownUnlogged'> | undefined {
    return this.#byTag.get(tag) ?? this.#forgottenUnlogged.get(tag);
  }

  /** Before `#set`, which changes what was known. */
  #note(tag: string, logId: number, isOwn: boolean, changes: readonly RecordChange[] | null): void {
    const known = this.#byTag.get(tag);
    const isOpen = known === undefined ? this.#forgottenUnlogged.has(tag) : known.ownUnlogged > 0;
    const before = {
      sequence: known?.sequence ?? this.#floorSequence,
      logId: isOpen ? UNLOGGED : Math.max(known?.logId ?? 0, this.#floorLogId),
    };
    this.#book.note(tag, { sequence: this.#sequence, logId, isOwn, changes, before });
  }

  #set(tag: string, logId: number, ownUnlogged: number): void {
    this.#byTag.delete(tag);
    this.#forgottenUnlogged.delete(tag);
    this.#byTag.set(tag, { sequence: this.#sequence, logId, ownUnlogged });
    if (this.#byTag.size <= this.#maxTags) return;
    const oldest = this.#byTag.entries().next();
    if (oldest.done) return;
    const [forgotten, state] = oldest.value;
    this.#byTag.delete(forgotten);
    this.#book.forget(forgotten);
    this.#floorSequence = Math.max(this.#floorSequence, state.sequence);
    if (state.logId === UNLOGGED || state.ownUnlogged > 0) this.#forgottenUnlogged.set(forgotten, state);
    if (state.logId !== UNLOGGED) this.raiseLogFloor(state.logId);
  }
}
