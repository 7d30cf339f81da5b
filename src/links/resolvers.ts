import { responsePathAsArray } from 'graphql';
import type { Resolvers } from '../generated/graphql.ts';
import { demanded } from '../platform/freshness-directive.ts';
import { selectionOf } from '../platform/selection.ts';
import { issuesOfRequest } from './issues-of-request.ts';
import { requestOfIssue } from './request-of-issue.ts';
import { searchEverything } from './search.ts';

/** Fields that join two sources and are more than an edge. */
export const linkResolvers: Resolvers = {
  Query: {
    search: async (_parent, { text, first }, context, info) => {
      const demand = demanded(info, context.scope.demand);
      const asked = { text, first, selectionOf: (type: string) => selectionOf(info, type), ...demand };
      const { hits, failures } = await searchEverything(asked, context.loaders);
      for (const error of failures) context.reportPartialError(error, responsePathAsArray(info.path));
      return [...hits];
    },
  },
  PsRequest: {
    jiraIssues: async (request, _arguments, context, info) => {
      const asked = { selection: selectionOf(info, 'JiraIssue'), ...demanded(info, context.scope.demand) };
      const found = await issuesOfRequest(request, context.loaders, asked);
      for (const error of found?.failures ?? []) context.reportPartialError(error, responsePathAsArray(info.path));
      return found && [...found.issues];
    },
  },
  JiraIssue: {
    psRequest: (issue, _arguments, { loaders, scope }, info) =>
      requestOfIssue(issue, loaders.salesforce, {
        selection: selectionOf(info, 'PsRequest'),
        ...demanded(info, scope.demand),
      }),
  },
};
