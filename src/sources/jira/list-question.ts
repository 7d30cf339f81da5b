import type { Position } from './following-rows.ts';
import type { IssueClause } from './jql.ts';

/** Which issues a list holds. Instants in milliseconds since the epoch; null for an open end. */
export interface ListQuestion {
  readonly clauses: readonly IssueClause[];
  readonly updatedFrom: number | null;
  readonly updatedTo: number | null;
  readonly after: Position | null;
  readonly size: number;
}

/**
 * What belongs to a page itself. A cursor holds where its issue stood in the list, not where it has gone since. Other versions of the gateway
 * read it from the shared tiers: when its shape changes, the list needs another name.
 */
export interface ListMeta {
  /** When the issue had last changed and the key that it had, for each of the ids. */
  readonly places: readonly (readonly [updatedMs: number, key: string])[];
  readonly hasMore: boolean;
  /** Keys of issues that have no place, because Jira did not tell when they last changed. */
  readonly unplaced: readonly string[];
  /** Id of the issue that shows that there are more, so that its end is noticed; null when there are none. */
  readonly next: string | null;
}
