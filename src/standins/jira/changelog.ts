import type { JiraIssueSeed } from '../data/company.ts';
import { toJiraDate } from './jira-date.ts';
import type { Site } from './site.ts';
import { userReference } from './user-representation.ts';
import { statuses } from './workflow.ts';

/** As many changes as `expand=changelog` tells of at most. */
const MAX_HISTORIES = 40;

/** What `expand=changelog` tells of an issue, as far as its moves and its changes of status go, the newest first. */
export function changelogBean(issue: JiraIssueSeed, site: Site): Record<string, unknown> {
  const keys = [...issue.movedFrom, issue.key];
  const moves = issue.movedFrom.map((oldKey, index) => ({
    author: userReference(issue.reporterAccountId, site) ?? undefined,
    created: toJiraDate(issue.createdAt),
    items: [
      {
        field: 'Key',
        fieldtype: 'jira',
        from: null,
        fromString: oldKey,
        to: null,
        toString: keys[index + 1] ?? issue.key,
      },
    ],
  }));
  const transitions = (site.statusChanges.get(issue.id) ?? []).map(({ from, to, byAccountId, changedAt }) => ({
    author: userReference(byAccountId, site) ?? undefined,
    created: toJiraDate(changedAt),
    items: [
      {
        field: 'status',
        fieldtype: 'jira',
        fieldId: 'status',
        from: idOf(from),
        fromString: from,
        to: idOf(to),
        toString: to,
      },
    ],
  }));
  const all = [...moves, ...transitions]
    .map((history, index) => ({ id: String(Number(issue.id) * 1_000 + index + 1), ...history }))
    .reverse();
  const histories = all.slice(0, MAX_HISTORIES);
  return { startAt: 0, maxResults: histories.length, total: all.length, histories };
}

function idOf(statusName: JiraIssueSeed['statusName']): string | undefined {
  return statuses.find(({ name }) => name === statusName)?.id;
}
