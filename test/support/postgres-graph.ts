import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import { assessmentsEdges } from '../../src/features/assessments/edges.ts';
import { createAssessmentLoaders } from '../../src/features/assessments/loaders.ts';
import { assessmentsResolvers } from '../../src/features/assessments/resolvers.ts';
import { RequestAuditTrail } from '../../src/features/audit/request-audit.ts';
import { validationEdges } from '../../src/features/validation/edges.ts';
import { createValidationLoaders } from '../../src/features/validation/loaders.ts';
import { validationResolvers } from '../../src/features/validation/resolvers.ts';
import { buildSchema, readSchemaDocuments } from '../../src/gateway/schema.ts';
import type { Databases } from '../../src/platform/database.ts';
import { resolversFromEdges } from '../../src/platform/edges.ts';
import type { Receipt } from '../../src/platform/receipt.ts';
import { testActor } from './audit.ts';
import { testScope } from './database.ts';
import { testSealer } from './keys.ts';

/** `Data`: what the operation answers with, as far as the test looks at it. */
export interface GraphAnswer<Data> extends ExecutionResult<Data> {
  readonly receipt: Receipt;
}

let schema: GraphQLSchema | undefined;

/** Runs one operation over the slices that live in PostgreSQL, as a request of its own. */
export async function askPostgres<Data = unknown>(
  databases: Databases,
  source: string,
  options: { tenant?: string; viewerId?: string; variables?: Record<string, unknown> } = {},
): Promise<GraphAnswer<Data>> {
  schema ??= buildSchema(readSchemaDocuments(), [
    resolversFromEdges([...assessmentsEdges, ...validationEdges]),
    assessmentsResolvers,
    validationResolvers,
  ]);
  const scope = testScope(options.tenant ?? 'demo');
  const contextValue = {
    scope,
    viewer: { id: options.viewerId ?? 'greta' },
    audit: new RequestAuditTrail(testActor(options.tenant ?? 'demo')),
    loaders: {
      assessments: createAssessmentLoaders(databases, scope, testSealer),
      validation: createValidationLoaders(databases, scope),
    },
  };
  const answer = await graphql({ schema, source, contextValue, variableValues: options.variables });
  return { ...(answer as ExecutionResult<Data>), receipt: scope.receipt };
}

/** Statements that the request sent, BEGIN and COMMIT included. */
export function statementsOf(receipt: Receipt): number {
  return receipt.calls.reduce((sum, call) => sum + (call.operation === 'sql' ? call.billedCalls : 0), 0);
}
