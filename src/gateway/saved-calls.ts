import type { SourceName } from '../platform/errors.ts';
import type { Receipt } from '../platform/receipt.ts';
import type { Upstream } from '../upstream/upstream.ts';

/**
 * Credits sources with the calls that kept records made unnecessary. All that one request finds kept at one moment would have travelled
 * together, so it counts as one.
 */
export class SavedCalls {
  #countBySource: ReadonlyMap<SourceName, (calls: number) => void> = new Map();
  readonly #ofThisTurn = new Map<SourceName, Set<Receipt>>();

  credit(upstreams: readonly Pick<Upstream<string>, 'source' | 'countSavedCalls'>[]): void {
    this.#countBySource = new Map(
      upstreams.map((upstream) => [upstream.source, (calls) => upstream.countSavedCalls(calls)]),
    );
  }

  kept(source: SourceName, receipt: Receipt): void {
    if (this.#ofThisTurn.size === 0) setImmediate(() => this.#count());
    const receipts = this.#ofThisTurn.get(source);
    if (receipts) receipts.add(receipt);
    else this.#ofThisTurn.set(source, new Set([receipt]));
  }

  #count(): void {
    for (const [source, receipts] of this.#ofThisTurn) this.#countBySource.get(source)?.(receipts.size);
    this.#ofThisTurn.clear();
  }
}
