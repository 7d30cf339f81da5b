import type { ListKind, RecordKind } from '../../cache/record-kind.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { JiraClient } from './client.ts';
import { createIssueKind } from './issue-kind.ts';
import { createIssueLists } from './issue-lists.ts';
import { IssueVersions } from './issue-versions.ts';
import { createProjectKind } from './project-kind.ts';
import type { RecentWrites } from './recent-writes.ts';
import { createUserKind } from './user-kind.ts';

/** What the cache holds of Jira. */
export interface JiraKinds {
  readonly issues: RecordKind;
  readonly issueLists: ListKind;
  readonly users: RecordKind;
  readonly projects: RecordKind;
}

export function createJiraKinds(options: {
  readonly client: JiraClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recentWrites: RecentWrites;
}): JiraKinds {
  const { client, clock, log, recentWrites } = options;
  const users = createUserKind(client);
  const projects = createProjectKind({ client, users });
  const companions = { users, projects };
  const versions = new IssueVersions();
  const issues = createIssueKind({ client, log, companions, versions });
  const issueLists = createIssueLists({ client, clock, issues, companions, versions, recentWrites });
  return { issues, issueLists, users, projects };
}
