import type { Resolvers } from '../../generated/graphql.ts';
import { nodeSelectionOf, selectionOf } from '../../platform/selection.ts';

/** The root fields; relations are edges, and everything else is a property of its model. */
export const salesforceResolvers = {
  Query: {
    psRequest: (_root, args, { loaders }, info) =>
      loaders.salesforce.psRequestByAnyId.load(args.id, { selection: selectionOf(info, 'PsRequest'), args }),
    psRequests: (_root, args, { loaders }, info) =>
      loaders.salesforce.psRequestsPage({
        selection: nodeSelectionOf(info, 'PsRequest'),
        connection: selectionOf(info, 'PsRequestConnection'),
        args,
      }),
    account: (_root, args, { loaders }, info) =>
      loaders.salesforce.accountByAnyId.load(args.id, { selection: selectionOf(info, 'Account'), args }),
    accounts: (_root, args, { loaders }, info) =>
      loaders.salesforce.accountsPage({
        selection: nodeSelectionOf(info, 'Account'),
        connection: selectionOf(info, 'AccountConnection'),
        args,
      }),
    project: (_root, args, { loaders }, info) =>
      loaders.salesforce.projectByAnyId.load(args.id, { selection: selectionOf(info, 'Project'), args }),
    salesforceUser: (_root, args, { loaders }, info) =>
      loaders.salesforce.userByAnyId.load(args.id, { selection: selectionOf(info, 'SalesforceUser'), args }),
  },
} satisfies Resolvers;
