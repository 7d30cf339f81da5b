import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Database } from '../../platform/database.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import { Receipt } from '../../platform/receipt.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { insertLedger, insertRequest, selectLedger } from './erasure-table.ts';
import { HashedPeople } from './hashed-people.ts';
import type { LedgerEntry, LedgerFile } from './ledger-file.ts';

/** Work that belongs to no tenant is done in the name of one that no token can have. */
export const NOBODYS_TENANT = '-';
export const newPseudonym = (): string => `erased:${randomBytes(8).toString('hex')}`;

const REFRESH_MS = 1_000;
const DEADLINE_MS = 3_000;
const REPLAY_REASON = 'Erased before; the database was restored from a backup of an earlier time.';

export interface ErasureLedgerOptions {
  readonly database: Database;
  /** Resolves when the database can be asked; nothing is, and nothing is missed, before. At once when absent. */
  readonly migrated?: Promise<void>;
  readonly file: LedgerFile;
  readonly sealer: Sealer;
  readonly log: Logger;
  /** Told when others have erased people, who are hidden here from then on, but may be in what is held. */
  onGrown(): Promise<unknown>;
}

/**
 * Whom this instance must hide, whatever sources go on showing: in memory by hashes, from the database and from the file that outlives it. What
 * other instances erase is known here within a second; what the database has lost since, by a restored backup, is erased once more.
 */
export class ErasureLedger {
  readonly people: HashedPeople;
  readonly #options: ErasureLedgerOptions;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #last = 0;
  readonly #known = new Set<string>();
  #hasReplayed = false;
  #refreshing: Promise<void> | null = null;
  #isDown = false;

  constructor(options: ErasureLedgerOptions) {
    this.#options = options;
    this.people = new HashedPeople(options.sealer, NOBODYS_TENANT);
    this.#learn(options.file.entries);
    if (options.migrated !== undefined) void options.migrated.then(() => this.#start());
    else this.#start();
  }

  /**
   * Adds to database and file; both have it, and this instance hides it in all that it reads from then on, when the promise settles. What it holds is
   * the caller's part. Rejects when the database fails.
   */
  async add(entry: LedgerEntry): Promise<void> {
    // The file first: what only it has is brought to the database by the next start.
    this.#options.file.append([entry]);
    await this.#inDatabase(entry.tenant, (db) => insertLedger(db, entry));
    this.#learn([entry]);
  }

  /** Learns what other instances have erased. Rejects when the database fails. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#refreshing?.catch(() => undefined);
  }

  #start(): void {
    if (this.#closed) return;
    this.#timer = setInterval(() => void this.#refreshQuietly(), REFRESH_MS);
    this.#timer.unref();
  }

  async #refreshQuietly(): Promise<void> {
    try {
      await this.refresh();
      this.#isDown = false;
    } catch (error) {
      if (!this.#isDown)
        this.#options.log.warn(
          { error: describeError(error) },
          'Whom other instances erase can not be told at the moment; it is tried again every second.',
        );
      this.#isDown = true;
    }
  }

  async #refresh(): Promise<void> {
    const { file, log } = this.#options;
    const { entries, last } = await this.#inDatabase(NOBODYS_TENANT, (db) => selectLedger(db, this.#last));
    if (!this.#hasReplayed) {
      const inDatabase = new Set(entries.map(({ requestId }) => requestId));
      const lost = file.entries.filter(({ requestId }) => !inDatabase.has(requestId));
      for (const entry of lost) await this.#replay(entry);
      const requests = new Set(lost.map(({ requestId }) => requestId)).size;
      if (requests > 0)
        log.warn({ requests }, 'The database does not know of people who were erased: they are erased once more.');
      this.#hasReplayed = true;
    }
    file.append(entries);
    this.#last = last;
    if (this.#learn(entries)) await this.#options.onGrown();
  }

  async #replay(entry: LedgerEntry): Promise<void> {
    const { sealer } = this.#options;
    const { tenant, requestId } = entry;
    await this.#inDatabase(tenant, async (db) => {
      await insertLedger(db, entry);
      await insertRequest(db, {
        tenant,
        id: requestId,
        subject: null,
        reason: sealer.seal(REPLAY_REASON, reasonPlace(tenant, requestId)),
        pseudonym: newPseudonym(),
        requestedBy: null,
        replayed: true,
      });
    });
  }

  /** Whether any of it was new. */
  #learn(entries: readonly LedgerEntry[]): boolean {
    const identifiers = entries.flatMap((entry) => entry.identifiers).filter(({ hash }) => !this.#known.has(hash));
    for (const { hash } of identifiers) this.#known.add(hash);
    if (identifiers.length > 0) this.people.add(identifiers);
    return identifiers.length > 0;
  }

  #inDatabase<Result>(tenant: string, work: (db: Kysely<DB>) => Promise<Result>): Promise<Result> {
    const scope = { tenant, signal: AbortSignal.timeout(DEADLINE_MS), receipt: new Receipt() };
    return this.#options.database.inTenant(scope, work);
  }
}

export function reasonPlace(tenant: string, requestId: string) {
  return { table: 'erasure_requests', column: 'reason', row: [tenant, requestId] };
}

export function subjectPlace(tenant: string, requestId: string) {
  return { table: 'erasure_requests', column: 'subject', row: [tenant, requestId] };
}
