import { Counter, Histogram, type Registry } from 'prom-client';
import type { Receipt } from '../../platform/receipt.ts';
import { OTHERS } from './cost-tally.ts';

/** What operations cost, for `/metrics`. */
export interface OperationCostMetrics {
  observe(operationName: string, receipt: Receipt, durationMs: number): void;
  /** What counts the answers of an operation that were not executed for their request. */
  wholeAnswersOf(operationName: string): AnswerCount;
}

export interface AnswerCount {
  count: number;
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
  // Counted apart, and taken over when they are asked for: a counter's labels take longer than the rest of a whole answer's accounts.
  const wholeAnswers = new Map<string, AnswerCount>();
  new Counter({
    name: 'operation_whole_answers_total',
    help: 'Answers of operations that were given whole, without being executed for their request.',
    labelNames: ['operation'] as const,
    registers,
    collect() {
      this.reset();
      for (const [operation, { count }] of wholeAnswers) this.inc({ operation }, count);
    },
  });
  const known = new Set<string>();
  const labelOf = (operationName: string): string => {
    if (!known.has(operationName) && known.size < MAX_OPERATION_LABELS) known.add(operationName);
    return known.has(operationName) ? operationName : OTHERS;
  };
  return {
    observe: (operationName, receipt, durationMs) => {
      const operation = labelOf(operationName);
      for (const [source, cost] of Object.entries(receipt.costBySource())) {
        calls.inc({ operation, source }, cost.calls);
        billed.inc({ operation, source }, cost.billedCalls);
      }
      for (const [outcome, count] of Object.entries(receipt.cache))
        if (count > 0) reads.inc({ operation, outcome }, count);
      durations.observe({ operation }, durationMs / 1_000);
    },
    wholeAnswersOf: (operationName) => {
      const operation = labelOf(operationName);
      let counted = wholeAnswers.get(operation);
      if (!counted) wholeAnswers.set(operation, (counted = { count: 0 }));
      return counted;
    },
  };
}
