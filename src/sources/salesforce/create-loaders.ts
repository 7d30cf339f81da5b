import { type PageArguments, parsePage } from '../../platform/connection.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import { badUserInput } from '../../platform/errors.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import { createByIdLoader } from './by-id-loader.ts';
import {
  account,
  deploymentStep,
  jiraLink,
  project,
  psRequest,
  type SalesforceObject,
  supportCase,
  user,
} from './fields.ts';
import { parseRecordId, toId18, toPsRequestNumber } from './ids.ts';
import { createListLoader, firstOf } from './list-loader.ts';
import { accountList, projectsNamed, psRequestList } from './lists.ts';
import type { OneLoader, SalesforceLoaders } from './loaders.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import { type PagedList, readPage } from './page-reader.ts';
import { createPagesByParentLoader } from './pages-by-parent.ts';
import { RecordStore } from './record-store.ts';
import type { RequestReads } from './request-reads.ts';
import type { OrderTerm } from './soql.ts';
import type { SalesforceSource } from './source.ts';

const byId: readonly OrderTerm[] = [{ column: 'Id', direction: 'ASC' }];

/** The Salesforce loaders of one request; they share what they have read, and nothing outlives the request. */
export function createSalesforceLoaders(source: SalesforceSource, scope: RequestScope): SalesforceLoaders {
  const reads: RequestReads = { ...source.reads, store: new RecordStore(), asker: scope };
  const psRequestById = createByIdLoader(psRequest, reads);
  const accountById = createByIdLoader(account, reads);
  const projectById = createByIdLoader(project, reads);
  const userById = createByIdLoader(user, reads);

  const childrenOf = { keyColumn: 'PS_Request__c', normalize: toId18 };
  const numbers = createListLoader(
    { object: psRequest, keyColumn: 'Name', caseless: true, orderBy: byId, normalize: toPsRequestNumber },
    reads,
  );
  const psRequestByNumber: OneLoader<SalesforceModels['PsRequest']> = {
    load: async (number, request) => {
      if (toPsRequestNumber(number) === null) {
        throw badUserInput('This is not the number of a request. Send one such as PSR-00042.');
      }
      return firstOf(numbers).load(number, request);
    },
  };
  const anyId = <TypeName extends SalesforceTypeName>(
    object: SalesforceObject<TypeName>,
    loader: OneLoader<SalesforceModels[TypeName]>,
  ): OneLoader<SalesforceModels[TypeName]> => ({
    load: async (id, request) => loader.load(parseRecordId(reads.availability.idKind(object), id, 'id'), request),
  });
  const psRequestByAnyId = anyId(psRequest, psRequestById);

  const pages =
    <TypeName extends SalesforceTypeName>(listOf: (args: EdgeRequest['args']) => PagedList<TypeName>) =>
    async ({ args, selection, connection }: EdgeRequest) =>
      readPage(listOf(args), { page: parsePage(args as PageArguments), selection, connection }, reads);
  const psRequestsOf = (args: EdgeRequest['args']) => psRequestList(args, reads.availability);
  const search =
    <TypeName extends SalesforceTypeName>(listOf: (text: string) => PagedList<TypeName>) =>
    async (text: string, first: number, selection: EdgeRequest['selection']) => {
      if (text.trim() === '') return [];
      const page = { direction: 'forward', size: first, from: null } as const;
      return (await readPage(listOf(text.trim()), { page, selection }, reads)).nodes;
    };

  return {
    psRequestById,
    accountById,
    projectById,
    userById,
    stepById: createByIdLoader(deploymentStep, reads),
    caseById: createByIdLoader(supportCase, reads),
    stepsByPsRequestId: createListLoader(
      { object: deploymentStep, ...childrenOf, orderBy: [{ column: 'Sequence__c', direction: 'ASC' }, ...byId] },
      reads,
    ),
    casesByPsRequestId: createListLoader({ object: supportCase, ...childrenOf, orderBy: byId }, reads),
    jiraLinksByPsRequestId: createListLoader({ object: jiraLink, ...childrenOf, orderBy: byId }, reads),
    psRequestsByAccountId: createPagesByParentLoader(
      { object: psRequest, parentColumn: 'Account__c', listOf: psRequestsOf },
      reads,
    ),
    psRequestsByProjectId: createPagesByParentLoader(
      { object: psRequest, parentColumn: 'Project__c', listOf: psRequestsOf },
      reads,
    ),
    psRequestByNumber,
    psRequestByAnyId: {
      load: async (id, request) =>
        toPsRequestNumber(id) === null ? psRequestByAnyId.load(id, request) : psRequestByNumber.load(id, request),
    },
    accountByAnyId: anyId(account, accountById),
    projectByAnyId: anyId(project, projectById),
    userByAnyId: anyId(user, userById),
    jiraLinksByJiraKey: createListLoader(
      { object: jiraLink, keyColumn: 'Jira_Key__c', caseless: true, orderBy: byId, normalize: toJiraKey },
      reads,
    ),
    psRequestsByPrimaryJiraKey: createListLoader(
      { object: psRequest, keyColumn: 'Jira_Key__c', caseless: true, orderBy: byId, normalize: toJiraKey },
      reads,
    ),
    psRequestsPage: pages(psRequestsOf),
    accountsPage: pages((args) => accountList(args, reads.availability)),
    searchPsRequests: search((text) => psRequestList({ filter: { text } }, reads.availability)),
    searchAccounts: search((text) => accountList({ filter: { name: text } }, reads.availability)),
    searchProjects: search((text) => projectsNamed(text, reads.availability)),
  };
}

/** What Jira itself takes for the key of an issue; Salesforce's column takes any text. */
function toJiraKey(text: string): string | null {
  const key = text.trim().toUpperCase();
  return /^[A-Z][A-Z0-9_]{1,50}-\d{1,12}$/.test(key) ? key : null;
}
