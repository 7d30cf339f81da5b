import type { GraphQLSchema } from 'graphql';
import { ParsedDocuments } from '../../cache/responses/parsed-documents.ts';
import type { OperationSettings } from '../../platform/config.ts';
import { CostIndex } from '../explain/cost-index.ts';
import { CostRules } from './cost-rules.ts';
import { defaultDocumentLimits, defaultVariableLimits } from './document-limits.ts';
import { DocumentJudge } from './document-verdict.ts';
import { OperationCosts } from './operation-cost.ts';
import { OperationGate } from './operation-gate.ts';

export interface LimitsOptions {
  /** The finished schema. */
  readonly schema: GraphQLSchema;
  readonly settings: OperationSettings;
}

export interface OpenLimits {
  /** Shared with all who look at documents before the server does. */
  readonly parsed: ParsedDocuments;
  readonly gate: OperationGate;
}

/** Puts together what bounds the operations of a gateway. */
export function openLimits({ schema, settings }: LimitsOptions): OpenLimits {
  const { maxCost, ...told } = settings;
  const limits = { ...defaultDocumentLimits, ...told };
  const parsed = new ParsedDocuments(limits.maxTokens);
  const costs = new OperationCosts(schema, new CostRules(schema, new CostIndex()), limits);
  const judge = new DocumentJudge({ parsed, limits, costs });
  return { parsed, gate: new OperationGate({ judge, variableLimits: defaultVariableLimits, maxCost }) };
}
