import type { Resolvers } from '../../generated/graphql.ts';
import { demanded } from '../../platform/freshness-directive.ts';
import { nodeSelectionOf, selectionOf } from '../../platform/selection.ts';

/** The root fields; relations are edges, and everything else is a property of its model. */
export const salesforceResolvers = {
  Query: {
    psRequest: (_root, args, { loaders, scope }, info) =>
      loaders.salesforce.psRequestByAnyId.load(args.id, {
        selection: selectionOf(info, 'PsRequest'),
        args,
        ...demanded(info, scope.demand),
      }),
    psRequests: (_root, args, { loaders, scope }, info) =>
      loaders.salesforce.psRequestsPage({
        selection: nodeSelectionOf(info, 'PsRequest'),
        connection: selectionOf(info, 'PsRequestConnection'),
        args,
        ...demanded(info, scope.demand),
      }),
    account: (_root, args, { loaders, scope }, info) =>
      loaders.salesforce.accountByAnyId.load(args.id, {
        selection: selectionOf(info, 'Account'),
        args,
        ...demanded(info, scope.demand),
      }),
    accounts: (_root, args, { loaders, scope }, info) =>
      loaders.salesforce.accountsPage({
        selection: nodeSelectionOf(info, 'Account'),
        connection: selectionOf(info, 'AccountConnection'),
        args,
        ...demanded(info, scope.demand),
      }),
    project: (_root, args, { loaders, scope }, info) =>
      loaders.salesforce.projectByAnyId.load(args.id, {
        selection: selectionOf(info, 'Project'),
        args,
        ...demanded(info, scope.demand),
      }),
    salesforceUser: (_root, args, { loaders, scope }, info) =>
      loaders.salesforce.userByAnyId.load(args.id, {
        selection: selectionOf(info, 'SalesforceUser'),
        args,
        ...demanded(info, scope.demand),
      }),
  },
} satisfies Resolvers;
