import { compareIssueKeys } from './issue-keys.ts';

/** Where an issue stands in Jira's order, the last changed first. */
export interface Position {
  /** Milliseconds since the epoch. */
  readonly updatedMs: number;
  readonly key: string;
  readonly issueId: string;
}

/** How far Jira's order may differ from the order of the instants it answers. */
const ORDER_GRAIN_MS = 60_000;

/** Passes on the rows behind a position of Jira's order. */
export class FollowingRows {
  readonly #after: Position | null;
  #isBehind: boolean;
  /** Rows that come behind the position by their values, while the position's own row may still follow. */
  #held: Position[] = [];

  constructor(after: Position | null) {
    this.#after = after;
    this.#isBehind = after === null;
  }

  next(row: Position): Position[] {
    const after = this.#after;
    if (this.#isBehind || after === null) return [row];
    if (row.issueId === after.issueId && row.updatedMs === after.updatedMs) {
      // Jira's order within an instant may be another than ours, so the row itself decides.
      this.#isBehind = true;
      this.#held = [];
      return [];
    }
    if (comparePlaces(row, after) > 0) this.#held.push(row);
    return row.updatedMs < after.updatedMs - ORDER_GRAIN_MS ? this.end() : [];
  }

  /** The row of the position is gone: what was held follows. */
  end(): Position[] {
    this.#isBehind = true;
    const held = this.#held;
    this.#held = [];
    return held;
  }
}

/** Positive when `left` comes behind `right`, newest first. */
function comparePlaces(left: Position, right: Position): number {
  return right.updatedMs - left.updatedMs || compareIssueKeys(right.key, left.key);
}
