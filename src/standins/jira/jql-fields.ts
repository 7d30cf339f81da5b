import type { JiraIssueSeed } from '../data/company.ts';
import { adfText } from './adf-text.ts';
import { ENVIRONMENT, GO_LIVE_DATE, PS_REQUEST, RELEASE_VERSION } from './fields.ts';
import type { Site } from './site.ts';
import { issueTypes, priorities, statusCategories, statuses, statusOf } from './workflow.ts';

/**
 * A field of JQL. `choice`: a closed set of values, found by id or name. `label`: any word. `user`, `key`, `date` speak for themselves.
 * `text`: only `~`, `!~`, `is`: Jira refuses `=` on it, also on custom fields of one line.
 */
export type JqlField = {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The field definition that must be visible; absent: always there. */
  readonly fieldId?: string;
  readonly sort?: (issue: JiraIssueSeed, site: Site) => string | number | null;
} & (
  | { readonly kind: 'key' | 'label' | 'user'; readonly values: (issue: JiraIssueSeed) => readonly string[] }
  | { readonly kind: 'text'; readonly values: (issue: JiraIssueSeed) => readonly string[] }
  | { readonly kind: 'date'; readonly wholeDays?: boolean; readonly value: (issue: JiraIssueSeed) => string | null }
  | {
      readonly kind: 'choice';
      readonly values: (issue: JiraIssueSeed) => readonly string[];
      /** The value that an operand means; undefined when there is none. */
      readonly find: (operand: string, site: Site) => string | undefined;
      /** Order for `<` and `>`; absent where Jira does not compare. */
      readonly rank?: (value: string) => number;
    }
);

const one = (value: string | null): readonly string[] => (value === null || value === '' ? [] : [value]);
const byIdOrName = (list: readonly { readonly id: string; readonly name: string }[]) => (operand: string) =>
  list.find(({ id, name }) => id === operand || name.toLowerCase() === operand.toLowerCase())?.name;
const known = (read: (issue: JiraIssueSeed) => readonly string[]) => (operand: string, site: Site) =>
  site
    .visibleIssues()
    .flatMap(read)
    .find((value) => value.toLowerCase() === operand.toLowerCase());
const timeOf = (text: string | null) => (text === null ? null : Date.parse(text));
const userName = (accountId: string | null, site: Site) =>
  accountId === null ? null : (site.user(accountId)?.displayName ?? 'Former user').toLowerCase();
const priorityRank = (name: string | null) => {
  const index = priorities.findIndex((priority) => priority.name === name);
  return index === -1 ? null : priorities.length - index;
};

export const UNRESOLVED = 'Unresolved';

const descriptionText = (issue: JiraIssueSeed) => (issue.description === null ? [] : one(adfText(issue.description)));
const commentTexts = (issue: JiraIssueSeed) => issue.comments.map(({ body }) => adfText(body));

const jqlFields: readonly JqlField[] = [
  {
    kind: 'key',
    name: 'key',
    aliases: ['issuekey', 'id', 'issue', 'issueid'],
    values: ({ id }) => [id],
    sort: ({ key }) => keyOrder(key),
  },
  {
    kind: 'choice',
    name: 'project',
    aliases: [],
    fieldId: 'project',
    values: ({ projectKey }) => [projectKey],
    find: (operand, site) =>
      site.projects.find(
        ({ id, key, name }) =>
          id === operand || [key, name].some((text) => text.toLowerCase() === operand.toLowerCase()),
      )?.key,
    sort: ({ projectKey }, site) => (site.project(projectKey)?.name ?? projectKey).toLowerCase(),
  },
  {
    kind: 'choice',
    name: 'status',
    aliases: [],
    fieldId: 'status',
    values: ({ statusName }) => [statusName],
    find: byIdOrName(statuses),
    sort: (issue) => Number(statusOf(issue).id),
  },
  {
    kind: 'choice',
    name: 'statusCategory',
    aliases: [],
    fieldId: 'status',
    values: (issue) => [statusOf(issue).category],
    find: (operand) =>
      Object.values(statusCategories).find(({ id, key, name }) =>
        [String(id), key, name.toLowerCase()].includes(operand.toLowerCase()),
      )?.key,
  },
  {
    kind: 'choice',
    name: 'priority',
    aliases: [],
    fieldId: 'priority',
    values: ({ priority }) => one(priority),
    find: byIdOrName(priorities),
    rank: (name) => priorityRank(name) ?? 0,
    sort: ({ priority }) => priorityRank(priority),
  },
  {
    kind: 'choice',
    name: 'issuetype',
    aliases: ['type'],
    fieldId: 'issuetype',
    values: ({ issueType }) => [issueType],
    find: byIdOrName(issueTypes),
    sort: ({ issueType }) => issueType.toLowerCase(),
  },
  {
    kind: 'choice',
    name: 'resolution',
    aliases: [],
    fieldId: 'resolution',
    values: ({ resolvedAt }) => (resolvedAt === null ? [] : ['Done']),
    find: (operand) => ['Done', UNRESOLVED].find((name) => name.toLowerCase() === operand.toLowerCase()),
    sort: ({ resolvedAt }) => (resolvedAt === null ? null : 1),
  },
  {
    kind: 'choice',
    name: 'fixVersion',
    aliases: [],
    fieldId: 'fixVersions',
    values: ({ fixVersions }) => fixVersions,
    find: known(({ fixVersions }) => fixVersions),
    sort: ({ fixVersions }) => fixVersions.toSorted()[0]?.toLowerCase() ?? null,
  },
  {
    kind: 'choice',
    name: 'Environment',
    aliases: ['cf[10102]', 'environment[dropdown]'],
    fieldId: ENVIRONMENT,
    values: ({ environment }) => one(environment),
    find: known(({ environment }) => one(environment)),
    sort: ({ environment }) => environment?.toLowerCase() ?? null,
  },
  {
    kind: 'user',
    name: 'assignee',
    aliases: [],
    fieldId: 'assignee',
    values: ({ assigneeAccountId }) => one(assigneeAccountId),
    sort: ({ assigneeAccountId }, site) => userName(assigneeAccountId, site),
  },
  {
    kind: 'user',
    name: 'reporter',
    aliases: ['creator'],
    fieldId: 'reporter',
    values: ({ reporterAccountId }) => one(reporterAccountId),
    sort: ({ reporterAccountId }, site) => userName(reporterAccountId, site),
  },
  {
    kind: 'label',
    name: 'labels',
    aliases: [],
    fieldId: 'labels',
    values: ({ labels }) => labels,
    sort: ({ labels }) => labels[0]?.toLowerCase() ?? null,
  },
  {
    kind: 'text',
    name: 'summary',
    aliases: [],
    fieldId: 'summary',
    values: ({ summary }) => one(summary),
    sort: ({ summary }) => summary.toLowerCase(),
  },
  {
    kind: 'text',
    name: 'description',
    aliases: [],
    fieldId: 'description',
    values: descriptionText,
    sort: (issue) => descriptionText(issue)[0]?.toLowerCase() ?? null,
  },
  { kind: 'text', name: 'environment', aliases: [], fieldId: 'environment', values: () => [], sort: () => null },
  { kind: 'text', name: 'comment', aliases: [], fieldId: 'comment', values: commentTexts },
  {
    kind: 'text',
    name: 'text',
    aliases: [],
    values: (issue) => [
      issue.summary,
      ...descriptionText(issue),
      ...commentTexts(issue),
      ...one(issue.psRequest),
      ...one(issue.releaseVersion),
    ],
  },
  {
    kind: 'text',
    name: 'PS Request',
    aliases: ['cf[10101]', 'ps request[short text]'],
    fieldId: PS_REQUEST,
    values: ({ psRequest }) => one(psRequest),
    sort: ({ psRequest }) => psRequest?.toLowerCase() ?? null,
  },
  {
    kind: 'text',
    name: 'Release version',
    aliases: ['cf[10103]', 'release version[short text]'],
    fieldId: RELEASE_VERSION,
    values: ({ releaseVersion }) => one(releaseVersion),
    sort: ({ releaseVersion }) => releaseVersion?.toLowerCase() ?? null,
  },
  {
    kind: 'date',
    name: 'Go-live date',
    aliases: ['cf[10104]', 'go-live date[date]'],
    fieldId: GO_LIVE_DATE,
    wholeDays: true,
    value: ({ goLiveDate }) => goLiveDate,
    sort: ({ goLiveDate }) => timeOf(goLiveDate),
  },
  {
    kind: 'date',
    name: 'created',
    aliases: ['createddate'],
    fieldId: 'created',
    value: ({ createdAt }) => createdAt,
    sort: ({ createdAt }) => timeOf(createdAt),
  },
  {
    kind: 'date',
    name: 'updated',
    aliases: ['updateddate'],
    fieldId: 'updated',
    value: ({ updatedAt }) => updatedAt,
    sort: ({ updatedAt }) => timeOf(updatedAt),
  },
  {
    kind: 'date',
    name: 'resolved',
    aliases: ['resolutiondate'],
    fieldId: 'resolutiondate',
    value: ({ resolvedAt }) => resolvedAt,
    sort: ({ resolvedAt }) => timeOf(resolvedAt),
  },
];

/** The field of a name in any case; a name that a system and a custom field share means the system field, as long as it is visible. */
export function findJqlField(name: string, site: Site): JqlField | undefined {
  const wanted = name.toLowerCase();
  const visible = jqlFields.filter(
    ({ fieldId }) => fieldId === undefined || site.fields.some(({ id }) => id === fieldId),
  );
  const candidates = visible.filter((field) => field.name.toLowerCase() === wanted || field.aliases.includes(wanted));
  return candidates.find((field) => field.fieldId?.startsWith('customfield_') !== true) ?? candidates[0];
}

/** Keys sort by project, then by number, and not as text. */
export function keyOrder(key: string): string {
  const [project = '', number = ''] = key.split('-');
  return `${project}-${number.padStart(10, '0')}`;
}
