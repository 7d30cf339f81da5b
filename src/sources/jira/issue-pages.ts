import { type Connection, type Page, parseCursor, toConnection, toCursor } from '../../platform/connection.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { IssueAnswer } from './answers.ts';
import type { JiraCaller, JiraClient } from './client.ts';
import { instant } from './field-values.ts';
import type { IssueProperty } from './fields.ts';
import type { IssueConditions } from './issue-filter.ts';
import { compareIssueKeys } from './issue-keys.ts';
import { fieldIds } from './issue-loader.ts';
import { allOf, anyIssue, compareInstant, type JqlClause } from './jql.ts';
import { type IssueModelContext, type JiraIssueModel, toIssueModel } from './model.ts';

const CURSOR_KIND = 'jiraIssues';
const NEWEST_FIRST = 'updated DESC, key DESC';
/** How far Jira's order may differ from the order of the instants it answers. */
const ORDER_GRAIN_MS = 60_000;
/** Rows beyond the page that a continued search asks for, because some of the first ones come before the cursor. */
export const OVERLAP_ROWS = 20;

/** Where a page ended: a row of Jira's order. */
interface Position {
  readonly updatedMs: number;
  readonly key: string;
  readonly issueId: string;
}

interface Row extends Position {
  readonly issue: IssueAnswer;
}

export interface IssuePage {
  readonly connection: Connection<JiraIssueModel>;
  /** Issues that could not be read and are left out. */
  readonly unreadable: readonly GatewayError[];
}

/**
 * One page of issues, the last changed first. The cursor holds the last row itself (its change, key and id), not Jira's page token: it
 * does not expire after seven days, is independent of the page size, and issues that are created or changed meanwhile neither repeat
 * nor hide another one. The next page searches from the cursor's instant on and goes on behind the row with the cursor's id; when that
 * row has moved away, behind its place.
 */
export async function readIssuePage(
  client: JiraClient,
  caller: JiraCaller,
  page: Page,
  conditions: IssueConditions,
  properties: ReadonlySet<IssueProperty>,
  context: IssueModelContext,
  nowMs: number,
): Promise<IssuePage> {
  const after = page.from === null ? null : toPosition(page.from);
  const asked = new Set(properties).add('updatedAt');
  const rows: Row[] = [];
  const unreadable: GatewayError[] = [];
  const search = {
    jql: allOf(withBounds(conditions, after, nowMs), NEWEST_FIRST),
    fields: fieldIds(asked, context),
    maxResults: page.size + 1 + (after ? OVERLAP_ROWS : 0),
  };
  const following = new FollowingRows(after);
  for await (const issue of searchAll(client, search, caller)) {
    const row = toRow(issue);
    if (!row) {
      unreadable.push(unreadableIssue(issue.key));
      continue;
    }
    if (conditions.updatedTo !== null && row.updatedMs > conditions.updatedTo) continue;
    if (conditions.updatedFrom !== null && row.updatedMs < conditions.updatedFrom) break;
    rows.push(...following.next(row));
    if (rows.length > page.size) break;
  }
  rows.push(...following.end());
  const models = rows.flatMap((row) => {
    const model = toIssueModel(row.issue, properties, context);
    if (model instanceof GatewayError) {
      unreadable.push(model);
      return [];
    }
    return { model, row };
  });
  const { edges, pageInfo } = toConnection(page, models, ({ row }) =>
    toCursor(CURSOR_KIND, [row.updatedMs, row.key, row.issueId]),
  );
  const plain = edges.map(({ cursor, node }) => ({ cursor, node: node.model }));
  // Rows decide whether there are more, not those of them that could be read.
  const hasNextPage = rows.length > page.size;
  return {
    connection: { edges: plain, nodes: plain.map(({ node }) => node), pageInfo: { ...pageInfo, hasNextPage } },
    unreadable,
  };
}

/** All issues of a search, page after page, until the caller stops. Ends on a missing, last or repeated token. */
async function* searchAll(
  client: JiraClient,
  search: { readonly jql: string; readonly fields: readonly string[]; readonly maxResults: number },
  caller: JiraCaller,
): AsyncGenerator<IssueAnswer> {
  const seenTokens = new Set<string>();
  let nextPageToken: string | undefined;
  do {
    const answer = await client.searchIssues({ ...search, nextPageToken }, caller);
    yield* answer.issues;
    nextPageToken = answer.isLast === true ? undefined : (answer.nextPageToken ?? undefined);
    if (nextPageToken !== undefined) {
      if (seenTokens.has(nextPageToken)) return;
      seenTokens.add(nextPageToken);
    }
  } while (nextPageToken !== undefined);
}

/** Passes on the rows behind a position of Jira's order. */
class FollowingRows {
  readonly #after: Position | null;
  #isBehind: boolean;
  /** Rows that come behind the position by their values, while the position's own row may still follow. */
  #held: Row[] = [];

  constructor(after: Position | null) {
    this.#after = after;
    this.#isBehind = after === null;
  }

  next(row: Row): Row[] {
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
  end(): Row[] {
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

function withBounds(conditions: IssueConditions, after: Position | null, nowMs: number): [JqlClause, ...JqlClause[]] {
  const upper = Math.min(conditions.updatedTo ?? Infinity, after?.updatedMs ?? Infinity);
  const bounds = [
    compareInstant('updated', '<=', upper, nowMs),
    compareInstant('updated', '>=', conditions.updatedFrom ?? -Infinity, nowMs),
  ].filter((bound) => bound !== null);
  const [first, ...rest] = [...conditions.clauses, ...bounds];
  return first ? [first, ...rest] : [anyIssue];
}

function toRow(issue: IssueAnswer): Row | null {
  const updatedAt = instant(issue.fields.updated);
  return updatedAt === null ? null : { issue, issueId: issue.id, key: issue.key, updatedMs: Date.parse(updatedAt) };
}

function toPosition(cursor: string): Position {
  const [updatedMs, key, issueId] = parseCursor(cursor, CURSOR_KIND, 3);
  if (!Number.isSafeInteger(updatedMs) || typeof key !== 'string' || typeof issueId !== 'string')
    throw new GatewayError(
      'BAD_CURSOR',
      'The cursor is malformed. Pass a cursor exactly as `pageInfo` or an edge returned it, or none to start at the beginning.',
    );
  return { updatedMs: Number(updatedMs), key, issueId };
}

function unreadableIssue(key: string): GatewayError {
  const message = `Jira answered the issue ${key} without the time of its last change, so it is left out. The other issues are not affected.`;
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { source: 'JIRA', details: { key } });
}
