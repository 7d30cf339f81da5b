import type { Range } from '../../platform/costs.ts';
import type { CacheExpectation } from './cache-expectation.ts';
import { capped, type PendingRead } from './pending-read.ts';

export const explainedSources = ['SALESFORCE', 'JIRA', 'POSTGRES'] as const;
export type ExplainedSource = (typeof explainedSources)[number];

/** What an operation costs one source. */
export interface SourceTotals {
  readonly calls: Range;
  /** Points of Jira's allowance. */
  readonly points: Range;
  /** SQL statements, those of transactions included. */
  readonly statements: Range;
  /** Share of what is asked that caches will answer, as they did lately; null where nothing is known. */
  readonly expectedFromCache: number | null;
}

/** Adds up what moments cost one source. */
export class TotalsOfSource {
  readonly #min = { calls: 0, points: 0, statements: 0 };
  readonly #max = { calls: 0, points: 0, statements: 0 };
  #knownUnits = 0;
  #unitsFromCache = 0;

  addMin(calls: number, more: { readonly points?: number; readonly statements?: number } = {}): void {
    this.#min.calls += calls;
    this.#min.points += more.points ?? 0;
    this.#min.statements += more.statements ?? 0;
  }

  addMax(calls: number, more: { readonly points?: number; readonly statements?: number } = {}): void {
    this.#max.calls = capped(this.#max.calls + calls);
    this.#max.points = capped(this.#max.points + (more.points ?? 0));
    this.#max.statements = capped(this.#max.statements + (more.statements ?? 0));
  }

  /** Each read counts as much as the units that it needs at most. */
  addExpectation({ cost }: PendingRead, units: number, cache: CacheExpectation): void {
    const share = cost.writes ? 0 : cache.shareOf(cost.loader);
    if (share === null || units === 0) return;
    this.#knownUnits += units;
    this.#unitsFromCache += units * share;
  }

  totals(): SourceTotals {
    const range = (what: 'calls' | 'points' | 'statements') => ({ min: this.#min[what], max: this.#max[what] });
    const share = this.#knownUnits === 0 ? null : Math.round((100 * this.#unitsFromCache) / this.#knownUnits) / 100;
    return {
      calls: range('calls'),
      points: range('points'),
      statements: range('statements'),
      expectedFromCache: share,
    };
  }
}
