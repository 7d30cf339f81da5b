import type { CostArguments, LoaderCost, Range } from '../../platform/costs.ts';

/** What storing a write and its outcome costs; the calls to the source are lines of the source. */
export const upstreamWriteLoaderCosts: readonly LoaderCost[] = [
  {
    loader: 'upstreamWrites.record',
    source: 'POSTGRES',
    merges: 'never',
    writes: true,
    rows: () => ({ most: 1 }),
    most: (asked) => ({ rounds: [asked.length] }),
    transaction: recording,
  },
];

/**
 * With a key: BEGIN, claim, COMMIT. The intent: BEGIN, the key's claim, intent, probe, COMMIT. The outcome: BEGIN, outcome, answer, entry,
 * COMMIT. At least the claim of a key that is known, or the entry of a write that has nothing to do. A write whose outcome is not clear takes more.
 */
function recording(args: CostArguments): { readonly calls: Range; readonly statements: Range } {
  const { idempotencyKey } = args.input as { readonly idempotencyKey?: string | null };
  return idempotencyKey == null
    ? { calls: { min: 4, max: 9 }, statements: { min: 5, max: 11 } }
    : { calls: { min: 3, max: 13 }, statements: { min: 4, max: 16 } };
}
