import type { Resolvers } from '../../generated/graphql.ts';

export const statusResolvers = {
  Query: {
    gatewayStatus: (_parent, _args, context) => context.gatewayStatus(),
  },
} satisfies Resolvers;
