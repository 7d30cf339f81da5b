import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { HashedIdentifier } from './hashed-people.ts';
import type { LedgerEntry } from './ledger-file.ts';

/** A step as far as it has come. */
export interface StepRecord {
  readonly step: string;
  /** Rows or entries that were changed or removed, in all rounds. */
  readonly rows: number;
  /** How many whole rounds it has been through. */
  readonly round: number;
  /** In the latest round. */
  readonly lastRows: number;
}

export interface RequestRecord {
  readonly id: string;
  readonly status: 'RUNNING' | 'COMPLETED';
  /** Sealed; null once it is not needed any more, and when the request was replayed. */
  readonly subject: string | null;
  readonly pseudonym: string;
  readonly replayed: boolean;
  readonly requestedAt: Date;
  readonly completedAt: Date | null;
  readonly problem: string | null;
  readonly proof: unknown;
  readonly proofSignature: string | null;
}

export interface NewRequest {
  readonly tenant: string;
  readonly id: string;
  readonly subject: string | null;
  readonly reason: string;
  readonly pseudonym: string;
  readonly requestedBy: string | null;
  readonly replayed: boolean;
}

/** False when the request is there already. */
export async function insertRequest(db: Kysely<DB>, request: NewRequest): Promise<boolean> {
  const { tenant, id, subject, reason, pseudonym, requestedBy, replayed } = request;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('erasure_requests')
    .values({ tenant, id, status: 'RUNNING', subject, reason, pseudonym, requested_by: requestedBy, replayed })
    .onConflict((conflict) => conflict.columns(['tenant', 'id']).doNothing())
    .executeTakeFirstOrThrow();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function selectRequest(db: Kysely<DB>, id: string): Promise<RequestRecord | null> {
  const row = await db.selectFrom('erasure_requests').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  return {
    id: row.id,
    status: row.status === 'COMPLETED' ? 'COMPLETED' : 'RUNNING',
    subject: row.subject,
    pseudonym: row.pseudonym,
    replayed: row.replayed,
    requestedAt: new Date(row.requested_at),
    completedAt: row.completed_at === null ? null : new Date(row.completed_at),
    problem: row.problem,
    proof: row.proof,
    proofSignature: row.proof_signature,
  };
}

export async function selectSteps(db: Kysely<DB>, requestId: string): Promise<readonly StepRecord[]> {
  const rows = await db
    .selectFrom('erasure_steps')
    .select(['step', 'rows', 'round', 'last_rows'])
    .where('request_id', '=', requestId)
    .orderBy('step')
    .execute();
  return rows.map((row) => ({ step: row.step, rows: row.rows, round: row.round, lastRows: row.last_rows }));
}

/** Adds to what a step has done in its current round; `isDone` ends the round, and the next call begins another. */
export async function recordStep(
  db: Kysely<DB>,
  { tenant, requestId, step }: { readonly tenant: string; readonly requestId: string; readonly step: string },
  rows: number,
  isDone: boolean,
): Promise<void> {
  await sql`
    insert into erasure_steps as known (tenant, request_id, step, rows, runs, round, last_rows, is_open)
    values (${tenant}, ${requestId}, ${step}, ${rows}, 1, ${isDone ? 1 : 0}, ${rows}, ${!isDone})
    on conflict (tenant, request_id, step) do update set
      rows = known.rows + excluded.rows, runs = known.runs + 1, round = known.round + excluded.round, done_at = now(),
      last_rows = excluded.last_rows + case when known.is_open then known.last_rows else 0 end, is_open = excluded.is_open
  `.execute(db);
}

export async function insertLedger(db: Kysely<DB>, entry: LedgerEntry): Promise<void> {
  const rows = entry.identifiers.map(({ kind, hash, words }) => ({ kind, hash, words }));
  await sql`
    insert into erasure_ledger (of_tenant, request_id, erased_at, kind, hash, words)
    select ${entry.tenant}, ${entry.requestId}::uuid, ${entry.erasedAt}::timestamptz, kind, hash, words
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (kind text, hash text, words smallint)
    on conflict do nothing
  `.execute(db);
}

/** Entries whose rows came after a place, or lately: a transaction that began earlier may end later. */
export async function selectLedger(
  db: Kysely<DB>,
  after: number,
): Promise<{ readonly entries: readonly LedgerEntry[]; readonly last: number }> {
  const rows = await db
    .selectFrom('erasure_ledger')
    .selectAll()
    .where((where) =>
      where.or([where('sequence', '>', after), where('erased_at', '>', sql<string>`now() - interval '10 minutes'`)]),
    )
    .orderBy('sequence')
    .execute();
  const byRequest = Map.groupBy(rows, (row) => `${row.of_tenant} ${row.request_id}`);
  const entries = [...byRequest.values()].flatMap((of): LedgerEntry[] => {
    const [first] = of;
    if (!first) return [];
    return [
      {
        requestId: first.request_id,
        tenant: first.of_tenant,
        erasedAt: new Date(first.erased_at).toISOString(),
        identifiers: of.map(toIdentifier),
      },
    ];
  });
  return { entries, last: Math.max(after, ...rows.map(({ sequence }) => sequence)) };
}

export async function selectIdentifiersOf(db: Kysely<DB>, requestId: string): Promise<readonly HashedIdentifier[]> {
  const rows = await db.selectFrom('erasure_ledger').selectAll().where('request_id', '=', requestId).execute();
  return rows.map(toIdentifier);
}

function toIdentifier({ kind, hash, words }: { kind: string; hash: string; words: number | null }): HashedIdentifier {
  return { kind: kind as HashedIdentifier['kind'], hash, words };
}
