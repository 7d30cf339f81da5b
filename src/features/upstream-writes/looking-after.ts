import type { Database } from '../../platform/database.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import { Receipt } from '../../platform/receipt.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { FindableWrite, SourceWrite, WrittenRecord } from '../../upstream/source-write.ts';
import type { Pseudonyms } from '../audit/pseudonyms.ts';
import { openActor } from './write-audit.ts';
import { outcomeOfLook, type WriteConclusions, type WriteScope } from './write-conclusion.ts';
import type { WriteOutcome } from './write-outcome.ts';
import { type OpenWrite, readTakenOver, TAKE_OVER_WRITES, takeOverWrite } from './write-store.ts';
import type { WriteTimes } from './write-times.ts';

export interface LookingAfterOptions {
  readonly database: Database;
  readonly kinds: readonly FindableWrite[];
  readonly afterWrite: (written: WrittenRecord) => Promise<void>;
  readonly conclusions: WriteConclusions;
  readonly sealer: Sealer;
  readonly pseudonyms: Pseudonyms;
  readonly times: WriteTimes;
  readonly log: Logger;
}

/** A statement outside of any tenant: one of the functions that look at the rows of all. */
export type KeeperQuery = <Row>(text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Of one round. */
const MAX_TAKEN = 20;

/** Finds out what became of writes whose process, or whose source, went away in between. Never sends anything. */
export class LookingAfter {
  readonly #options: LookingAfterOptions;

  constructor(options: LookingAfterOptions) {
    this.#options = options;
  }

  /** Looks after a write that nobody looks after any more. Null: somebody does, or it can't be told yet. */
  async takeOver(scope: WriteScope, id: string): Promise<WriteOutcome | null> {
    const { database, times } = this.#options;
    const write = await database.inTenant(scope, (db) => takeOverWrite(db, id, times.readLeaseMs));
    return write && this.#resolve(scope, write);
  }

  /** One round over all tenants. How many it has taken over. */
  async run(query: KeeperQuery, signal: AbortSignal): Promise<number> {
    const { database, times, log } = this.#options;
    const taken = await query<{ tenant: string; id: string }>(TAKE_OVER_WRITES, [times.readLeaseMs / 1_000, MAX_TAKEN]);
    await Promise.all(
      taken.map(async ({ tenant, id }) => {
        const scope = { tenant, signal, receipt: new Receipt() };
        const write = await database
          .inTenant(scope, (db) => readTakenOver(db, id))
          .catch((error: unknown) => {
            log.warn({ writeId: id, error: describeError(error) }, 'A write could not be looked after.');
            return null;
          });
        if (write) await this.#resolve(scope, write);
      }),
    );
    return taken.length;
  }

  /**
   * A write that can't be told of gets an entry that says so, unless it has one, and stays for whoever comes next. Failures are logged: it is
   * looked after again once this lease has run out.
   */
  async #resolve(scope: WriteScope, write: OpenWrite): Promise<WriteOutcome | null> {
    const { conclusions, sealer, pseudonyms, log } = this.#options;
    const { id, operation, record, intent, details } = write;
    const audited = { id, operation, record: { ...record, names: intent.names }, details };
    try {
      const outcome = await this.#look(scope, write);
      if (outcome === 'not yet') return null;
      const actor = openActor(sealer, pseudonyms, write.actor, write);
      if (outcome === null) {
        if (write.state === 'SENDING') await conclusions.leave(scope, actor, audited);
        return null;
      }
      const counts = await conclusions.conclude(scope, actor, audited, outcome, write.state === 'UNKNOWN');
      log.warn({ writeId: id, operation, outcome: counts.outcome }, 'It is known now what became of a write.');
      return counts;
    } catch (error) {
      log.warn({ writeId: id, operation, error: describeError(error) }, 'A write could not be looked after.');
      return null;
    }
  }

  /** Null: the source can't be asked. */
  async #look(scope: WriteScope, write: OpenWrite): Promise<WriteOutcome | 'not yet' | null> {
    const { kinds, afterWrite, times, log } = this.#options;
    const { id, operation, record, intent } = write;
    const kind = kinds.find((one) => one.operation === operation) as
      | Pick<SourceWrite<unknown>, 'source' | 'look'>
      | undefined;
    if (!kind) throw new Error(`No write is called ${operation}.`);
    const { signal, receipt } = scope;
    const calls = { signal, receipts: [receipt], deadlineMs: times.readMs, priority: 'write' } as const;
    try {
      const looked = await kind.look({ id, record, intent }, calls);
      await afterWrite({ ...record, names: intent.names });
      return outcomeOfLook(kind, looked, write.isConclusive, 'UPSTREAM_UNAVAILABLE') ?? 'not yet';
    } catch (error) {
      log.warn({ writeId: id, operation, error: describeError(error) }, 'What became of a write is not known yet.');
      return null;
    }
  }
}
