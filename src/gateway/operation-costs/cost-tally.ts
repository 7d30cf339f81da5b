import type { Receipt } from '../../platform/receipt.ts';
import { addExecution, addWholeAnswer, type CostEntry, type CostKey, emptyEntry, mergeInto } from './cost-entry.ts';

/** What is charged together once there are too many different ones: nothing is lost but whose it was. */
export const OTHERS = '(other)';

const HOUR_MS = 3_600_000;

/** Whole answers of one operation to one client. */
export interface WholeAnswers {
  /** False, and nothing counted, when the hour is over or the tally was taken since. */
  add(nowMs: number, durationMs: number): boolean;
}

/** What operations have cost since it was last taken. Bounded: names come from clients. */
export class CostTally {
  readonly #maxEntries: number;
  #entries = new Map<string, CostEntry>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  add(key: Omit<CostKey, 'hourMs'>, atMs: number, receipt: Receipt, durationMs: number): void {
    const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
    addExecution(this.#entryOf({ ...key, hourMs }), receipt, durationMs);
  }

  /** What answers that are given whole in the hour of `atMs` are charged to; until everything is taken. */
  wholeAnswersOf(key: Omit<CostKey, 'hourMs'>, atMs: number): WholeAnswers {
    const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
    const entry = this.#entryOf({ ...key, hourMs });
    const entries = this.#entries;
    return {
      add: (nowMs, durationMs) => {
        if (nowMs < hourMs || nowMs >= hourMs + HOUR_MS || this.#entries !== entries) return false;
        addWholeAnswer(entry, durationMs);
        return true;
      },
    };
  }

  /** Everything so far; the tally begins anew. */
  take(): CostEntry[] {
    const taken = [...this.#entries.values()];
    this.#entries = new Map();
    return taken;
  }

  /** Puts back what could not be written. */
  putBack(entries: readonly CostEntry[]): void {
    for (const entry of entries) mergeInto(this.#entryOf(entry), entry);
  }

  #entryOf(key: CostKey): CostEntry {
    // Only a tenant may hold any character, so it comes last.
    const name = `${key.hourMs}|${key.documentHash}|${key.operationName}|${key.client}|${key.tenant}`;
    const known = this.#entries.get(name);
    if (known) return known;
    const isOthers = key.operationName === OTHERS && key.client === OTHERS;
    if (this.#entries.size >= this.#maxEntries && !isOthers)
      return this.#entryOf({ ...key, operationName: OTHERS, documentHash: '', client: OTHERS });
    const entry = emptyEntry(key);
    this.#entries.set(name, entry);
    return entry;
  }
}
