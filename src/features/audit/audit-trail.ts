import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database.ts';
import { Receipt } from '../../platform/receipt.ts';
import type { AuditActor } from './actor.ts';
import { appendAudit, auditUnavailable, probeAudit } from './append.ts';
import type { DatabaseClock } from './database-clock.ts';
import { entryRecord } from './entry.ts';
import type { AuditEvent, AuditOutcome } from './event.ts';
import type { Journal } from './journal/journal.ts';
import { KnownActors } from './known-actors.ts';

export interface AuditTrailOptions {
  readonly database: Pick<Database, 'inTenant'>;
  readonly journal: Pick<Journal, 'append' | 'appendEntry' | 'appendIdentities'>;
  readonly clock: DatabaseClock;
  /** Told of every entry, and of every time when none could be written. */
  onOutcome(path: 'journal' | 'database', outcome: 'ok' | 'failed'): void;
}

/** So often the journal says anew what the pseudonyms of an actor stand for. */
const TELL_EVERY_MS = 600_000;
const STORE_DEADLINE_MS = 3_000;

/** Writes entries of what was done outside of transactions of its own. */
export class AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #actors = new KnownActors();

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  /**
   * Notes what was read. `about` and `details` are members of an entry as JSON, `details` may be empty. Resolves when the entry outlives this process: in the
   * journal, or, when that can't be written, in PostgreSQL. Rejects with AUDIT_UNAVAILABLE when neither takes it.
   */
  async note(actor: AuditActor, about: string, outcome: AuditOutcome, details: string): Promise<void> {
    const { journal, clock } = this.#options;
    const known = this.#actors.of(actor);
    const at = clock.now();
    const head = `"id":"${randomUUID()}","at":${at},"requestId":${JSON.stringify(actor.requestId)},`;
    const json = `${head}${about},${known.json},"outcome":"${outcome}"${details === '' ? '' : `,"details":${details}`}}`;
    try {
      if (at - known.tellAtMs < TELL_EVERY_MS) await journal.append(actor.tenant, json);
      else {
        known.tellAtMs = at;
        const told = journal.appendIdentities(actor.tenant, known.identities, at);
        await Promise.all([told, journal.append(actor.tenant, json)]);
      }
      this.#options.onOutcome('journal', 'ok');
    } catch (error) {
      known.tellAtMs = 0;
      this.#options.onOutcome('journal', 'failed');
      await this.#instead(actor, about, outcome, details, error);
    }
  }

  /** As `note`, of an event that no operation is. */
  async noteEvent(actor: AuditActor, event: AuditEvent): Promise<void> {
    const { entry, identities } = entryRecord(actor, this.#actors.of(actor), event);
    const at = this.#options.clock.now();
    const { journal, onOutcome } = this.#options;
    try {
      await Promise.all([
        journal.appendIdentities(actor.tenant, identities, at),
        journal.appendEntry(actor.tenant, { ...entry, at }),
      ]);
      onOutcome('journal', 'ok');
    } catch {
      onOutcome('journal', 'failed');
      await this.store(actor, event);
    }
  }

  /** In PostgreSQL, in a transaction of their own. Rejects with AUDIT_UNAVAILABLE, within three seconds. */
  async store(actor: AuditActor, ...events: readonly [AuditEvent, ...AuditEvent[]]): Promise<void> {
    const { database, onOutcome } = this.#options;
    try {
      await database.inTenant(ownScope(actor), (db) => appendAudit(db, actor, ...events));
      onOutcome('database', 'ok');
    } catch (error) {
      onOutcome('database', 'failed');
      throw auditUnavailable(error);
    }
  }

  /** Rejects with AUDIT_UNAVAILABLE when nothing could be stored at this moment. */
  async probe(actor: AuditActor): Promise<void> {
    const { database, onOutcome } = this.#options;
    try {
      await database.inTenant(ownScope(actor), (db) => probeAudit(db, actor));
    } catch (error) {
      onOutcome('database', 'failed');
      throw auditUnavailable(error);
    }
  }

  async #instead(
    actor: AuditActor,
    about: string,
    outcome: AuditOutcome,
    details: string,
    cause: unknown,
  ): Promise<void> {
    const { actions, resourceType, resourceId } = JSON.parse(`{${about}}`) as {
      readonly actions: readonly [string, ...string[]];
      readonly resourceType: string | null;
      readonly resourceId: string | null;
    };
    const event = { resourceType, resourceId, outcome, ...(details === '' ? {} : { details: JSON.parse(details) }) };
    const [first, ...rest] = actions;
    try {
      await this.store(actor, { ...event, action: first, ...(rest.length > 0 ? { furtherActions: rest } : {}) });
    } catch {
      throw auditUnavailable(cause);
    }
  }
}

/** Not the request's: an entry is owed even when the client has left, and it is no part of what the request cost. */
function ownScope({ tenant }: AuditActor) {
  return { tenant, signal: AbortSignal.timeout(STORE_DEADLINE_MS), receipt: new Receipt() };
}
