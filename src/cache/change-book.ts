import type { HeldFound } from './held-entry.ts';
import type { RecordChange } from './record-change.ts';

/** An invalidation whose place in the order of all instances is not known yet. */
export const UNLOGGED = Number.POSITIVE_INFINITY;

interface Entry {
  readonly sequence: number;
  logId: number;
  readonly isOwn: boolean;
  readonly changes: readonly RecordChange[];
}

interface Page {
  /** Every invalidation of the tag with a higher sequence, and every one with a higher log id, is among the entries. */
  sinceSequence: number;
  sinceLogId: number;
  /** In the order of their sequences. */
  readonly entries: Entry[];
  changes: number;
}

/** One invalidation of a tag. `before`: the last one of it that was known. */
export interface NotedInvalidation {
  readonly sequence: number;
  readonly logId: number;
  readonly isOwn: boolean;
  /** Null: nothing is known of why. */
  readonly changes: readonly RecordChange[] | null;
  readonly before: { readonly sequence: number; readonly logId: number };
}

const MAX_CHANGES = 2_000;

/**
 * Why lists were invalidated, by their tag: which records have changed, and how. With it each list can tell by what it holds whether a change
 * concerns it. Bounded; of what is not in it any more, and of what nobody explained, every list counts as concerned.
 */
export class ChangeBook {
  readonly #byTag = new Map<string, Page>();

  note(tag: string, { sequence, logId, isOwn, changes, before }: NotedInvalidation): void {
    if (changes === null) {
      this.#byTag.delete(tag);
      return;
    }
    let page = this.#byTag.get(tag);
    if (!page) {
      page = { sinceSequence: before.sequence, sinceLogId: before.logId, entries: [], changes: 0 };
      this.#byTag.set(tag, page);
    }
    // What was not logged when the page began, or was dropped before it was, has its place by now.
    if (page.sinceLogId === UNLOGGED) page.sinceLogId = before.logId;
    page.entries.push({ sequence, logId, isOwn, changes });
    page.changes += changes.length;
    while (page.changes > MAX_CHANGES) {
      const dropped = page.entries.shift();
      if (!dropped) break;
      page.changes -= dropped.changes.length;
      page.sinceSequence = dropped.sequence;
      page.sinceLogId = Math.max(page.sinceLogId, dropped.logId);
    }
  }

  /** An own invalidation, and those before it that were not logged either, have got their place in the order. */
  logged(tag: string, logId: number, sequence: number): void {
    for (const entry of this.#byTag.get(tag)?.entries ?? [])
      if (entry.isOwn && entry.logId === UNLOGGED && entry.sequence <= sequence) entry.logId = logId;
  }

  /** Whether the tag's lists are judged by their content, and this invalidation would be passed over. */
  lacks(tag: string, logId: number): boolean {
    const page = this.#byTag.get(tag);
    return page !== undefined && logId > page.sinceLogId && page.entries.every((entry) => entry.logId !== logId);
  }

  forget(tag: string): void {
    this.#byTag.delete(tag);
  }

  /** Whether a list that was right at that sequence may be another one now. */
  concernsSinceSequence(held: HeldFound, sequence: number): boolean {
    const page = held.list && this.#byTag.get(held.list.tag);
    if (!page || sequence < page.sinceSequence) return true;
    const changes: RecordChange[] = [];
    for (let place = page.entries.length - 1; place >= 0; place -= 1) {
      const entry = page.entries[place];
      if (!entry || entry.sequence <= sequence) break;
      changes.push(...entry.changes);
    }
    return held.list?.isConcerned(held.id, held.values, changes) !== false;
  }

  /** Whether a list that was read when that invalidation was the last one known may be another one now. */
  concernsSinceLogId(held: HeldFound, asOf: number): boolean {
    const page = held.list && this.#byTag.get(held.list.tag);
    if (!page || asOf < page.sinceLogId) return true;
    const changes = page.entries.flatMap((entry) => (entry.logId > asOf ? entry.changes : []));
    return held.list?.isConcerned(held.id, held.values, changes) !== false;
  }
}
