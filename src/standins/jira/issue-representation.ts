import type { JiraIssueSeed } from '../data/company.ts';
import { adfHtml } from './adf-text.ts';
import { changelogBean } from './changelog.ts';
import { commentBean } from './comments.ts';
import { ENVIRONMENT, GO_LIVE_DATE, PS_REQUEST, RELEASE_VERSION } from './fields.ts';
import { toJiraDate } from './jira-date.ts';
import { issueTypeBean, projectReference, versionBean } from './project-representation.ts';
import type { Site } from './site.ts';
import { statusBean } from './status-representation.ts';
import { transitionBeans } from './transitions.ts';
import { userReference } from './user-representation.ts';
import { issueTypes, numericIdOf, priorities, resolutionDone, statusOf } from './workflow.ts';

/** An issue with the chosen fields (ids of field definitions); `expand` adds what it names. Chosen nothing but the id, it is the id alone. */
export function issueBean(
  issue: JiraIssueSeed,
  fields: ReadonlySet<string>,
  expand: ReadonlySet<string>,
  site: Site,
): Record<string, unknown> {
  const reads = [...fields].filter((id) => id !== 'issuekey');
  if (fields.size === 0 && expand.size === 0) return { id: issue.id };
  return {
    expand: 'operations,versionedRepresentations,editmeta,changelog,renderedFields',
    id: issue.id,
    self: `${site.origin}/rest/api/3/issue/${issue.id}`,
    key: issue.key,
    ...(reads.length > 0 ? { fields: Object.fromEntries(reads.map((id) => [id, fieldValue(id, issue, site)])) } : {}),
    ...(expand.has('renderedFields') ? { renderedFields: renderedFields(issue, fields) } : {}),
    ...(expand.has('changelog') ? { changelog: changelogBean(issue, site) } : {}),
    ...(expand.has('transitions') ? { transitions: transitionBeans(issue, site) } : {}),
  };
}

/** `names` and `schema` of the chosen fields, where `expand` asks for them. */
export function fieldExpansions(
  fields: ReadonlySet<string>,
  expand: ReadonlySet<string>,
  site: Site,
): Record<string, unknown> {
  const chosen = site.fields.filter(({ id }) => fields.has(id));
  return {
    ...(expand.has('names') ? { names: Object.fromEntries(chosen.map(({ id, name }) => [id, name])) } : {}),
    ...(expand.has('schema')
      ? { schema: Object.fromEntries(chosen.flatMap(({ id, schema }) => (schema ? [[id, schema]] : []))) }
      : {}),
  };
}

type FieldReader = (issue: JiraIssueSeed, site: Site) => unknown;

const readers: Readonly<Record<string, FieldReader>> = {
  summary: (issue) => issue.summary,
  issuetype: (issue, site) => {
    const type = issueTypes.find(({ name }) => name === issue.issueType);
    return type ? issueTypeBean(type, site) : null;
  },
  project: (issue, site) => {
    const project = site.project(issue.projectKey);
    return project ? projectReference(project, site) : null;
  },
  status: (issue, site) => statusBean(statusOf(issue), site),
  priority: (issue, site) => {
    const priority = priorities.find(({ name }) => name === issue.priority);
    return priority ? priorityReference(priority, site) : null;
  },
  resolution: (issue, site) =>
    issue.resolvedAt === null
      ? null
      : { self: `${site.origin}/rest/api/3/resolution/${resolutionDone.id}`, ...resolutionDone },
  assignee: (issue, site) => userReference(issue.assigneeAccountId, site),
  reporter: (issue, site) => userReference(issue.reporterAccountId, site),
  creator: (issue, site) => userReference(issue.reporterAccountId, site),
  labels: (issue) => issue.labels,
  fixVersions: (issue, site) => issue.fixVersions.map((name) => versionBean(name, site)),
  description: (issue) => issue.description,
  environment: () => null,
  created: (issue) => toJiraDate(issue.createdAt),
  updated: (issue) => toJiraDate(issue.updatedAt),
  resolutiondate: (issue) => toJiraDate(issue.resolvedAt),
  comment: (issue, site) => ({
    comments: issue.comments.map((comment) => commentBean(comment, issue, site)),
    self: `${site.origin}/rest/api/3/issue/${issue.id}/comment`,
    maxResults: issue.comments.length,
    total: issue.comments.length,
    startAt: 0,
  }),
  [PS_REQUEST]: (issue) => issue.psRequest,
  [ENVIRONMENT]: (issue, site) => (issue.environment === null ? null : optionBean(issue.environment, site)),
  [RELEASE_VERSION]: (issue) => issue.releaseVersion,
  [GO_LIVE_DATE]: (issue) => issue.goLiveDate,
};

function fieldValue(id: string, issue: JiraIssueSeed, site: Site): unknown {
  return readers[id]?.(issue, site) ?? null;
}

function renderedFields(issue: JiraIssueSeed, fields: ReadonlySet<string>): Record<string, unknown> {
  return fields.has('description') ? { description: issue.description === null ? '' : adfHtml(issue.description) } : {};
}

function priorityReference({ id, name }: { id: string; name: string }, site: Site): Record<string, unknown> {
  return {
    self: `${site.origin}/rest/api/3/priority/${id}`,
    iconUrl: `${site.origin}/images/icons/priorities/${name.toLowerCase()}.svg`,
    name,
    id,
  };
}

function optionBean(value: string, site: Site): Record<string, unknown> {
  const id = numericIdOf(value, 10_200);
  return { self: `${site.origin}/rest/api/3/customFieldOption/${id}`, value, id };
}
