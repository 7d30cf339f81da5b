import { accessResolvers } from '../features/access/resolvers.ts';
import { assessmentsEdges } from '../features/assessments/edges.ts';
import { assessmentsResolvers } from '../features/assessments/resolvers.ts';
import { auditResolvers } from '../features/audit/resolvers.ts';
import { validationComputedFields, validationEdges } from '../features/validation/edges.ts';
import { validationResolvers } from '../features/validation/resolvers.ts';
import { linkComputedFields, linkEdges } from '../links/edges.ts';
import { linkResolvers } from '../links/resolvers.ts';
import { type ComputedField, type Edge, resolversFromEdges } from '../platform/edges.ts';
import { jiraEdges } from '../sources/jira/edges.ts';
import { jiraResolvers } from '../sources/jira/resolvers.ts';
import { salesforceEdges } from '../sources/salesforce/edges.ts';
import { salesforceResolvers } from '../sources/salesforce/resolvers.ts';
import { federationResolvers } from './federation-resolvers.ts';
import type { ResolverMap } from './merge-resolvers.ts';
import { nodeResolvers } from './node-resolvers.ts';
import { dateScalar, dateTimeScalar, jsonObjectScalar } from './scalars.ts';
import { statusResolvers } from './status/resolvers.ts';
import { upstreamMutationResolvers } from './upstream-mutations.ts';

/** Every relation of the graph. */
export const edges: readonly Edge[] = [
  ...salesforceEdges,
  ...jiraEdges,
  ...linkEdges,
  ...assessmentsEdges,
  ...validationEdges,
];

/** Every field with a resolver of its own that reads other properties of its parent. */
export const computedFields: readonly ComputedField[] = [...linkComputedFields, ...validationComputedFields];

/** Every resolver of the graph, in one list. A field that is claimed twice stops the start. */
export function resolverMaps(allowIntrospection: boolean): readonly ResolverMap[] {
  return [
    { DateTime: dateTimeScalar, Date: dateScalar, JSONObject: jsonObjectScalar },
    resolversFromEdges(edges),
    nodeResolvers,
    federationResolvers(allowIntrospection),
    accessResolvers,
    auditResolvers,
    salesforceResolvers,
    jiraResolvers,
    linkResolvers,
    assessmentsResolvers,
    validationResolvers,
    statusResolvers,
    upstreamMutationResolvers,
  ];
}
