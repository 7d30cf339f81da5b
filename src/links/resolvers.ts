import { responsePathAsArray } from 'graphql';
import type { Resolvers } from '../generated/graphql.ts';
import { selectionOf } from '../platform/selection.ts';
import { issuesOfRequest } from './issues-of-request.ts';
import { requestOfIssue } from './request-of-issue.ts';
import { searchEverything } from './search.ts';

/** Fields that join two sources and are more than an edge. */
export const linkResolvers: Resolvers = {
  Query: {
    search: async (_parent, { text, first }, context, info) => {
      const asked = { text, first, selectionOf: (type: string) => selectionOf(info, type) };
      const { hits, failures } = await searchEverything(asked, context.loaders);
      for (const error of failures) context.reportPartialError(error, responsePathAsArray(info.path));
      return [...hits];
    },
  },
  PsRequest: {
    jiraIssues: async (request, _arguments, context, info) => {
      const { issues, failures } = await issuesOfRequest(request, context.loaders, selectionOf(info, 'JiraIssue'));
      for (const error of failures) context.reportPartialError(error, responsePathAsArray(info.path));
      return [...issues];
    },
  },
  JiraIssue: {
    psRequest: (issue, _arguments, { loaders }, info) =>
      requestOfIssue(issue, loaders.salesforce, selectionOf(info, 'PsRequest')),
  },
};
