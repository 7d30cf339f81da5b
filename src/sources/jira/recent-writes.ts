import type { Clock } from '../../platform/clock.ts';

/** Issues of one search that Jira brings up to date first. */
const MAX_RECONCILED = 50;
/** Jira's search sees a write after seconds, at times after a minute. */
const INDEX_LAG_MS = 120_000;

/**
 * Issues that were just changed: Jira's search is told to read their newest state, because its index lags behind. Feed it with what the
 * gateway has written, and with what a webhook tells of; it is this instance's own.
 */
export class RecentWrites {
  /** Time of the write by issue id, the oldest first. */
  readonly #writes = new Map<number, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By numeric id; anything else is passed over, since Jira takes nothing else here. */
  add(issueId: string): void {
    const id = Number(issueId);
    if (!/^[1-9]\d*$/.test(issueId) || !Number.isSafeInteger(id)) return;
    this.#writes.delete(id);
    this.#writes.set(id, this.#clock.now());
    if (this.#writes.size <= MAX_RECONCILED) return;
    const oldest = this.#writes.keys().next();
    if (!oldest.done) this.#writes.delete(oldest.value);
  }

  /** At most 50 ids, for `reconcileIssues` of a search. */
  list(): readonly number[] {
    const since = this.#clock.now() - INDEX_LAG_MS;
    for (const [id, writtenAtMs] of this.#writes) if (writtenAtMs < since) this.#writes.delete(id);
    return [...this.#writes.keys()];
  }
}
