import type { KnownOperation } from '../../cache/responses/operations.ts';
import type { HashedPeople } from '../../features/privacy/hashed-people.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Logger } from '../../platform/log.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { KeptAnswer } from '../cached-operations.ts';
import type { ExecutedOperation } from '../explain/explain-plugin.ts';
import { CLIENT_NAME_HEADER, chargedClients } from './client-name.ts';
import type { AnswerCount, OperationCostMetrics } from './cost-metrics.ts';
import { CostTally, type WholeAnswers } from './cost-tally.ts';
import { CostWriter } from './cost-writer.ts';

export interface OperationCostsOptions {
  readonly database: Pick<Database, 'inTenant'>;
  readonly sealer: Pick<Sealer, 'blindIndex'>;
  /** After whom no client is called any more. */
  readonly erased: Pick<HashedPeople, 'hasClient'>;
  readonly metrics: OperationCostMetrics;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Different operations and clients of one hour that are told apart; what comes beyond is charged together. */
const MAX_ENTRIES = 5_000;
const MAX_NAME_LENGTH = 100;

/** Keeps account of what every operation has cost, by operation and by client. */
export interface OperationCosts {
  onExecuted(executed: ExecutedOperation): void;
  onKeptAnswer(answer: KeptAnswer): void;
  /** Writes what is not written yet. */
  write(): Promise<void>;
  /** Writes the rest, and stops. */
  close(): Promise<void>;
}

/** To whom a whole answer of an operation was charged last. */
interface LatestCharge {
  readonly viewerId: string;
  readonly tenant: string;
  readonly header: string | string[] | undefined;
  readonly answers: WholeAnswers;
  readonly counted: AnswerCount;
}

function chargedName(operationName: string | null | undefined): string {
  return (operationName ?? '(anonymous)').slice(0, MAX_NAME_LENGTH);
}

export function openOperationCosts({
  database,
  sealer,
  erased,
  metrics,
  log,
  clock,
}: OperationCostsOptions): OperationCosts {
  const clientOf = chargedClients(sealer, erased);
  const tally = new CostTally(MAX_ENTRIES);
  // Finding what to charge takes longer than charging it, and most operations are asked again by the same client.
  const latest = new WeakMap<KnownOperation, LatestCharge>();
  const writer = new CostWriter({ tally, database, log, nowMs: () => clock.now() });
  return {
    onExecuted: ({ requestContext, durationMs }) => {
      const { contextValue, operationName, queryHash, request } = requestContext;
      const { scope, viewer } = contextValue;
      const name = chargedName(operationName);
      const client = clientOf(request.http?.headers.get(CLIENT_NAME_HEADER), viewer);
      const key = { tenant: viewer.tenant, operationName: name, documentHash: queryHash ?? '', client };
      tally.add(key, clock.now(), scope.receipt, durationMs);
      metrics.observe(name, scope.receipt, durationMs);
    },
    onKeptAnswer: ({ operation, viewer, headers, durationMs }) => {
      const header = headers[CLIENT_NAME_HEADER];
      const nowMs = clock.now();
      const known = latest.get(operation);
      const isSameClient = known?.header === header && known?.viewerId === viewer.id && known.tenant === viewer.tenant;
      if (known && isSameClient && known.answers.add(nowMs, durationMs)) {
        known.counted.count += 1;
        return;
      }
      const operationName = chargedName(operation.name);
      const client = clientOf(typeof header === 'string' ? header : undefined, viewer);
      const key = { tenant: viewer.tenant, operationName, documentHash: operation.documentHash, client };
      const answers = tally.wholeAnswersOf(key, nowMs);
      const counted = metrics.wholeAnswersOf(operationName);
      answers.add(nowMs, durationMs);
      counted.count += 1;
      latest.set(operation, { viewerId: viewer.id, tenant: viewer.tenant, header, answers, counted });
    },
    write: () => writer.write(),
    close: () => writer.close(),
  };
}
