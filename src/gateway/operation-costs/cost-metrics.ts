import { Counter, Histogram, type Registry } from 'prom-client';
import type { Receipt } from '../../platform/receipt.ts';
import { OTHERS } from './cost-tally.ts';

/** What operations cost, for `/metrics`. */
export interface OperationCostMetrics {
  observe(operationName: string, receipt: Receipt, durationMs: number): void;
}

/** Names of operations come from clients: the first so many are labels of their own, all later ones share one. */
const MAX_OPERATION_LABELS = 100;

export function createOperationCostMetrics(registers: Registry[]): OperationCostMetrics {
  const calls = new Counter({
    name: 'operation_source_calls_total',
    help: 'Calls that operations have made to a source; for POSTGRES round trips.',
    labelNames: ['operation', 'source'] as const,
    registers,
  });
  const billed = new Counter({
    name: 'operation_source_billed_calls_total',
    help: "Calls of operations that count against a source's allowance; for POSTGRES statements.",
    labelNames: ['operation', 'source'] as const,
    registers,
  });
  const reads = new Counter({
    name: 'operation_cache_reads_total',
    help: 'Reads of operations by how they were come by. Each is a hit or a miss; stale and coalesced ones are counted there too.',
    labelNames: ['operation', 'outcome'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'operation_duration_seconds',
    help: 'From the parsed request to the complete answer, of operations that were executed.',
    labelNames: ['operation'] as const,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const known = new Set<string>();
  return {
    observe: (operationName, receipt, durationMs) => {
      if (!known.has(operationName) && known.size < MAX_OPERATION_LABELS) known.add(operationName);
      const operation = known.has(operationName) ? operationName : OTHERS;
      for (const [source, cost] of Object.entries(receipt.costBySource())) {
        calls.inc({ operation, source }, cost.calls);
        billed.inc({ operation, source }, cost.billedCalls);
      }
      for (const [outcome, count] of Object.entries(receipt.cache))
        if (count > 0) reads.inc({ operation, outcome }, count);
      durations.observe({ operation }, durationMs / 1_000);
    },
  };
}
