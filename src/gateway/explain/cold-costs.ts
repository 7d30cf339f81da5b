import type { FieldPlan, PlannedRead } from '../../platform/costs.ts';
import { MAX_COMPOSITE_QUERIES } from '../../sources/salesforce/client.ts';
import type { CacheExpectation } from './cache-expectation.ts';
import { USUAL_TRANSACTION } from './moment-costs.ts';
import { capped, type Moment, type PendingRead } from './pending-read.ts';
import { type ReadBatch, ReadBatches } from './read-batches.ts';
import type { Reckoning } from './reckoning.ts';
import { type ExplainedSource, explainedSources } from './source-totals.ts';

/** What an operation usually costs one source while nothing is kept. */
export interface ColdTotals {
  calls: number;
  /** SQL statements, those of transactions included. */
  statements: number;
}

/** So many keys on average, or less, are more often none than any. */
const HARDLY_ANY_KEYS = 0.5;

const nothingKept: CacheExpectation = { mayServe: () => false, shareOf: () => null };

/**
 * Adds up what the reads of each moment usually cost while nothing is kept: every list has as many records as such lists usually have, records
 * bring along what they refer to, and what is asked of a source at one moment is answered at one moment.
 */
export class ColdCosts implements Reckoning {
  readonly cache = nothingKept;
  readonly #batches = new ReadBatches();
  readonly #totals: Record<ExplainedSource, ColdTotals> = {
    SALESFORCE: { calls: 0, statements: 0 },
    JIRA: { calls: 0, statements: 0 },
    POSTGRES: { calls: 0, statements: 0 },
  };

  totals(): Readonly<Record<ExplainedSource, Readonly<ColdTotals>>> {
    return this.#totals;
  }

  rowsOf({ most, usual = most }: { readonly most: number; readonly usual?: number }): number {
    return usual;
  }

  keysOf({ keys, usualKeys = keys }: PlannedRead): number {
    return usualKeys;
  }

  shareAfter({ stages, arrivesEarly }: FieldPlan, done: number): number {
    if (arrivesEarly) return arrivesEarly[done - 1] ?? 0;
    return done === stages.length ? 1 : 0;
  }

  add(_moment: Moment, reads: readonly PendingRead[]): ReadonlyMap<PendingRead, Moment> {
    const arrivals = new Map<PendingRead, Moment>();
    for (const source of explainedSources) {
      const own = reads.filter(({ cost }) => cost.source === source);
      const batches = this.#batches.of(own).filter(({ keys, isRead }) => isRead && keys >= HARDLY_ANY_KEYS);
      if (batches.length === 0) continue;
      if (source === 'SALESFORCE') this.#addQueries(batches);
      else for (const batch of batches) this.#addUnits(source, batch);
      const arrival: Moment = { copies: 1, isFirst: false };
      for (const read of own) arrivals.set(read, arrival);
    }
    return arrivals;
  }

  /** Queries of the same round share calls; further pages of a long answer travel alone. */
  #addQueries(batches: readonly ReadBatch[]): void {
    const units = batches.map(unitsOf);
    const length = Math.max(...units.map(({ rounds }) => rounds.length));
    const rounds = Array.from({ length }, (_, at) => units.reduce((sum, one) => sum + (one.rounds[at] ?? 0), 0));
    const alone = units.reduce((sum, one) => sum + (one.alone ?? 0), 0);
    const calls = rounds.reduce((sum, queries) => sum + Math.ceil(queries / MAX_COMPOSITE_QUERIES), alone);
    this.#add('SALESFORCE', calls, 0);
  }

  #addUnits(source: 'JIRA' | 'POSTGRES', batch: ReadBatch): void {
    const { rounds, alone = 0 } = unitsOf(batch);
    const units = rounds.reduce((sum, round) => sum + round, alone);
    const [{ cost, asked }] = batch.reads as [PendingRead, ...PendingRead[]];
    const { calls, statements } = cost.transaction?.(asked.args) ?? USUAL_TRANSACTION;
    if (source === 'JIRA') this.#add(source, units, 0);
    else this.#add(source, units * calls.max, units * statements.max);
  }

  #add(source: ExplainedSource, calls: number, statements: number): void {
    const totals = this.#totals[source];
    totals.calls = capped(totals.calls + calls);
    totals.statements = capped(totals.statements + statements);
  }
}

function unitsOf({ reads }: ReadBatch) {
  const [{ cost }] = reads as [PendingRead, ...PendingRead[]];
  return (cost.cold ?? cost.most)(reads.map(({ asked }) => asked));
}
