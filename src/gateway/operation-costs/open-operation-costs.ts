import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Logger } from '../../platform/log.ts';
import type { ExecutedOperation } from '../explain/explain-plugin.ts';
import { CLIENT_NAME_HEADER, clientOf } from './client-name.ts';
import type { OperationCostMetrics } from './cost-metrics.ts';
import { CostTally } from './cost-tally.ts';
import { CostWriter } from './cost-writer.ts';

export interface OperationCostsOptions {
  readonly database: Pick<Database, 'inTenant'>;
  readonly metrics: OperationCostMetrics;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Different operations and clients of one hour that are told apart; what comes beyond is charged together. */
const MAX_ENTRIES = 5_000;
const MAX_NAME_LENGTH = 100;

/** Keeps account of what every executed operation has cost, by operation and by client. */
export interface OperationCosts {
  onExecuted(executed: ExecutedOperation): void;
  /** Writes what is not written yet. */
  write(): Promise<void>;
  /** Writes the rest, and stops. */
  close(): Promise<void>;
}

export function openOperationCosts({ database, metrics, log, clock }: OperationCostsOptions): OperationCosts {
  const tally = new CostTally(MAX_ENTRIES);
  const writer = new CostWriter({ tally, database, log, nowMs: () => clock.now() });
  return {
    onExecuted: ({ requestContext, durationMs }) => {
      const { contextValue, operationName, queryHash, request } = requestContext;
      const { scope, viewer } = contextValue;
      const name = (operationName ?? '(anonymous)').slice(0, MAX_NAME_LENGTH);
      const client = clientOf(request.http?.headers.get(CLIENT_NAME_HEADER), viewer);
      const key = { tenant: viewer.tenant, operationName: name, documentHash: queryHash ?? '', client };
      tally.add(key, clock.now(), scope.receipt, durationMs);
      metrics.observe(name, scope.receipt, durationMs);
    },
    write: () => writer.write(),
    close: () => writer.close(),
  };
}
