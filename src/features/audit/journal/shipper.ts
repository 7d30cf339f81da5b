import { sql } from 'kysely';
import type { Database } from '../../../platform/database.ts';
import { sqlStateOf } from '../../../platform/database-error.ts';
import { describeError, type Logger } from '../../../platform/log.ts';
import { Receipt } from '../../../platform/receipt.ts';
import type { Journal, ShippableFile } from './journal.ts';
import type { JournalLine } from './journal-line.ts';
import { readJournal } from './journal-reader.ts';

export interface ShipperOptions {
  readonly journal: Journal;
  readonly database: Pick<Database, 'inTenant'>;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly everyMs?: number;
  /** Told of entries that PostgreSQL will never take; they are in the log of the process. */
  onRejected(entries: number): void;
}

const EVERY_MS = 250;
/** While they are appended the tenant's chain is locked. */
const MAX_ENTRIES_PER_STATEMENT = 500;
const DEADLINE_MS = 10_000;

/** Moves what is in the journal into PostgreSQL, in order, each entry once, however often it is tried and by however many instances. */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #timer: NodeJS.Timeout;
  /** By file: how far it was shipped. */
  readonly #offsets = new Map<string, number>();
  #shipping: Promise<void> | null = null;
  #isClosed = false;
  #failingSinceMs: number | null = null;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.ship(), options.everyMs ?? EVERY_MS);
    this.#timer.unref();
  }

  /** How long PostgreSQL has been taking nothing, in ms; 0: it does. */
  get failingMs(): number {
    return this.#failingSinceMs === null ? 0 : this.#options.nowMs() - this.#failingSinceMs;
  }

  /** Ships what there is; one at a time. Never rejects. */
  ship(): Promise<void> {
    this.#shipping ??= this.#shipAll().finally(() => {
      this.#shipping = null;
    });
    return this.#shipping;
  }

  /** Ships the rest, unless PostgreSQL is away. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#shipping;
    const { journal } = this.#options;
    await journal.settled();
    journal.rotate(true);
    await this.ship();
    this.#isClosed = true;
  }

  async #shipAll(): Promise<void> {
    const { journal, log, nowMs } = this.#options;
    try {
      journal.rotate();
      for (const file of journal.files(nowMs())) await this.#shipFile(file);
      this.#failingSinceMs = null;
    } catch (error) {
      // Said once for each outage.
      if (this.#failingSinceMs === null && !this.#isClosed)
        log.error(
          { error: describeError(error) },
          'Entries of the audit log wait in the journal, because PostgreSQL does not take them; it is tried again.',
        );
      this.#failingSinceMs ??= nowMs();
    }
  }

  async #shipFile(file: ShippableFile): Promise<void> {
    for (;;) {
      const offset = this.#offsets.get(file.id) ?? 0;
      const { lines, unreadable, nextOffset } = await readJournal(file.path, offset, file.readableBytes());
      if (unreadable > 0)
        this.#options.log.error({ journal: file.id, unreadable }, 'Lines of a journal can not be read.');
      for (const [tenant, own] of Map.groupBy(lines, (line) => line.tenant))
        await this.#shipTenant(file.id, tenant, own);
      this.#offsets.set(file.id, nextOffset);
      if (nextOffset === offset) break;
    }
    if (file.isCurrent) return;
    if (await file.remove(this.#offsets.get(file.id) ?? 0)) this.#offsets.delete(file.id);
  }

  async #shipTenant(journal: string, tenant: string, lines: readonly JournalLine[]): Promise<void> {
    const entries = lines.filter(({ kind }) => kind === 'E').map(({ json }) => json);
    let identities = lines.filter(({ kind }) => kind === 'I').map(({ json }) => json);
    for (let start = 0; start < entries.length; start += MAX_ENTRIES_PER_STATEMENT) {
      await this.#appendOrDivide(journal, tenant, entries.slice(start, start + MAX_ENTRIES_PER_STATEMENT), identities);
      identities = [];
    }
    if (identities.length > 0) await this.#appendOrDivide(journal, tenant, [], identities);
  }

  /** One entry that PostgreSQL refuses as wrong must not keep back the others for ever. */
  async #appendOrDivide(
    journal: string,
    tenant: string,
    entries: readonly string[],
    identities: readonly string[],
  ): Promise<void> {
    try {
      await this.#append(journal, tenant, entries, identities);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (entries.length + identities.length <= 1) {
        this.#options.log.error(
          { tenant, entry: entries[0] ?? null, error: describeError(error) },
          'PostgreSQL refuses an entry of the audit log for good. It stands in this line, and nowhere else.',
        );
        this.#options.onRejected(entries.length);
        return;
      }
      if (identities.length > 0) {
        for (const identity of identities) await this.#appendOrDivide(journal, tenant, [], [identity]);
        if (entries.length > 0) await this.#appendOrDivide(journal, tenant, entries, []);
        return;
      }
      const middle = Math.ceil(entries.length / 2);
      await this.#appendOrDivide(journal, tenant, entries.slice(0, middle), []);
      await this.#appendOrDivide(journal, tenant, entries.slice(middle), []);
    }
  }

  async #append(
    journal: string,
    tenant: string,
    entries: readonly string[],
    identities: readonly string[],
  ): Promise<void> {
    const scope = { tenant, signal: AbortSignal.timeout(DEADLINE_MS), receipt: new Receipt() };
    await this.#options.database.inTenant(
      scope,
      (db) =>
        sql`select append_audit(${`[${entries.join()}]`}::json, ${`[${identities.join()}]`}::json, ${journal}::uuid)`.execute(
          db,
        ),
      { deadlineMs: DEADLINE_MS },
    );
  }
}

/** Data that is wrong, and stays so. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const state = sqlStateOf(cause) ?? '';
  return state.startsWith('22') || state.startsWith('23');
}
