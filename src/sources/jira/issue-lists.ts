import type { FetchCall, ListKind, RecordKind, SideRecord } from '../../cache/record-kind.ts';
import type { JsonValue } from '../../cache/record-values.ts';
import type { Clock } from '../../platform/clock.ts';
import type { IssueAnswer } from './answers.ts';
import type { JiraClient } from './client.ts';
import { type CompanionKinds, companionsOf } from './companions.ts';
import { isIssueListConcerned } from './concerned-lists.ts';
import { callerOf } from './fetch-caller.ts';
import { FollowingRows, type Position } from './following-rows.ts';
import { askedOfJira, toIssueRecord, updatedMsOf } from './issue-values.ts';
import type { IssueVersions } from './issue-versions.ts';
import { allOf, anyIssue, clauseOf, compareInstant, type JqlClause, type JqlTerm } from './jql.ts';
import type { ListMeta, ListQuestion } from './list-question.ts';
import type { RecentWrites } from './recent-writes.ts';
import { searchAll } from './search-all.ts';

export interface IssueListOptions {
  readonly client: Pick<JiraClient, 'searchIssues'>;
  readonly clock: Clock;
  readonly issues: RecordKind;
  readonly companions: CompanionKinds;
  readonly versions: IssueVersions;
  readonly recentWrites: RecentWrites;
}

const NEWEST_FIRST = 'updated DESC, key DESC';
/** Rows beyond the page that a continued search asks for, because some of the first ones come before the cursor. */
export const OVERLAP_ROWS = 20;

/** The key of a list: its question in one fixed notation. Only `toListKey` makes one. */
export function toListKey({ clauses, updatedFrom, updatedTo, after, size }: ListQuestion): string {
  const place = after && [after.updatedMs, after.key, after.issueId];
  return JSON.stringify([clauses.map(({ term }) => term), updatedFrom, updatedTo, place, size]);
}

/**
 * Lists of issues, the last changed first, each found by one search of Jira; its issues come along. What was just written is searched in its
 * newest state although Jira's index lags behind.
 */
export function createIssueLists(options: IssueListOptions): ListKind {
  return {
    source: 'JIRA',
    type: 'JiraIssue',
    name: 'search',
    freshness: 'default',
    maxListsPerFetch: 1,
    isConcerned: (key, list, changes) => {
      const question = questionOf(key);
      return changes.some((change) => isIssueListConcerned(question, list, change));
    },
    fetch: async ([key], fields, call) => {
      if (key === undefined) return new Map();
      const list = await readList(questionOf(key), fields, call, options);
      return new Map([[key, { kind: 'found', ...list }]]);
    },
  };
}

async function readList(
  question: ListQuestion,
  fields: readonly string[],
  call: FetchCall,
  { client, clock, issues, companions, versions, recentWrites }: IssueListOptions,
): Promise<{ readonly ids: readonly string[]; readonly meta: JsonValue }> {
  const { after, size, updatedFrom, updatedTo } = question;
  const asked = askedOfJira(fields);
  const reconcileIssues = recentWrites.list();
  const search = {
    jql: allOf(withBounds(question, clock.now()), NEWEST_FIRST),
    fields: asked.fields,
    maxResults: size + 1 + (after ? OVERLAP_ROWS : 0),
    ...(asked.changelog ? { expand: 'changelog' as const } : {}),
    ...(reconcileIssues.length > 0 ? { reconcileIssues } : {}),
  };
  const rows: Position[] = [];
  const unplaced: string[] = [];
  const answered: IssueAnswer[] = [];
  const following = new FollowingRows(after);
  for await (const issue of searchAll(client, search, callerOf(call))) {
    answered.push(issue);
    const updatedMs = updatedMsOf(issue);
    if (updatedMs === null) {
      unplaced.push(issue.key);
      continue;
    }
    if (updatedTo !== null && updatedMs > updatedTo) continue;
    if (updatedFrom !== null && updatedMs < updatedFrom) break;
    rows.push(...following.next({ issueId: issue.id, key: issue.key, updatedMs }));
    if (rows.length > size) break;
  }
  rows.push(...following.end());
  call.put(issues, sideRecords(answered, fields, versions));
  companionsOf(companions, answered).put(call);
  const page = rows.slice(0, size);
  const meta: ListMeta = {
    places: page.map(({ updatedMs, key }) => [updatedMs, key]),
    hasMore: rows.length > size,
    unplaced,
    next: rows[size]?.issueId ?? null,
  };
  return { ids: page.map(({ issueId }) => issueId), meta: meta as unknown as JsonValue };
}

/** Those that can be read and are no older than what was seen of them. */
function sideRecords(
  answered: readonly IssueAnswer[],
  fields: readonly string[],
  versions: IssueVersions,
): ReadonlyMap<string, SideRecord> {
  const records = new Map<string, SideRecord>();
  for (const issue of answered) {
    const updatedMs = updatedMsOf(issue);
    if (updatedMs === null || versions.isOutdated(issue.id, updatedMs)) continue;
    versions.note(issue.id, updatedMs);
    const record = toIssueRecord(issue, fields);
    if (record.kind === 'found') records.set(issue.id, record);
  }
  return records;
}

function withBounds(question: ListQuestion, nowMs: number): [JqlClause, ...JqlClause[]] {
  const upper = Math.min(question.updatedTo ?? Infinity, question.after?.updatedMs ?? Infinity);
  const bounds = [
    compareInstant('updated', '<=', upper, nowMs),
    compareInstant('updated', '>=', question.updatedFrom ?? -Infinity, nowMs),
  ].filter((bound) => bound !== null);
  const [first, ...rest] = [...question.clauses, ...bounds];
  return first ? [first, ...rest] : [anyIssue];
}

function questionOf(key: string): ListQuestion {
  const [clauses, updatedFrom, updatedTo, place, size] = JSON.parse(key) as [
    readonly JqlTerm[],
    number | null,
    number | null,
    readonly [number, string, string] | null,
    number,
  ];
  return {
    clauses: clauses.map(clauseOf),
    updatedFrom,
    updatedTo,
    after: place && { updatedMs: place[0], key: place[1], issueId: place[2] },
    size,
  };
}
