import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { AuditActor } from './actor.ts';
import { auditUnavailable } from './append.ts';
import { actorRecord, type EntryRecord } from './entry.ts';

export const PSEUDONYMISED_ACTION = 'audit.pseudonymised';
const MAX_ENTRIES = 10_000;

/**
 * Takes a person out of the entries that they made and that are about them, in the caller's own tenant transaction: what identifies them and
 * the salts of its commitments go, the chain stays as it is, and an entry by `actor` tells of how many. Answers of how many entries, at most
 * `maxEntries`: call it again, in another transaction, until it answers 0. Entries that are still on their way from a journal are stored
 * without the person. Throws AUDIT_UNAVAILABLE.
 */
export async function pseudonymiseAuditOf(
  db: Kysely<DB>,
  actor: AuditActor,
  personId: string,
  maxEntries: number = MAX_ENTRIES,
): Promise<number> {
  const { tenant, pseudonyms } = actor;
  const { fields, identities } = actorRecord(actor);
  const entry: EntryRecord = {
    id: randomUUID(),
    actions: [PSEUDONYMISED_ACTION],
    resourceType: null,
    resourceId: null,
    outcome: 'ALLOWED',
    at: null,
    details: null,
    subject: null,
    personal: null,
    ...fields,
  };
  const person = pseudonyms.ofPerson(tenant, personId);
  try {
    const { rows } = await sql<{ done: number }>`
      select erase_from_audit(${person}, ${JSON.stringify(entry)}::json, ${maxEntries}) as done
    `.execute(db);
    const done = rows[0]?.done ?? 0;
    if (done > 0 && identities.length > 0)
      await sql`select append_audit('[]'::json, ${JSON.stringify(identities)}::json)`.execute(db);
    return done;
  } catch (error) {
    throw auditUnavailable(error);
  }
}
