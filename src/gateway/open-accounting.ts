import type { GraphQLSchema } from 'graphql';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Sealer } from '../platform/sealing/sealer.ts';
import type { Config } from '../platform/settings.ts';
import type { KeptAnswer } from './cached-operations.ts';
import { toExecutedCalls } from './executed-calls.ts';
import { RecentCacheUse } from './explain/cache-expectation.ts';
import { loaderCosts } from './explain/cost-index.ts';
import { explainPlugin } from './explain/explain-plugin.ts';
import { OperationPlanner } from './explain/plan-operation.ts';
import type { OperationGate } from './limits/operation-gate.ts';
import type { Metrics } from './metrics.ts';
import { openOperationCosts } from './operation-costs/open-operation-costs.ts';
import { SavedCalls } from './saved-calls.ts';
import type { Slices } from './slices.ts';

export interface AccountingOptions {
  readonly config: Pick<Config, 'allowIntrospection'>;
  readonly schema: GraphQLSchema;
  readonly gate: OperationGate;
  readonly slices: Pick<Slices, 'sources' | 'databases' | 'erased'>;
  readonly sealer: Sealer;
  readonly metrics: Pick<Metrics, 'operationCosts'>;
  readonly log: Logger;
  readonly clock: Clock;
}

/** What operations are going to cost, did cost and were spared, in calls. */
export interface Accounting {
  /** Answers plans and receipts, and counts what is executed. */
  readonly plugin: ReturnType<typeof explainPlugin>;
  /** To be called for each answer that was not executed for its own request. */
  onKeptAnswer(answer: KeptAnswer): void;
  /** Stores what was counted and not stored yet. */
  close(): Promise<void>;
}

export function openAccounting(options: AccountingOptions): Accounting {
  const { config, schema, gate, slices, sealer, metrics, log, clock } = options;
  const cacheUse = new RecentCacheUse(loaderCosts);
  const planner = new OperationPlanner(schema, cacheUse);
  const savedCalls = new SavedCalls([slices.sources.salesforce.upstream, slices.sources.jira.upstream]);
  const operationCosts = openOperationCosts({
    database: slices.databases.oltp,
    sealer,
    erased: slices.erased,
    metrics: metrics.operationCosts,
    log,
    clock,
  });
  return {
    plugin: explainPlugin(planner, gate, config.allowIntrospection, (executed) => {
      cacheUse.observe(executed.requestContext.contextValue.scope.receipt.cache);
      savedCalls.executed(toExecutedCalls(planner, executed));
      operationCosts.onExecuted(executed);
    }),
    onKeptAnswer: (answer) => {
      savedCalls.answered(answer.plainCalls);
      operationCosts.onKeptAnswer(answer);
    },
    close: () => operationCosts.close(),
  };
}
