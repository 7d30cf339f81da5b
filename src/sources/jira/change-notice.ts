import { z } from 'zod';
import type { RecordChange } from '../../cache/record-change.ts';
import { recordTag } from '../../cache/tags.ts';
import { listValuesOf } from './list-values.ts';

/** What a notice of Jira concerns. */
export interface JiraChangeNotice {
  /** `jira:issue_updated`, `comment_created` … */
  readonly event: string;
  /** When it happened, in milliseconds since the epoch; null when the notice does not say. */
  readonly happenedAtMs: number | null;
  /** Issues; none for an event that concerns none. */
  readonly changes: readonly RecordChange[];
  /** Of people and projects that may be different now. */
  readonly tags: readonly string[];
  /** Numeric ids of issues that were written, which Jira's search may not show yet. */
  readonly issueIds: readonly string[];
}

const idText = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,19}$/));
const keyText = z.string().max(255);
const someIssue = z.object({
  id: idText,
  key: keyText.optional(),
  fields: z.record(z.string(), z.unknown()).nullish().catch(null),
});
const notice = z.object({
  webhookEvent: z.string().max(100),
  timestamp: z.number().optional(),
  issue: someIssue.optional(),
  changelog: z.object({ items: z.array(z.record(z.string(), z.unknown())) }).optional(),
  worklog: z.object({ issueId: idText }).optional(),
  issueLink: z.object({ sourceIssueId: idText.optional(), destinationIssueId: idText.optional() }).optional(),
  user: z.object({ accountId: z.string().max(128) }).optional(),
  project: z.object({ id: idText, key: keyText }).optional(),
});

type Notice = z.infer<typeof notice>;

/**
 * Reads the body of a webhook of Jira Cloud; null for what is none. Events: https://developer.atlassian.com/cloud/jira/platform/webhooks
 * A request's issues are found by their keys, so the tags of the issues concern them too.
 */
export function readJiraChangeNotice(body: unknown): JiraChangeNotice | null {
  const parsed = notice.safeParse(body);
  if (!parsed.success) return null;
  const { webhookEvent: event, timestamp } = parsed.data;
  const [subject, what] = event.replace(/^jira:/, '').split('_', 2);
  const changes = changesOf(subject ?? '', what ?? '', parsed.data);
  const tags: string[] = [];
  const { user, project } = parsed.data;
  if (subject === 'user' && user) tags.push(recordTag('JiraUser', user.accountId));
  if (subject === 'project' && project) {
    tags.push(recordTag('JiraProject', project.id), recordTag('JiraProject', project.key.toUpperCase()));
  }
  return { event, happenedAtMs: timestamp ?? null, changes, tags, issueIds: changes.map(({ id }) => id) };
}

function changesOf(subject: string, what: string, body: Notice): readonly RecordChange[] {
  const { issue, worklog, issueLink } = body;
  const touched = (id: string, fields: readonly string[]): RecordChange => ({ type: 'JiraIssue', id, fields });
  if (subject === 'worklog' && worklog) return [touched(worklog.issueId, ['worklog', 'updated'])];
  if (subject === 'issuelink' && issueLink) {
    const ids = [issueLink.sourceIssueId, issueLink.destinationIssueId].filter((id) => id !== undefined);
    return ids.map((id) => touched(id, ['issuelinks', 'updated']));
  }
  if ((subject !== 'issue' && subject !== 'comment') || !issue) return [];
  const change = { type: 'JiraIssue', id: issue.id, names: namesOf(body) };
  if (subject === 'comment') return [{ ...change, fields: ['comment', 'updated'] }];
  if (what === 'deleted') return [{ ...change, values: null }];
  const fields = what === 'updated' ? changedFields(body) : null;
  return [{ ...change, ...valuesOf(issue), ...(fields ? { fields } : {}) }];
}

/** A moved issue is asked for by its former key too. */
function namesOf({ issue, changelog }: Notice): readonly string[] {
  const keys = new Set(issue?.key === undefined ? [] : [issue.key.toUpperCase()]);
  for (const item of changelog?.items ?? []) {
    if (typeof item.field !== 'string' || item.field.toLowerCase() !== 'key') continue;
    // `toString` is also the name of something that every object has.
    const after: unknown = Object.hasOwn(item, 'toString') ? item.toString : null;
    for (const key of [item.fromString, after]) if (typeof key === 'string' && key !== '') keys.add(key.toUpperCase());
  }
  return [...keys];
}

function valuesOf({ fields }: NonNullable<Notice['issue']>): Pick<RecordChange, 'values'> {
  return fields ? { values: listValuesOf(fields) } : {};
}

/** Null when the notice does not tell all of them. */
function changedFields({ changelog }: Notice): readonly string[] | null {
  if (!changelog || changelog.items.length === 0) return null;
  const changed = new Set(['updated']);
  for (const { field, fieldId } of changelog.items) {
    if (typeof field !== 'string') return null;
    changed.add(field.toLowerCase());
    if (typeof fieldId === 'string') changed.add(fieldId);
  }
  return [...changed];
}
