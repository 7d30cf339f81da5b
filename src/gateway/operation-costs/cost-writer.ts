import type { Database } from '../../platform/database.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import { Receipt } from '../../platform/receipt.ts';
import type { CostEntry } from './cost-entry.ts';
import { addOperationCosts, forgetOperationCosts } from './cost-table.ts';
import type { CostTally } from './cost-tally.ts';

export interface CostWriterOptions {
  readonly tally: CostTally;
  readonly database: Pick<Database, 'inTenant'>;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly everyMs?: number;
}

const EVERY_MS = 30_000;
const DEADLINE_MS = 5_000;
const MAX_ENTRIES_PER_STATEMENT = 1_000;
const KEPT_MS = 90 * 24 * 3_600_000;
const FORGET_EVERY_MS = 3_600_000;

/** Writes the tally into PostgreSQL from time to time, far from any answer. What can't be written is kept for the next time. */
export class CostWriter {
  readonly #options: CostWriterOptions;
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> | null = null;
  #isFailing = false;
  /** By tenant: when old hours were last removed. */
  readonly #forgotAtMs = new Map<string, number>();

  constructor(options: CostWriterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.write(), options.everyMs ?? EVERY_MS);
    this.#timer.unref();
  }

  /** Writes what there is; one at a time. Never rejects. */
  write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.write();
  }

  async #writeAll(): Promise<void> {
    const byTenant = Map.groupBy(this.#options.tally.take(), ({ tenant }) => tenant);
    for (const [tenant, entries] of byTenant) {
      for (let start = 0; start < entries.length; start += MAX_ENTRIES_PER_STATEMENT)
        await this.#writeSome(tenant, entries.slice(start, start + MAX_ENTRIES_PER_STATEMENT));
    }
  }

  async #writeSome(tenant: string, entries: readonly CostEntry[]): Promise<void> {
    const { database, tally, log, nowMs } = this.#options;
    const scope = { tenant, signal: AbortSignal.timeout(DEADLINE_MS), receipt: new Receipt() };
    const isForgetDue = nowMs() - (this.#forgotAtMs.get(tenant) ?? 0) >= FORGET_EVERY_MS;
    try {
      await database.inTenant(scope, async (db) => {
        await addOperationCosts(db, tenant, entries);
        if (isForgetDue) await forgetOperationCosts(db, nowMs() - KEPT_MS);
      });
      if (isForgetDue) this.#forgotAtMs.set(tenant, nowMs());
      this.#isFailing = false;
    } catch (error) {
      tally.putBack(entries);
      // Said once for each outage.
      if (!this.#isFailing)
        log.warn({ error: describeError(error) }, 'What operations cost could not be stored; it is tried again.');
      this.#isFailing = true;
    }
  }
}
