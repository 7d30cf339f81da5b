import type { RecordCache } from '../../cache/record-cache.ts';
import type { Clock } from '../../platform/clock.ts';
import { parsePage, toConnection } from '../../platform/connection.ts';
import type { FieldNeeds } from '../../platform/edges.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { JiraClient } from './client.ts';
import { CommentLoader } from './comment-loader.ts';
import type { CustomFieldName } from './fields.ts';
import { toConditions } from './issue-filter.ts';
import { isNumericId, normaliseIssueKey, normaliseProjectKey } from './issue-keys.ts';
import { IssueLoader } from './issue-loader.ts';
import { readIssueList, readIssuePage } from './issue-pages.ts';
import { issueProperties } from './issue-properties.ts';
import { JiraReads } from './jira-reads.ts';
import { containsWords } from './jql.ts';
import type { JiraKinds } from './kinds.ts';
import type { JiraLoaders } from './loaders.ts';
import { type IssueModelContext, toCommentModel, toProjectModel, toUserModel } from './model.ts';
import { PlainRecordLoader } from './plain-record-loader.ts';
import { leadOf } from './project-kind.ts';
import { userFields, userOf } from './user-kind.ts';

/** What all requests share. */
export interface JiraAccess {
  readonly cache: Pick<RecordCache, 'readRecords' | 'readLists'>;
  readonly kinds: JiraKinds;
  readonly modelContext: IssueModelContext;
  readonly clock: Clock;
  readonly fetchComment: JiraClient['fetchComment'];
}

/** `needs` says which properties the selected fields read; it knows the edges and computed fields of all slices. */
export function createJiraLoaders(access: JiraAccess, scope: RequestScope, needs: FieldNeeds): JiraLoaders {
  const { kinds, clock } = access;
  const reads = new JiraReads(access.cache, scope, clock.now());
  const source = { reads, kinds, modelContext: withFixedFieldIds(access.modelContext) };
  const issues = new IssueLoader(source, scope, needs);
  const comments = new CommentLoader(source, scope);
  const users = new PlainRecordLoader({ reads, kind: kinds.users, fields: userFields, scope }, (id, values) =>
    toUserModel(userOf(id, values)),
  );
  const projects = new PlainRecordLoader(
    { reads, kind: kinds.projects, fields: ['key', 'name'], scope },
    (id, values) =>
      toProjectModel({
        id,
        key: String(values.key),
        name: typeof values.name === 'string' ? values.name : null,
        lead: null,
      }),
  );
  const leads = new PlainRecordLoader({ reads, kind: kinds.projects, fields: ['lead'], scope }, (_id, values) => {
    const lead = leadOf(values.lead);
    return lead && toUserModel(lead);
  });
  return {
    issueByKey: {
      load: async (text, request) => {
        const key = normaliseIssueKey(text);
        return key === null ? null : issues.load(key, request);
      },
    },
    issueById: { load: async (id, request) => (isNumericId(id) ? issues.load(id, request) : null) },
    commentsByIssueKey: comments,
    commentByPlace: {
      load: async (place) => {
        const [issueId = '', commentId = ''] = place.split('/');
        const { signal, receipt } = scope;
        const comment = await access.fetchComment(issueId, commentId, { signal, receipts: [receipt] });
        return comment && toCommentModel(comment);
      },
    },
    userById: {
      load: async (accountId, request) => (/^[\w:-]{1,128}$/.test(accountId) ? users.load(accountId, request) : null),
    },
    projectByKey: {
      load: async (text, request) => {
        const key = normaliseProjectKey(text);
        return key === null ? null : projects.load(key, request);
      },
    },
    projectById: { load: async (id, request) => (isNumericId(id) ? projects.load(id, request) : null) },
    projectLeadByProjectKey: {
      load: async (text, request) => {
        const key = normaliseProjectKey(text);
        return key === null ? null : leads.load(key, request);
      },
    },
    issuesPage: async (pageArguments, filter, selection, demand = scope.demand) => {
      const page = parsePage(pageArguments);
      const conditions = toConditions(filter);
      if (conditions === null) return { connection: toConnection(page, [], () => ''), unreadable: [] };
      const properties = issueProperties(selection, needs);
      return readIssuePage(source, page, conditions, properties, demand);
    },
    searchIssues: async (text, first, selection, demand = scope.demand) => {
      const clause = containsWords('summary', text, { prefix: true });
      if (clause === null) return { issues: [], unreadable: [] };
      const properties = issueProperties(selection, needs);
      const question = { clauses: [clause], updatedFrom: null, updatedTo: null, after: null, size: first };
      const list = await readIssueList(source, question, properties, demand);
      if (!list) return null;
      const models = list.rows.map(({ model }) => model);
      return {
        issues: models.flatMap((model) => (model instanceof GatewayError ? [] : (model ?? []))),
        unreadable: models.filter((model) => model instanceof GatewayError),
      };
    },
    clear: () => {
      for (const loader of [issues, comments, users, projects, leads]) loader.clear();
    },
  };
}

/** A field that is discovered between a read and its model would seem empty, so one request keeps to what it knew first. */
function withFixedFieldIds(context: IssueModelContext): IssueModelContext {
  const ids = new Map<CustomFieldName, string | GatewayError>();
  return {
    baseUrl: context.baseUrl,
    customFieldId: (name) => {
      const known = ids.get(name) ?? context.customFieldId(name);
      ids.set(name, known);
      return known;
    },
  };
}
