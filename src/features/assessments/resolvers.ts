import type { Resolvers } from '../../generated/graphql.ts';
import { nativeIdOf } from '../../platform/global-id.ts';
import { nodeSelectionOf } from '../../platform/selection.ts';
import { asksForCounts } from './loaders.ts';

/** Everything of this slice that is no edge. */
export const assessmentsResolvers = {
  Query: {
    mentors: (_parent, args, { loaders }, info) =>
      loaders.assessments.mentors(args, asksForCounts({ selection: nodeSelectionOf(info, 'Mentor') })),
    assessments: (_parent, { mentorId, ...page }, { loaders }) =>
      loaders.assessments.assessments(page, mentorId == null ? null : nativeIdOf(mentorId, 'Mentor', 'mentorId')),
  },
  Mutation: {
    submitAssessments: async (_parent, { input }, { loaders, viewer, audit }, { path }) => {
      const answer = await loaders.assessments.submit({ ...input, viewerId: viewer.id, actor: audit.actor });
      audit.covered(String(path.key));
      return answer;
    },
  },
} satisfies Resolvers;
