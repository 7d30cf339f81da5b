import type { FetchedRecord, RecordKind } from '../../cache/record-kind.ts';
import type { RecordValues } from '../../cache/record-values.ts';
import type { Logger } from '../../platform/log.ts';
import type { CommentAnswer, IssueAnswer } from './answers.ts';
import { type JiraCaller, type JiraClient, MAX_COMMENTS_PER_PAGE, MAX_ISSUES_PER_FETCH } from './client.ts';
import { type CompanionKinds, companionsOf } from './companions.ts';
import { callerOf } from './fetch-caller.ts';
import { isNumericId } from './issue-keys.ts';
import { readIssues } from './issue-reader.ts';
import {
  askedOfJira,
  commentDepthOf,
  commentValues,
  completeComments,
  toIssueRecord,
  updatedMsOf,
} from './issue-values.ts';
import type { IssueVersions } from './issue-versions.ts';

export interface IssueKindOptions {
  readonly client: JiraClient;
  readonly log: Logger;
  readonly companions: CompanionKinds;
  readonly versions: IssueVersions;
}

/**
 * Issues by numeric id; every key that an issue has or had is a name of it. Fields are Jira's field ids and those of issue-values.ts, comments
 * among them: they belong to their issue, and are read a hundred issues at once. Jira cuts them off there (at 20 or more), so the comments of
 * an issue with more than it gave are read page by page.
 */
export function createIssueKind({ client, log, companions, versions }: IssueKindOptions): RecordKind {
  return {
    source: 'JIRA',
    type: 'JiraIssue',
    freshness: 'default',
    maxIdsPerFetch: MAX_ISSUES_PER_FETCH,
    fetch: async (ids, fields, call) => {
      const caller = callerOf(call);
      const depth = commentDepthOf(fields);
      const [only] = ids;
      if (only !== undefined && ids.length === 1 && isNumericId(only) && fields.length === 1 && depth > 0) {
        const comments = await readComments(client, only, depth, caller);
        if (comments) companionsOf(companions, [], comments.comments).put(call);
        return new Map([[only, commentRecord(comments, fields)]]);
      }
      const asked = askedOfJira(fields);
      const outcomes = await readIssues(ids, asked, caller, { client, log });
      const issues: IssueAnswer[] = [];
      const comments: CommentAnswer[] = [];
      const records = await Promise.all(
        [...outcomes].map(async ([id, outcome]): Promise<[string, FetchedRecord]> => {
          if (outcome.kind !== 'found') return [id, outcome];
          const { issue } = outcome;
          issues.push(issue);
          versions.note(issue.id, updatedMsOf(issue));
          const record = toIssueRecord(issue, fields, isNumericId(id) ? [] : [id]);
          if (depth === 0 || record.kind === 'failed') return [id, record];
          const complete = completeComments(issue.fields.comment);
          const held = complete
            ? { comments: complete, total: complete.length }
            : await readComments(client, issue.id, depth, caller);
          comments.push(...(held?.comments ?? []));
          return [id, { ...record, values: { ...record.values, ...valuesOf(held, fields) } }];
        }),
      );
      companionsOf(companions, issues, comments).put(call);
      return new Map(records);
    },
  };
}

interface FirstComments {
  readonly comments: readonly CommentAnswer[];
  readonly total: number;
}

/** The first comments of one issue. Null when the issue does not exist or may not be seen. */
async function readComments(
  client: JiraClient,
  issueId: string,
  depth: number,
  caller: JiraCaller,
): Promise<FirstComments | null> {
  const comments: CommentAnswer[] = [];
  for (;;) {
    const maxResults = Math.min(depth - comments.length, MAX_COMMENTS_PER_PAGE);
    const page = await client.fetchComments(issueId, comments.length, maxResults, caller);
    if (!page) return comments.length === 0 ? null : { comments, total: comments.length };
    comments.push(...page.comments);
    const total = page.total ?? comments.length;
    if (page.comments.length === 0 || comments.length >= Math.min(total, depth)) return { comments, total };
  }
}

function commentRecord(comments: FirstComments | null, fields: readonly string[]): FetchedRecord {
  if (!comments) return { kind: 'absent', reason: 'notFound' };
  return { kind: 'found', values: valuesOf(comments, fields) };
}

function valuesOf(held: FirstComments | null, fields: readonly string[]): RecordValues {
  return commentValues(held?.comments ?? [], held?.total ?? 0, fields);
}
