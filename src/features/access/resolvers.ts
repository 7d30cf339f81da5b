import type { Resolvers } from '../../generated/graphql.ts';

export const accessResolvers = {
  Query: {
    viewer: (_parent, _args, context) => context.viewer,
  },
} satisfies Resolvers;
