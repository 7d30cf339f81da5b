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

/** Nothing is cached. */
export const nothingCached: CacheExpectation = { mayServe: () => false, shareOf: () => null };
