import type { JiraIssueSeed } from '../data/company.ts';
import { toJiraDate } from './jira-date.ts';
import type { Site } from './site.ts';
import { userReference } from './user-representation.ts';

/** What `expand=changelog` tells of an issue, as far as its moves go: each change of its key, the newest first. */
export function changelogBean(issue: JiraIssueSeed, site: Site): Record<string, unknown> {
  const keys = [...issue.movedFrom, issue.key];
  const moves = issue.movedFrom.map((oldKey, index) => ({ oldKey, newKey: keys[index + 1] ?? issue.key }));
  const histories = moves.reverse().map(({ oldKey, newKey }, index) => ({
    id: String(Number(issue.id) * 10 + moves.length - index),
    author: userReference(issue.reporterAccountId, site) ?? undefined,
    created: toJiraDate(issue.createdAt),
    items: [{ field: 'Key', fieldtype: 'jira', from: null, fromString: oldKey, to: null, toString: newKey }],
  }));
  return { startAt: 0, maxResults: histories.length, total: histories.length, histories };
}
