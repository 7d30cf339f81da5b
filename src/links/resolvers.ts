import type { GraphQLResolveInfo } from 'graphql';
import type { Resolvers } from '../generated/graphql.ts';
import type { FreshnessDemand } from '../platform/freshness.ts';
import { demandOf } from '../platform/freshness-directive.ts';
import type { RequestScope } from '../platform/request-scope.ts';
import { selectionOf } from '../platform/selection.ts';
import { issuesOfRequest } from './issues-of-request.ts';
import { requestOfIssue } from './request-of-issue.ts';
import { searchEverything } from './search.ts';
import { type Withheld, withheldFrom } from './withheld.ts';

/** Fields that join two sources and are more than an edge. */
export const linkResolvers: Resolvers = {
  Query: {
    search: async (_parent, { text, first }, context, info) => {
      const { demand, withheld } = freshnessOf(info, context.scope);
      const asked = { text, first, selectionOf: (type: string) => selectionOf(info, type), ...demand };
      const found = await searchEverything(asked, context.loaders, withheld);
      for (const error of found?.failures ?? []) context.reportPartialError(error, info);
      return found && [...found.hits];
    },
  },
  PsRequest: {
    jiraIssues: async (request, _arguments, context, info) => {
      const { demand, withheld } = freshnessOf(info, context.scope);
      const asked = { selection: selectionOf(info, 'JiraIssue'), ...demand };
      const found = await issuesOfRequest(request, context.loaders, asked, withheld);
      for (const error of found?.failures ?? []) context.reportPartialError(error, info);
      return found && [...found.issues];
    },
  },
  JiraIssue: {
    psRequest: (issue, _arguments, { loaders, scope }, info) => {
      const { demand, withheld } = freshnessOf(info, scope);
      const asked = { selection: selectionOf(info, 'PsRequest'), ...demand };
      return requestOfIssue(issue, loaders.salesforce, asked, withheld);
    },
  },
};

/** What holds for a field, whether it says so itself or the request does. */
function freshnessOf(
  info: GraphQLResolveInfo,
  scope: RequestScope,
): { readonly demand: { readonly demand?: FreshnessDemand }; readonly withheld: Withheld } {
  const demand = demandOf(info, scope.demand) ?? scope.demand;
  return { demand: demand ? { demand } : {}, withheld: withheldFrom(info, scope.freshness, demand) };
}
