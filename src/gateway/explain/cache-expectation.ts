import type { LoaderCost } from '../../platform/costs.ts';
import type { CacheUse } from '../../platform/receipt.ts';

/** What the caches say of reads that were not made yet. Loaders are named `<slice>.<loader>`, as edges name them. */
export interface CacheExpectation {
  /**
   * Whether a cache stands before this loader. Then a read of it may cost no call, and a record may be answered from the cache while one
   * that it refers to is not, which is then read by itself.
   */
  mayServe(loader: string): boolean;
  /** Share of the loader's latest reads that a cache has answered, from 0 to 1; null while nothing is known. */
  shareOf(loader: string): number | null;
}

/** An operation that ran so many operations ago still counts by half. */
const HALF_LIFE_OPERATIONS = 500;
const FADING = 0.5 ** (1 / HALF_LIFE_OPERATIONS);

/** Expects of each cached loader the share of hits that the latest operations had over all their reads. */
export class RecentCacheUse implements CacheExpectation {
  readonly #cached: ReadonlySet<string>;
  #hits = 0;
  #reads = 0;

  constructor(costs: readonly LoaderCost[]) {
    this.#cached = new Set(costs.filter(({ cached }) => cached).map(({ loader }) => loader));
  }

  /** Takes in how the reads of one operation were come by. */
  observe({ hits, misses }: Pick<CacheUse, 'hits' | 'misses'>): void {
    if (hits + misses === 0) return;
    this.#hits = this.#hits * FADING + hits;
    this.#reads = this.#reads * FADING + hits + misses;
  }

  mayServe(loader: string): boolean {
    return this.#cached.has(loader);
  }

  shareOf(loader: string): number | null {
    return this.#reads === 0 || !this.#cached.has(loader) ? null : this.#hits / this.#reads;
  }
}
