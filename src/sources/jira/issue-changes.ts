import type { RecordValues } from '../../cache/record-values.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Receipt } from '../../platform/receipt.ts';
import type { JiraClient } from './client.ts';
import { updatedMsOf } from './issue-values.ts';
import { allOf, compareInstant } from './jql.ts';
import { listFields, listValuesOf } from './list-values.ts';
import { searchAll } from './search-all.ts';

export interface ChangedIssue {
  readonly issueId: string;
  /** The present key. */
  readonly key: string;
  /** Milliseconds since the epoch, by Jira's clock. */
  readonly updatedMs: number;
  /** What lists are chosen and ordered by, as it is now. */
  readonly values: RecordValues;
}

export interface IssueChanges {
  /** In the order of their change; none that an earlier poll has told already. */
  readonly changed: readonly ChangedIssue[];
  /** `sinceMs` of the next poll. */
  readonly highWaterMs: number;
  /** False: more has changed than is listed, so every issue counts as changed. */
  readonly isComplete: boolean;
}

export interface PollCaller {
  readonly signal?: AbortSignal | undefined;
  readonly receipts: readonly Receipt[];
}

const ROWS_PER_PAGE = 100;
const MAX_ROWS = 2_000;

/** What has changed in Jira since a time; one search for each hundred changes. Deleted issues are not told. */
export class IssueChangePoll {
  readonly #client: Pick<JiraClient, 'searchIssues'>;
  readonly #clock: Clock;
  /** Time of the change that was told, by issue id. */
  #told = new Map<string, number>();

  constructor(client: Pick<JiraClient, 'searchIssues'>, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Looks back some minutes before `sinceMs` too, because Jira's search sees changes late and in another order. */
  async poll(sinceMs: number, caller: PollCaller): Promise<IssueChanges> {
    const nowMs = this.#clock.now();
    const since = compareInstant('updated', '>=', sinceMs, nowMs);
    if (!since) throw new RangeError('The time to look for changes since has to be a number.');
    const search = { jql: allOf([since], 'updated ASC, key ASC'), fields: [...listFields], maxResults: ROWS_PER_PAGE };
    const seen = new Map<string, number>();
    const changed: ChangedIssue[] = [];
    let highWaterMs = sinceMs;
    let rows = 0;
    for await (const issue of searchAll(this.#client, search, { ...caller, priority: 'background' })) {
      rows += 1;
      if (rows > MAX_ROWS) return { changed, highWaterMs: nowMs, isComplete: false };
      const updatedMs = updatedMsOf(issue);
      if (updatedMs === null) continue;
      highWaterMs = Math.max(highWaterMs, updatedMs);
      seen.set(issue.id, updatedMs);
      if (this.#told.get(issue.id) === updatedMs) continue;
      changed.push({ issueId: issue.id, key: issue.key, updatedMs, values: listValuesOf(issue.fields) });
    }
    // Only once all of it is known, so that a poll that fails in the middle tells everything the next time.
    this.#told = seen;
    return { changed, highWaterMs, isComplete: true };
  }
}
