import type { GraphQLSchema } from 'graphql';
import { ParsedDocuments } from '../../cache/responses/parsed-documents.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { RedisClient } from '../../platform/redis-client.ts';
import type { BudgetSettings, OperationSettings } from '../../platform/settings.ts';
import { CostIndex } from '../explain/cost-index.ts';
import { Budgets } from './budgets/budgets.ts';
import { SharedCounts } from './budgets/shared-counts.ts';
import { CostRules } from './cost-rules.ts';
import { defaultDocumentLimits, defaultVariableLimits } from './document-limits.ts';
import { DocumentJudge } from './document-verdict.ts';
import { InputCheck } from './input-values.ts';
import { OperationCosts } from './operation-cost.ts';
import { OperationGate } from './operation-gate.ts';

export interface LimitsOptions {
  /** The finished schema. */
  readonly schema: GraphQLSchema;
  readonly settings: OperationSettings;
}

export interface BudgetParts {
  readonly budgets: Budgets;
  close(): void;
}

/** Budgets of this instance, shared with the others where there is a Redis. */
export function openBudgets(options: {
  readonly settings: BudgetSettings;
  readonly redis: RedisClient | null;
  readonly clock: Clock;
  readonly log: Logger;
}): BudgetParts {
  const { settings, redis, clock, log } = options;
  const shared = redis ? new SharedCounts(redis, log) : null;
  const budgets = new Budgets({ settings, clock, shared });
  return {
    budgets,
    close: () => {
      budgets.close();
      shared?.close();
    },
  };
}

export interface OpenLimits {
  /** Shared with all who look at documents before the server does. */
  readonly parsed: ParsedDocuments;
  readonly judge: DocumentJudge;
  readonly gate: OperationGate;
}

/** Puts together what bounds the operations of a gateway. */
export function openLimits({ schema, settings }: LimitsOptions): OpenLimits {
  const { maxCost, ...told } = settings;
  const limits = { ...defaultDocumentLimits, ...told };
  const parsed = new ParsedDocuments(limits.maxTokens);
  const costs = new OperationCosts(schema, new CostRules(schema, new CostIndex()), limits);
  const judge = new DocumentJudge({ schema, parsed, limits, costs });
  const variableLimits = defaultVariableLimits;
  const inputs = new InputCheck(schema, variableLimits);
  return { parsed, judge, gate: new OperationGate({ judge, variableLimits, inputs, maxCost }) };
}
