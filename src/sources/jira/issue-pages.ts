import type { RecordAnswer } from '../../cache/record-answer.ts';
import { type Connection, type Page, parseCursor, toConnection, toCursor } from '../../platform/connection.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { IssueProperty } from './fields.ts';
import type { Position } from './following-rows.ts';
import type { IssueConditions } from './issue-filter.ts';
import { toListKey } from './issue-lists.ts';
import type { IssueSource } from './issue-loader.ts';
import { fieldIds } from './issue-properties.ts';
import type { ListMeta, ListQuestion } from './list-question.ts';
import { type JiraIssueModel, toIssueModel } from './model.ts';

const CURSOR_KIND = 'jiraIssues';

export interface IssuePage {
  readonly connection: Connection<JiraIssueModel>;
  /** Why issues could not be read, which are left out; not all of them. */
  readonly unreadable: readonly GatewayError[];
}

/**
 * One page of issues, the last changed first. The cursor holds the last row itself (its change, key and id), not Jira's page token: it
 * does not expire after seven days, is independent of the page size, and issues that are created or changed meanwhile neither repeat
 * nor hide another one. The next page searches from the cursor's instant on and goes on behind the row with the cursor's id; when that
 * row has moved away, behind its place. Null: known, but not as fresh as is demanded. Throws when it, or all that is in it, could not be read,
 * and when any of it could not and `onStale` is FAIL.
 */
export async function readIssuePage(
  source: IssueSource,
  page: Page,
  conditions: IssueConditions,
  properties: ReadonlySet<IssueProperty>,
  demand: FreshnessDemand | undefined,
): Promise<IssuePage | null> {
  const after = page.from === null ? null : toPosition(page.from);
  const list = await readIssueList(source, { ...conditions, after, size: page.size }, properties, demand);
  if (!list) return null;
  const { rows, meta } = list;
  const unreadable = meta.unplaced.map(unplacedIssue);
  const readable = rows.flatMap(({ model, position }) => {
    if (!(model instanceof GatewayError)) return model ? [{ model, position }] : [];
    unreadable.push(model);
    return [];
  });
  const [failure] = unreadable;
  if (failure && (readable.length === 0 || demand?.onStale === 'FAIL')) throw failure;
  const { edges, pageInfo } = toConnection(page, readable, ({ position: { updatedMs, key, issueId } }) =>
    toCursor(CURSOR_KIND, [updatedMs, key, issueId]),
  );
  const plain = edges.map(({ cursor, node }) => ({ cursor, node: node.model }));
  // Rows decide whether there are more, not those of them that could be read.
  const hasNextPage = meta.hasMore;
  return {
    connection: { edges: plain, nodes: plain.map(({ node }) => node), pageInfo: { ...pageInfo, hasNextPage } },
    unreadable,
  };
}

export interface IssueListRows {
  /** Null: gone since the list was read. */
  readonly rows: readonly { readonly model: JiraIssueModel | GatewayError | null; readonly position: Position }[];
  readonly meta: ListMeta;
}

/** A list and its issues. Null: known, but it or an issue in it is not as fresh as is demanded. Throws when it can not be read. */
export async function readIssueList(
  { reads, kinds, modelContext }: IssueSource,
  question: ListQuestion,
  properties: ReadonlySet<IssueProperty>,
  demand: FreshnessDemand | undefined,
): Promise<IssueListRows | null> {
  const fields = fieldIds(properties, modelContext);
  const listKey = toListKey(question);
  const list = await reads.list(kinds.issueLists, listKey, fields, demand);
  if (list.kind === 'failed') throw list.error;
  if (list.kind === 'absent') return null;
  const meta = list.meta as unknown as ListMeta;
  const answers = await reads.records(kinds.issues, list.ids, fields, demand);
  const withheld = list.ids.filter((_, index) => {
    const answer = answers[index];
    return answer?.kind === 'absent' && answer.reason === 'stale';
  });
  if (withheld.length > 0) {
    reads.withheldList(kinds.issueLists, listKey, withheld);
    return null;
  }
  const rows = answers.map((answer, index) => {
    const [updatedMs = 0, key = ''] = meta.places[index] ?? [];
    return { model: modelOf(answer), position: { issueId: list.ids[index] ?? '', updatedMs, key } };
  });
  return { rows, meta };

  function modelOf(answer: RecordAnswer): JiraIssueModel | GatewayError | null {
    if (answer.kind === 'absent') return null;
    return answer.kind === 'failed' ? answer.error : toIssueModel(answer, properties, modelContext);
  }
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

function unplacedIssue(key: string): GatewayError {
  const message = `Jira answered the issue ${key} without the time of its last change, so it is left out. The other issues are not affected.`;
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { source: 'JIRA', details: { key } });
}
