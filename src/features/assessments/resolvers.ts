import type { Resolvers } from '../../generated/graphql.ts';
import type { Databases } from '../../platform/database.ts';
import { nativeIdOf } from '../../platform/global-id.ts';
import { nodeSelectionOf } from '../../platform/selection.ts';
import { asksForCounts } from './loaders.ts';
import { submitAssessments } from './submit.ts';

/** Everything of this slice that is no edge. */
export function createAssessmentResolvers(databases: Databases) {
  return {
    Query: {
      mentors: (_parent, args, { loaders }, info) =>
        loaders.assessments.mentors(args, asksForCounts({ selection: nodeSelectionOf(info, 'Mentor') })),
      assessments: (_parent, { mentorId, ...page }, { loaders }) =>
        loaders.assessments.assessments(page, mentorId == null ? null : nativeIdOf(mentorId, 'Mentor', 'mentorId')),
    },
    Mutation: {
      submitAssessments: (_parent, { input }, { scope, viewer }) =>
        submitAssessments(databases, scope, { ...input, viewerId: viewer.id }),
    },
  } satisfies Resolvers;
}
