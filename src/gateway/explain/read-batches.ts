import { capped, type PendingRead } from './pending-read.ts';

/** Reads of one moment that are made together. */
export interface ReadBatch {
  readonly reads: readonly PendingRead[];
  readonly keys: number;
  /** False: what it asks for was read at an earlier moment, and is not read again. */
  readonly isRead: boolean;
}

/** Puts the reads of each moment of an operation together, as their cost lines say. */
export class ReadBatches {
  /** Families that are read once, whatever asks for them. */
  readonly #readOnce = new Set<string>();

  of(reads: readonly PendingRead[]): ReadBatch[] {
    const families = Map.groupBy(reads, (read) => {
      const { merges = 'all', family, loader } = read.cost;
      if (merges === 'never') return read;
      const name = `${family ?? loader} ${read.demand}`;
      return merges === 'sameArguments' ? `${name} ${JSON.stringify(read.asked.args)}` : name;
    });
    return [...families.values()].map((some) => {
      const [{ cost }] = some as [PendingRead, ...PendingRead[]];
      const name = cost.family ?? cost.loader;
      const isRead = !(cost.merges === 'once' && this.#readOnce.has(name));
      if (cost.merges === 'once') this.#readOnce.add(name);
      return { reads: some, keys: capped(some.reduce((sum, { asked }) => sum + asked.keys, 0)), isRead };
    });
  }
}
