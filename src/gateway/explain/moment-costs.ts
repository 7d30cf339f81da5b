import type { FieldPlan, MostUnits, PlannedRead, TransactionCost } from '../../platform/costs.ts';
import { MAX_COMPOSITE_QUERIES } from '../../sources/salesforce/client.ts';
import type { CacheExpectation } from './cache-expectation.ts';
import { capped, type Moment, type PendingRead, type ReadSpend } from './pending-read.ts';
import { type ReadBatch, ReadBatches } from './read-batches.ts';
import type { Reckoning } from './reckoning.ts';
import { type ExplainedSource, explainedSources, type SourceTotals, TotalsOfSource } from './source-totals.ts';

/** BEGIN with the tenant's settings, one statement, COMMIT. */
export const USUAL_TRANSACTION: TransactionCost = { calls: { min: 3, max: 3 }, statements: { min: 4, max: 4 } };
/** Batches with more reads than this are not divided among them one by one. */
const MAX_DIVIDED_READS = 50;

interface Batch extends ReadBatch {
  readonly most: MostUnits;
}

/** Adds up the most that the reads of each moment may cost, in the way that they really travel. */
export class MomentCosts implements Reckoning {
  readonly cache: CacheExpectation;
  readonly spends: ReadSpend[] = [];
  readonly #totals: Record<ExplainedSource, TotalsOfSource> = {
    SALESFORCE: new TotalsOfSource(),
    JIRA: new TotalsOfSource(),
    POSTGRES: new TotalsOfSource(),
  };
  readonly #batches = new ReadBatches();

  constructor(cache: CacheExpectation) {
    this.cache = cache;
  }

  totals(): Record<ExplainedSource, SourceTotals> {
    const [salesforce, jira, postgres] = explainedSources.map((source) => this.#totals[source].totals());
    return { SALESFORCE: salesforce, JIRA: jira, POSTGRES: postgres } as Record<ExplainedSource, SourceTotals>;
  }

  rowsOf({ most }: { readonly most: number }): number {
    return most;
  }

  keysOf({ keys }: PlannedRead): number {
    return keys;
  }

  shareAfter({ stages }: FieldPlan, done: number): number {
    return done === stages.length ? 1 : 0;
  }

  add(moment: Moment, reads: readonly PendingRead[]): ReadonlyMap<PendingRead, Moment> {
    const arrivals = new Map<PendingRead, Moment>();
    for (const source of explainedSources) {
      const batches = this.#batches
        .of(reads.filter(({ cost }) => cost.source === source))
        .map((batch): Batch => ({ ...batch, most: batch.isRead ? mostOf(batch.reads) : { rounds: [] } }));
      if (batches.length === 0) continue;
      this.#addMin(source, batches);
      if (source === 'SALESFORCE') this.#addQueries(moment, batches, arrivals);
      else for (const batch of batches) this.#addCalls(source, moment, batch, arrivals);
    }
    return arrivals;
  }

  #addMin(source: ExplainedSource, batches: readonly Batch[]): void {
    const certain = batches.flatMap(({ reads, most }) => {
      const read = reads.find((one) => one.isCertain && (one.cost.writes || !this.cache.mayServe(one.cost.loader)));
      return read && sum(most.rounds) > 0 ? [read] : [];
    });
    const totals = this.#totals[source];
    if (source === 'SALESFORCE' && certain.length > 0) totals.addMin(1);
    if (source === 'JIRA') for (const _read of certain) totals.addMin(1, { points: 1 });
    if (source === 'POSTGRES') {
      for (const { cost, asked } of certain) {
        const { calls, statements } = cost.transaction?.(asked.args) ?? USUAL_TRANSACTION;
        totals.addMin(calls.min, { statements: statements.min });
      }
    }
  }

  /** The first rounds of all batches share calls; what comes later, or is one more page, is counted as travelling alone. */
  #addQueries(moment: Moment, batches: readonly Batch[], arrivals: Map<PendingRead, Moment>): void {
    const totals = this.#totals.SALESFORCE;
    let queries = 0;
    let keys = 0;
    const callsOf = (count: number) => (count === 0 ? 0 : Math.ceil(count / MAX_COMPOSITE_QUERIES));
    for (const batch of batches) {
      const extra = extraCopies(moment, batch.keys);
      for (const [index, { read, most }] of divided(batch).entries()) {
        const [first = 0, ...later] = most.rounds;
        const ofFirst = first + (index === 0 && first > 0 ? extra : 0);
        const shared = callsOf(queries + ofFirst) - callsOf(queries);
        queries = capped(queries + ofFirst);
        const ofLater = later.reduce((calls, units) => calls + callsOf(units), 0);
        const alone = (most.alone ?? 0) + (index === 0 && extra > 0 ? later.length * extra + 1 : 0);
        const calls = shared + ofLater + alone;
        totals.addMax(calls);
        totals.addExpectation(read, ofFirst + sum(later), this.cache);
        this.spends.push({ read, units: capped(ofFirst + sum(later) + (most.alone ?? 0)), calls: capped(calls) });
      }
      keys = capped(keys + batch.keys);
    }
    // Each part that arrived by itself sends what it asks by itself.
    totals.addMax(extraCopies(moment, keys));
    const together: Moment = { copies: moment.copies, isFirst: false };
    const isOneCall = queries <= MAX_COMPOSITE_QUERIES;
    for (const { reads, most } of batches) {
      const isWhole = most.rounds.length <= 1 && (most.alone ?? 0) === 0;
      for (const read of reads)
        arrivals.set(read, isOneCall && isWhole ? together : { copies: moment.copies, isFirst: false });
    }
  }

  #addCalls(source: 'JIRA' | 'POSTGRES', moment: Moment, batch: Batch, arrivals: Map<PendingRead, Moment>): void {
    const totals = this.#totals[source];
    const extra = extraCopies(moment, batch.keys);
    for (const [index, { read, most }] of divided(batch).entries()) {
      const own = sum(most.rounds);
      const units = capped(own + (index === 0 && own > 0 ? extra : 0));
      const { calls, statements } = read.cost.transaction?.(read.asked.args) ?? USUAL_TRANSACTION;
      const spent = source === 'JIRA' ? units : units * calls.max;
      const records = read.asked.keys * read.cost.rows(read.asked.args).most;
      const points = units + records * (read.cost.pointsPerRecord ?? 0) + (most.extraPoints ?? 0);
      if (source === 'JIRA') totals.addMax(spent, { points });
      else totals.addMax(spent, { statements: units * statements.max });
      totals.addExpectation(read, units, this.cache);
      this.spends.push({ read, units, calls: capped(spent) });
    }
    const parts = batch.reads[0]?.cost.arrivals?.(batch.keys) ?? 1;
    const arrival: Moment = { copies: capped(moment.copies + parts - 1), isFirst: false };
    for (const read of batch.reads) arrivals.set(read, arrival);
  }
}

function mostOf(reads: readonly PendingRead[]): MostUnits {
  const [first] = reads as readonly [PendingRead, ...PendingRead[]];
  return first.cost.most(reads.map(({ asked }) => asked));
}

/** What each read adds to those before it in its batch. */
function divided({ reads, most }: Batch): { readonly read: PendingRead; readonly most: MostUnits }[] {
  const [first] = reads;
  if (first === undefined) return [];
  if (reads.length === 1) return [{ read: first, most }];
  if (reads.length > MAX_DIVIDED_READS || sum(most.rounds) === 0) {
    return reads.map((read, index) => ({ read, most: index === 0 ? most : { rounds: [] } }));
  }
  let before: MostUnits = { rounds: [] };
  return reads.map((read, index) => {
    const until = index === reads.length - 1 ? most : mostOf(reads.slice(0, index + 1));
    const length = Math.max(until.rounds.length, before.rounds.length);
    const rounds = Array.from({ length }, (_, round) => (until.rounds[round] ?? 0) - (before.rounds[round] ?? 0));
    const alone = (until.alone ?? 0) - (before.alone ?? 0);
    const extraPoints = (until.extraPoints ?? 0) - (before.extraPoints ?? 0);
    before = until;
    return { read, most: { rounds, alone, extraPoints } };
  });
}

/** A batch of few keys can't fall apart into more parts than it has keys. */
function extraCopies({ copies }: Moment, keys: number): number {
  return Math.max(0, Math.min(copies, keys) - 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
