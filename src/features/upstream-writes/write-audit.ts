import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { JsonObject, WrittenRecord } from '../../upstream/source-write.ts';
import type { AuditActor } from '../audit/actor.ts';
import { appendAudit } from '../audit/append.ts';
import type { Pseudonyms } from '../audit/pseudonyms.ts';
import type { WriteOutcome } from './write-outcome.ts';

/** A write as its audit entry tells of it. */
export interface AuditedWrite {
  readonly id: string;
  readonly operation: string;
  readonly record: WrittenRecord;
  readonly details: JsonObject;
}

/** The entry of a write that has ended. `isLate`: its operation has been answered, and has its entry, since long. */
export async function appendOutcome(
  db: Kysely<DB>,
  actor: AuditActor,
  write: AuditedWrite,
  { outcome }: Pick<WriteOutcome, 'outcome'>,
  isLate = false,
): Promise<void> {
  await appendAudit(db, actor, {
    action: isLate ? `${write.operation}.resolved` : write.operation,
    ...eventOf(write, outcome),
  });
}

/** The entry of an operation that is answered before anybody knows what became of its write. */
export async function appendUnknown(db: Kysely<DB>, actor: AuditActor, write: AuditedWrite): Promise<void> {
  await appendAudit(db, actor, { action: write.operation, ...eventOf(write, 'UNKNOWN') });
}

function eventOf({ id, record, details }: AuditedWrite, outcome: WriteOutcome['outcome'] | 'UNKNOWN') {
  return {
    resourceType: record.type,
    resourceId: record.id,
    outcome: outcome === 'DONE' ? ('ALLOWED' as const) : ('FAILED' as const),
    details: { writeId: id, outcome, names: record.names, ...details },
  };
}

/** Who wants a write, sealed into its row: whoever finds out about it later has to say who it was. */
export function sealActor(sealer: Sealer, { pseudonyms: _, ...actor }: AuditActor, writeId: string): string {
  return sealer.seal(JSON.stringify(actor), placeOf(actor.tenant, writeId));
}

/** Nobody, where none is kept or its key was destroyed on purpose. Throws an error for an operator while its key is not at hand. */
export function openActor(
  sealer: Sealer,
  pseudonyms: Pseudonyms,
  sealed: string | null,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): AuditActor {
  if (sealed === null) return { ...nobody, tenant, pseudonyms };
  const text = sealer.openIfKeyIsThere(sealed, placeOf(tenant, id));
  if (text === null && !sealer.isShredded(sealed))
    throw new Error(
      `Who asked for the change can't be told, because that was sealed by a key that is not at hand (${sealer.missingKeys.join(', ')}), and without it no entry can be written of ` +
        'what became of it. Put the key into ENCRYPTION_KEYS_OLD again or, if nobody has it any more, its id into ENCRYPTION_KEYS_DESTROYED.',
    );
  const known = text === null ? {} : (JSON.parse(text) as Partial<AuditActor>);
  return { ...nobody, ...known, tenant, pseudonyms };
}

/** The subject of who asked for a change. `isUnread`: its key is not at hand. */
export function subjectOfActor(
  sealer: Sealer,
  sealed: string,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): { readonly subject: string | null; readonly isUnread: boolean } {
  const text = sealer.openIfKeyIsThere(sealed, placeOf(tenant, id));
  const known = text === null ? {} : (JSON.parse(text) as Partial<AuditActor>);
  return { subject: known.actorId ?? null, isUnread: text === null };
}

const nobody = {
  actorId: null,
  actorName: null,
  address: null,
  userAgent: null,
  requestId: null,
  sessionId: null,
  client: null,
};

function placeOf(tenant: string, id: string) {
  return { table: 'upstream_writes', column: 'actor', row: [tenant, id] };
}
