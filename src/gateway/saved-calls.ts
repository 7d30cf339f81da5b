import { WeightedLru } from '../cache/responses/weighted-lru.ts';
import type { SourceName } from '../platform/errors.ts';
import type { CallsBySource, Receipt } from '../platform/receipt.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** What one execution has called. */
export interface ExecutedCalls {
  /** The document, and the operation of it that was asked for. */
  readonly operation: string;
  readonly receipt: Receipt;
  /** Without errors, which may have cut it short. */
  readonly isComplete: boolean;
  /** False for what was executed only to be kept warm. */
  readonly isAsked: boolean;
  /** What it is expected to cost with nothing kept; takes a while. */
  expectedCalls(): CallsBySource;
}

const REMEMBERED_OPERATIONS = 2_000;
/** So many of the latest cold executions tell what an operation usually costs. */
const AVERAGED_EXECUTIONS = 16;

/**
 * Tells each source what operations would have cost it by themselves, with nothing kept and nothing shared; less what was sent, that is what
 * was saved. An execution that used nothing kept and shared no call tells it by its receipt. Of any other, it is what the latest such
 * executions of the same operation cost on average, since the calls depend on its shape; and before there was one, what its plan expects. An
 * answer that is given whole costs what its execution would have.
 */
export class SavedCalls {
  readonly #upstreams: readonly Pick<Upstream<string>, 'source' | 'countPlainCalls'>[];
  readonly #coldCosts = new WeightedLru<Map<SourceName, ColdCost>>(REMEMBERED_OPERATIONS);

  constructor(upstreams: readonly Pick<Upstream<string>, 'source' | 'countPlainCalls'>[]) {
    this.#upstreams = upstreams;
  }

  /** Works out what the execution would have cost by itself, and writes it on its receipt. */
  executed(executed: ExecutedCalls): void {
    const { operation, receipt, isComplete, isAsked } = executed;
    const costs = receipt.costBySource();
    const plainCalls: Partial<Record<SourceName, number>> = {};
    for (const { source } of this.#upstreams) {
      const sent = costs[source]?.calls ?? 0;
      const isCold = !receipt.keptOf.has(source) && !receipt.sharedOf.has(source);
      if (isCold && sent > 0 && isComplete) this.#learn(operation, source, sent);
      const plain = isCold ? sent : this.#usualCostOf(executed, source);
      if (plain > 0) plainCalls[source] = plain;
    }
    receipt.plainCalls = plainCalls;
    if (isAsked) this.answered(plainCalls);
  }

  /** An operation was answered that would have cost so much. */
  answered(plainCalls: CallsBySource): void {
    for (const upstream of this.#upstreams) {
      const calls = plainCalls[upstream.source];
      if (calls !== undefined) upstream.countPlainCalls(calls);
    }
  }

  #usualCostOf({ operation, expectedCalls }: ExecutedCalls, source: SourceName): number {
    const costs = this.#costsOf(operation);
    const known = costs.get(source);
    if (known) return known.average;
    const expected = expectedCalls()[source] ?? 0;
    // The first cold execution takes its place.
    costs.set(source, { executions: 0, average: expected });
    return expected;
  }

  #learn(operation: string, source: SourceName, calls: number): void {
    const costs = this.#costsOf(operation);
    const { executions, average } = costs.get(source) ?? { executions: 0, average: 0 };
    const counted = Math.min(executions + 1, AVERAGED_EXECUTIONS);
    costs.set(source, { executions: counted, average: average + (calls - average) / counted });
  }

  #costsOf(operation: string): Map<SourceName, ColdCost> {
    const known = this.#coldCosts.get(operation);
    if (known) return known;
    const costs = new Map<SourceName, ColdCost>();
    this.#coldCosts.set(operation, costs, 1);
    return costs;
  }
}

interface ColdCost {
  /** Those that the average is of; 0 while it is only expected. */
  readonly executions: number;
  readonly average: number;
}
