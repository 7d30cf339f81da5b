import type { EdgeRequest } from '../../platform/edges.ts';
import { badUserInput } from '../../platform/errors.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import { createByIdLoader, createByNumberLoader } from './by-id-loader.ts';
import { account, deploymentStep, project, psRequest, type SalesforceObject, supportCase, user } from './fields.ts';
import { parseRecordId, toPsRequestNumber } from './ids.ts';
import { createListLoader } from './list-loader.ts';
import type { OneLoader, SalesforceLoaders } from './loaders.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import type { CachedPages } from './page-kinds.ts';
import { readPage } from './page-reader.ts';
import { createPagesByParentLoader } from './pages-by-parent-loader.ts';
import { openRequestReads } from './request-reads.ts';
import type { SalesforceSource } from './source.ts';

/** The Salesforce loaders of one request; what the request has read they share, what the source has read all requests share. */
export function createSalesforceLoaders(source: SalesforceSource, scope: RequestScope): SalesforceLoaders {
  const reads = openRequestReads(source.reads, scope);
  const { keyedLists, pageKinds } = reads;
  const psRequestById = createByIdLoader(psRequest, reads);
  const accountById = createByIdLoader(account, reads);
  const projectById = createByIdLoader(project, reads);
  const userById = createByIdLoader(user, reads);
  const byNumber = createByNumberLoader(psRequest, reads);
  const psRequestByNumber: OneLoader<SalesforceModels['PsRequest']> = {
    load: async (number, request) => {
      if (toPsRequestNumber(number) === null) {
        throw badUserInput('This is not the number of a request. Send one such as PSR-00042.');
      }
      return byNumber.load(number, request);
    },
  };
  const anyId = <TypeName extends SalesforceTypeName>(
    object: SalesforceObject<TypeName>,
    loader: OneLoader<SalesforceModels[TypeName]>,
  ): OneLoader<SalesforceModels[TypeName]> => ({
    load: async (id, request) => loader.load(parseRecordId(reads.availability.idKind(object), id, 'id'), request),
  });
  const psRequestByAnyId = anyId(psRequest, psRequestById);

  const pagesOf =
    <TypeName extends SalesforceTypeName>(pages: CachedPages<TypeName>) =>
    (request: EdgeRequest) =>
      readPage(pages, request, reads);
  const searchIn =
    <TypeName extends SalesforceTypeName>(
      pages: CachedPages<TypeName>,
      argsOf: (text: string) => EdgeRequest['args'],
    ) =>
    async (text: string, first: number, selection: EdgeRequest['selection'], demand?: EdgeRequest['demand']) => {
      const trimmed = text.trim();
      if (trimmed === '') return [];
      const page = await readPage(
        pages,
        { args: { ...argsOf(trimmed), first }, selection, ...(demand ? { demand } : {}) },
        reads,
      );
      return page?.nodes ?? null;
    };

  return {
    psRequestById,
    accountById,
    projectById,
    userById,
    stepById: createByIdLoader(deploymentStep, reads),
    caseById: createByIdLoader(supportCase, reads),
    stepsByPsRequestId: createListLoader(keyedLists.stepsOfRequest, reads),
    casesByPsRequestId: createListLoader(keyedLists.casesOfRequest, reads),
    jiraLinksByPsRequestId: createListLoader(keyedLists.linksOfRequest, reads),
    psRequestsByAccountId: createPagesByParentLoader(pageKinds.psRequestsOfAccount, reads),
    psRequestsByProjectId: createPagesByParentLoader(pageKinds.psRequestsOfProject, reads),
    psRequestByNumber,
    psRequestByAnyId: {
      load: async (id, request) =>
        toPsRequestNumber(id) === null ? psRequestByAnyId.load(id, request) : psRequestByNumber.load(id, request),
    },
    accountByAnyId: anyId(account, accountById),
    projectByAnyId: anyId(project, projectById),
    userByAnyId: anyId(user, userById),
    jiraLinksByJiraKey: createListLoader(keyedLists.linksOfJiraKey, reads),
    psRequestsByPrimaryJiraKey: createListLoader(keyedLists.requestsOfPrimaryKey, reads),
    psRequestsPage: pagesOf(pageKinds.psRequests),
    accountsPage: pagesOf(pageKinds.accounts),
    searchPsRequests: searchIn(pageKinds.psRequests, (text) => ({ filter: { text } })),
    searchAccounts: searchIn(pageKinds.accounts, (text) => ({ filter: { name: text } })),
    searchProjects: searchIn(pageKinds.projects, (text) => ({ text })),
    clear: () => reads.forget(),
  };
}
