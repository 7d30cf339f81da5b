import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { AuditActor } from './actor.ts';
import { actorRecord, entryRecord } from './entry.ts';
import type { AuditEvent } from './event.ts';

/**
 * Appends to the chain of the actor's tenant, inside the caller's own tenant transaction and as its last statement: what was done and its
 * entry are stored together or not at all. From here to the commit the tenant's chain is locked. Throws AUDIT_UNAVAILABLE.
 */
export async function appendAudit(
  db: Kysely<DB>,
  actor: AuditActor,
  ...events: readonly [AuditEvent, ...AuditEvent[]]
): Promise<void> {
  const { entries, identities } = appendedJson(actor, ...events);
  await writable(sql`select append_audit(${entries}::json, ${identities}::json)`.execute(db));
}

/** The arguments of `append_audit` for who calls it in a statement of their own. */
export function appendedJson(
  actor: AuditActor,
  ...events: readonly [AuditEvent, ...AuditEvent[]]
): { readonly entries: string; readonly identities: string } {
  const shared = actorRecord(actor);
  const records = events.map((event) => entryRecord(actor, shared, event));
  return {
    entries: JSON.stringify(records.map(({ entry }) => entry)),
    identities: JSON.stringify([...new Set(records.flatMap(({ identities }) => identities))]),
  };
}

/** Throws AUDIT_UNAVAILABLE when nothing could be appended at this moment. Leaves nothing behind, and the transaction usable otherwise. */
export async function probeAudit(db: Kysely<DB>, _actor: AuditActor): Promise<void> {
  await writable(sql`select probe_audit()`.execute(db));
}

/** A statement that calls `append_audit` beside its own work: throws AUDIT_UNAVAILABLE where that was what failed. */
export async function audited<Result>(statement: Promise<Result>): Promise<Result> {
  try {
    return await statement;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const where = cause instanceof Error && 'where' in cause ? String(cause.where) : '';
    throw where.includes('append_audit') ? auditUnavailable(error) : error;
  }
}

async function writable(statement: Promise<unknown>): Promise<void> {
  try {
    await statement;
  } catch (error) {
    throw auditUnavailable(error);
  }
}

/** What a request ends with that may only be answered once it is in the audit log. */
export function auditUnavailable(cause: unknown): GatewayError {
  if (cause instanceof GatewayError && cause.code === 'AUDIT_UNAVAILABLE') return cause;
  return new GatewayError(
    'AUDIT_UNAVAILABLE',
    'The audit log can not be written, and nothing was changed or shown, because no answer may leave without its entry. Try again in a moment.',
    { source: 'POSTGRES', retryAfterSeconds: 5, cause },
  );
}
