import type { Resolvers } from '../../generated/graphql.ts';

/** Everything of this slice that is no edge. */
export const auditResolvers = {
  Query: {
    auditLog: (_parent, { filter, ...page }, { loaders }) => loaders.audit.log(page, filter ?? {}),
    activityReport: (_parent, { timeFrame }, { loaders }) => loaders.audit.activity(timeFrame),
  },
} satisfies Resolvers;
