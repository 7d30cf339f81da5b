import type { Resolvers } from '../../generated/graphql.ts';
import { nativeIdOf } from '../../platform/global-id.ts';
import { selectionOf } from '../../platform/selection.ts';
import type { ValidationRunModel } from './model.ts';

/** Everything of this slice that is no edge. */
export const validationResolvers = {
  Query: {
    validationRules: (_parent, _args, { loaders }) => loaders.validation.rules(),
    validationRun: (_parent, { id }, { loaders }, info) => {
      const request = { selection: selectionOf(info, 'ValidationRun'), args: {} };
      const run = loaders.validation.runById.load(nativeIdOf(id, 'ValidationRun', 'id'), request);
      return run as Promise<ValidationRunModel | null>;
    },
    validationRuns: (_parent, args, { loaders }) => loaders.validation.runs(args),
    validationTrend: (_parent, { timeFrame, ruleId }, { loaders }) =>
      loaders.validation.trend(timeFrame, ruleId ?? null),
  },
  ValidationRun: {
    rules: ({ ruleIds }, _args, { loaders }) => Promise.all(ruleIds.map((id) => loaders.validation.ruleById.load(id))),
  },
} satisfies Resolvers;
