import DataLoader from 'dataloader';
import { chunk, oneByKey } from '../../platform/batch.ts';
import type { Clock } from '../../platform/clock.ts';
import { parsePage, toConnection } from '../../platform/connection.ts';
import type { FieldNeeds } from '../../platform/edges.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { ProjectAnswer } from './answers.ts';
import { type JiraCaller, type JiraClient, MAX_PROJECTS_PER_FETCH, MAX_USERS_PER_FETCH } from './client.ts';
import { CommentLoader } from './comment-loader.ts';
import type { CustomFieldName } from './fields.ts';
import { toConditions } from './issue-filter.ts';
import { isNumericId, normaliseIssueKey, normaliseProjectKey } from './issue-keys.ts';
import { fieldIds, IssueLoader, issueProperties } from './issue-loader.ts';
import { readIssuePage } from './issue-pages.ts';
import type { IssueReader } from './issue-reader.ts';
import { allOf, containsWords } from './jql.ts';
import type { JiraLoaders } from './loaders.ts';
import { type IssueModelContext, type JiraUserModel, toIssueModel, toProjectModel, toUserModel } from './model.ts';

/** What all requests share. */
export interface JiraAccess {
  readonly client: JiraClient;
  readonly reader: IssueReader;
  readonly modelContext: IssueModelContext;
  readonly clock: Clock;
}

/** `needs` says which properties the selected fields read; it knows the edges and computed fields of all slices. */
export function createJiraLoaders(access: JiraAccess, scope: RequestScope, needs: FieldNeeds): JiraLoaders {
  const { client, reader, clock } = access;
  const modelContext = withFixedFieldIds(access.modelContext);
  const caller: JiraCaller = { signal: scope.signal, receipts: [scope.receipt] };
  const issues = new IssueLoader(reader, modelContext, caller, needs);
  const users = new DataLoader((accountIds: readonly string[]) => readUsers(client, accountIds, caller));
  const projectsByKey = new DataLoader((keys: readonly string[]) => readProjects(client, 'keys', keys, caller));
  const projectsById = new DataLoader((ids: readonly string[]) => readProjects(client, 'id', ids, caller));
  const projectByKey = async (text: string): Promise<ProjectAnswer | null> => {
    const key = normaliseProjectKey(text);
    return key === null ? null : projectsByKey.load(key);
  };
  return {
    issueByKey: {
      load: async (text, request) => {
        const key = normaliseIssueKey(text);
        return key === null ? null : issues.load(key, request);
      },
    },
    issueById: { load: async (id, request) => (isNumericId(id) ? issues.load(id, request) : null) },
    commentsByIssueKey: new CommentLoader(client, reader, caller),
    userById: {
      load: async (accountId) => (/^[\w:-]{1,128}$/.test(accountId) ? users.load(accountId) : null),
    },
    projectByKey: {
      load: async (key) => {
        const project = await projectByKey(key);
        return project && toProjectModel(project);
      },
    },
    projectById: {
      load: async (id) => {
        const project = isNumericId(id) ? await projectsById.load(id) : null;
        if (!project) return null;
        projectsByKey.prime(project.key, project);
        return toProjectModel(project);
      },
    },
    projectLeadByProjectKey: {
      load: async (key) => {
        const lead = (await projectByKey(key))?.lead;
        return lead ? toUserModel(lead) : null;
      },
    },
    issuesPage: async (pageArguments, filter, selection) => {
      const page = parsePage(pageArguments);
      const conditions = toConditions(filter);
      if (conditions === null) return { connection: toConnection(page, [], () => ''), unreadable: [] };
      const properties = issueProperties(selection, needs);
      return readIssuePage(client, caller, page, conditions, properties, modelContext, clock.now());
    },
    searchIssues: async (text, first, selection) => {
      const clause = containsWords('summary', text, { prefix: true });
      if (clause === null) return [];
      const properties = issueProperties(selection, needs);
      const search = {
        jql: allOf([clause], 'updated DESC, key DESC'),
        fields: fieldIds(properties, modelContext),
        maxResults: first,
      };
      const found = await client.searchIssues(search, caller);
      return found.issues.slice(0, first).flatMap((issue) => {
        const model = toIssueModel(issue, properties, modelContext);
        if (!(model instanceof GatewayError)) return [model];
        scope.log.warn({ key: issue.key }, 'A hit of the search is left out, because Jira answered it incompletely.');
        return [];
      });
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

async function readUsers(
  client: JiraClient,
  accountIds: readonly string[],
  caller: JiraCaller,
): Promise<(JiraUserModel | null)[]> {
  const chunks = chunk(accountIds, MAX_USERS_PER_FETCH);
  const answers = await Promise.all(chunks.map((some) => client.fetchUsers(some, caller)));
  return oneByKey(accountIds, answers.flat().map(toUserModel), ({ accountId }) => accountId);
}

/** One project is asked at its own endpoint, which also knows the keys that a project had before. */
async function readProjects(
  client: JiraClient,
  by: 'keys' | 'id',
  keysOrIds: readonly string[],
  caller: JiraCaller,
): Promise<(ProjectAnswer | null)[]> {
  const [only] = keysOrIds;
  if (keysOrIds.length === 1 && only !== undefined) return [await client.fetchProject(only, caller)];
  const chunks = chunk(keysOrIds, MAX_PROJECTS_PER_FETCH);
  const answers = await Promise.all(chunks.map((some) => client.fetchProjects(by, some, caller)));
  return oneByKey(keysOrIds, answers.flat(), ({ id, key }) => (by === 'id' ? id : key.toUpperCase()));
}
