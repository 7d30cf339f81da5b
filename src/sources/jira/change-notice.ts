import { z } from 'zod';
import { listsTag, recordTag } from '../../cache/tags.ts';

/** What a notice of Jira concerns. */
export interface JiraChangeNotice {
  /** `jira:issue_updated`, `comment_created` … */
  readonly event: string;
  /** When it happened, in milliseconds since the epoch; null when the notice does not say. */
  readonly happenedAtMs: number | null;
  /** Everything that may be different now; empty for an event that concerns nothing of the graph. */
  readonly tags: readonly string[];
  /** Numeric ids of issues that were written, which Jira's search may not show yet. */
  readonly issueIds: readonly string[];
}

const idText = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,19}$/));
const keyText = z.string().max(255);
const someIssue = z.object({ id: idText, key: keyText.optional() });
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
  const [subject] = event.replace(/^jira:/, '').split('_', 1);
  const issues = issuesOf(subject ?? '', parsed.data);
  const tags = [...issues.ids, ...issues.keys].map((name) => recordTag('JiraIssue', name));
  if (tags.length > 0) tags.push(listsTag('JiraIssue'));
  const { user, project } = parsed.data;
  if (subject === 'user' && user) tags.push(recordTag('JiraUser', user.accountId));
  if (subject === 'project' && project) {
    tags.push(recordTag('JiraProject', project.id), recordTag('JiraProject', project.key.toUpperCase()));
  }
  return { event, happenedAtMs: timestamp ?? null, tags, issueIds: issues.ids };
}

function issuesOf(
  subject: string,
  body: Notice,
): { readonly ids: readonly string[]; readonly keys: readonly string[] } {
  const { issue, worklog, issueLink, changelog } = body;
  if (subject === 'worklog' && worklog) return { ids: [worklog.issueId], keys: [] };
  if (subject === 'issuelink' && issueLink) {
    return { ids: [issueLink.sourceIssueId, issueLink.destinationIssueId].filter((id) => id !== undefined), keys: [] };
  }
  if ((subject !== 'issue' && subject !== 'comment') || !issue) return { ids: [], keys: [] };
  const keys = new Set(issue.key === undefined ? [] : [issue.key.toUpperCase()]);
  for (const item of changelog?.items ?? []) {
    if (typeof item.field !== 'string' || item.field.toLowerCase() !== 'key') continue;
    // A moved issue is asked for by its former key too. `toString` is also the name of something that every object has.
    const after: unknown = Object.hasOwn(item, 'toString') ? item.toString : null;
    for (const key of [item.fromString, after]) if (typeof key === 'string' && key !== '') keys.add(key.toUpperCase());
  }
  return { ids: [issue.id], keys: [...keys] };
}
