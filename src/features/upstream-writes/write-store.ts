import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { JsonObject, WriteIntent, WrittenRecord } from '../../upstream/source-write.ts';
import type { WriteOutcome } from './write-outcome.ts';

const openColumns = sql`tenant, id, operation, state, resource_type, resource_id, intent, details, actor,
  conclusive_at <= now() as conclusive`;

/** A write whose intent is stored. */
export interface NewWrite {
  readonly id: string;
  readonly tenant: string;
  readonly operation: string;
  readonly source: 'SALESFORCE' | 'JIRA';
  readonly record: WrittenRecord;
  readonly intent: WriteIntent;
  readonly basedOn: string | null;
  /** For its audit entry. */
  readonly details: JsonObject;
  /** Sealed. */
  readonly actor: string;
  readonly requestId: string;
}

/** A write that somebody has to look after. */
export interface OpenWrite {
  readonly id: string;
  readonly tenant: string;
  readonly operation: string;
  readonly state: 'SENDING' | 'UNKNOWN';
  readonly record: Pick<WrittenRecord, 'type' | 'id'>;
  readonly intent: WriteIntent;
  readonly details: JsonObject;
  /** Sealed. */
  readonly actor: string | null;
  /** Finding no trace of it proves that it was never done. */
  readonly isConclusive: boolean;
}

/** Stores the intent. False when another write of the record was made from the same state. */
export async function insertIntent(
  db: Kysely<DB>,
  write: NewWrite,
  { leaseMs, conclusiveMs }: { readonly leaseMs: number; readonly conclusiveMs: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('upstream_writes')
    .values({
      tenant: write.tenant,
      id: write.id,
      operation: write.operation,
      source: write.source,
      resource_type: write.record.type,
      resource_id: write.record.id,
      state: 'SENDING',
      intent: JSON.stringify(write.intent),
      details: JSON.stringify(write.details),
      based_on: write.basedOn,
      actor: write.actor,
      request_id: write.requestId,
      lease_until: fromNow(leaseMs),
      conclusive_at: fromNow(conclusiveMs),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Notes from when on a look is conclusive, which is known better once the call has ended. */
export async function noteCallEnded(
  db: Kysely<DB>,
  id: string,
  { leaseMs, conclusiveMs }: { readonly leaseMs: number; readonly conclusiveMs: number },
): Promise<void> {
  await db
    .updateTable('upstream_writes')
    .set({ lease_until: fromNow(leaseMs), conclusive_at: fromNow(conclusiveMs) })
    .where('id', '=', id)
    .where('resolved_at', 'is', null)
    .execute();
}

/** Leaves a write to whoever comes next. Who wanted it is told by the entry that goes with this. */
export async function leaveUnknown(db: Kysely<DB>, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('upstream_writes')
    .set({ state: 'UNKNOWN', actor: null, lease_until: sql<string>`now()` })
    .where('id', '=', id)
    .where('resolved_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Stores how a write has ended. False when somebody else has done so before. */
export async function resolveWrite(db: Kysely<DB>, id: string, outcome: WriteOutcome): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('upstream_writes')
    .set({
      state: outcome.outcome,
      result: JSON.stringify(outcome),
      actor: null,
      resolved_at: sql<string>`now()`,
    })
    .where('id', '=', id)
    .where('resolved_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** How a write has ended; null while nobody knows, `missing` when its intent was never stored. */
export async function findOutcome(db: Kysely<DB>, id: string): Promise<WriteOutcome | 'missing' | null> {
  const row = await db.selectFrom('upstream_writes').select('result').where('id', '=', id).executeTakeFirst();
  return row ? (row.result as WriteOutcome | null) : 'missing';
}

/** Takes over a write that nobody looks after any more; null when there is nothing to take over. */
export async function takeOverWrite(db: Kysely<DB>, id: string, leaseMs: number): Promise<OpenWrite | null> {
  const { rows } = await sql<OpenRow>`
    update upstream_writes set lease_until = ${fromNow(leaseMs)}
    where id = ${id} and resolved_at is null and lease_until <= now()
    returning ${openColumns}
  `.execute(db);
  return rows[0] ? toOpenWrite(rows[0]) : null;
}

/** Takes over writes that nobody looks after any more, of all tenants. Several instances at it take different ones. `$1`: seconds, `$2`: how many. */
export const TAKE_OVER_WRITES = 'select tenant, id from take_over_writes($1, $2)';

/** A write that was taken over; null when somebody has found out meanwhile what became of it. */
export async function readTakenOver(db: Kysely<DB>, id: string): Promise<OpenWrite | null> {
  const { rows } = await sql<OpenRow>`
    select ${openColumns} from upstream_writes where id = ${id} and resolved_at is null
  `.execute(db);
  return rows[0] ? toOpenWrite(rows[0]) : null;
}

interface OpenRow {
  readonly tenant: string;
  readonly id: string;
  readonly operation: string;
  readonly state: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly intent: JsonObject;
  readonly details: JsonObject;
  readonly actor: string | null;
  readonly conclusive: boolean;
}

function toOpenWrite(row: OpenRow): OpenWrite {
  return {
    id: row.id,
    tenant: row.tenant,
    operation: row.operation,
    state: row.state === 'UNKNOWN' ? 'UNKNOWN' : 'SENDING',
    record: { type: row.resource_type, id: row.resource_id },
    intent: row.intent as WriteIntent,
    details: row.details,
    actor: row.actor,
    isConclusive: row.conclusive,
  };
}

function fromNow(ms: number) {
  return sql<string>`now() + make_interval(secs => ${ms / 1_000})`;
}
