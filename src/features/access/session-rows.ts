import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import { toGlobalId } from '../../platform/global-id.ts';
import type { SessionModel } from './session.ts';
import type { ViewerModel } from './viewer.ts';

/** A person's sessions beyond so many end, the ones that were not used for longest first. */
export const MAX_SESSIONS_PER_PERSON = 50;

export interface NewSession {
  readonly viewer: ViewerModel;
  readonly tokenHash: Buffer;
  readonly ttlSeconds: number;
  readonly userAgent: string | null;
  /** Epoch milliseconds at which the issuer made the token that was shown. */
  readonly tokenIssuedAtMs: number;
}

const columns = ['id', 'created_at', 'last_accessed_at', 'expires_at', 'user_agent'] as const;

interface SessionRow {
  readonly id: number;
  readonly created_at: string;
  readonly last_accessed_at: string;
  readonly expires_at: string;
  readonly user_agent: string | null;
}

function toSession(row: SessionRow, currentId: number | null): SessionModel {
  return {
    id: sessionGlobalId(row.id),
    createdAt: row.created_at,
    lastAccessedAt: row.last_accessed_at,
    expiresAt: row.expires_at,
    userAgent: row.user_agent,
    current: row.id === currentId,
  };
}

export function sessionGlobalId(id: number): string {
  return toGlobalId('Session', String(id));
}

/** Ended sessions, as far as those who held them have to know. */
export interface EndedSession {
  readonly id: number;
  readonly token_hash: Buffer;
}

/** Stores a session, and ends those of the same person that may not stay beside it. Its time runs by PostgreSQL's clock. */
export async function insertSession(
  db: Kysely<DB>,
  created: NewSession,
): Promise<{ readonly session: SessionModel; readonly ended: readonly EndedSession[] }> {
  const { viewer, ttlSeconds, tokenIssuedAtMs } = created;
  const row = await db
    .insertInto('user_sessions')
    .values({
      tenant: viewer.tenant,
      token_hash: created.tokenHash,
      viewer_id: viewer.id,
      name: viewer.name,
      email: viewer.email,
      roles: [...viewer.roles],
      user_agent: created.userAgent,
      token_issued_at: new Date(tokenIssuedAtMs).toISOString(),
      expires_at: sql`now() + make_interval(secs => ${ttlSeconds})`,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
  const others = await endSessionsOfOtherRoles(db, viewer, tokenIssuedAtMs);
  const tooMany = await db
    .deleteFrom('user_sessions')
    .where('id', 'in', (query) =>
      query
        .selectFrom('user_sessions')
        .select('id')
        .where('viewer_id', '=', viewer.id)
        .where('id', '<>', row.id)
        .orderBy('last_accessed_at', 'desc')
        .orderBy('id', 'desc')
        .offset(MAX_SESSIONS_PER_PERSON - 1),
    )
    .returning(['id', 'token_hash'])
    .execute();
  return { session: toSession(row, row.id), ended: [...others, ...tooMany] };
}

/** Ends what was begun with an earlier token of the person that said other roles. */
export async function endSessionsOfOtherRoles(
  db: Kysely<DB>,
  viewer: ViewerModel,
  tokenIssuedAtMs: number,
): Promise<EndedSession[]> {
  return await db
    .deleteFrom('user_sessions')
    .where('viewer_id', '=', viewer.id)
    .where('token_issued_at', '<', new Date(tokenIssuedAtMs).toISOString())
    .where(sql<boolean>`roles <> ${[...viewer.roles]}::text[]`)
    .returning(['id', 'token_hash'])
    .execute();
}

/** The person's sessions that have not ended, newest use first. */
export async function selectSessions(
  db: Kysely<DB>,
  viewerId: string,
  idleTtlSeconds: number,
  currentId: number | null,
): Promise<SessionModel[]> {
  const rows = await db
    .selectFrom('user_sessions')
    .select(columns)
    .where('viewer_id', '=', viewerId)
    .where('expires_at', '>', sql<string>`now()`)
    .where('last_accessed_at', '>', sql<string>`now() - make_interval(secs => ${idleTtlSeconds})`)
    .orderBy('last_accessed_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => toSession(row, currentId));
}

/** Which sessions end: one of the person's by its id, or all of them but at most one. */
export type SessionChoice = { readonly id: number } | { readonly exceptId: number | null };

/** Ends sessions of a person; [] when there is none of them. */
export async function endSessions(db: Kysely<DB>, viewerId: string, choice: SessionChoice): Promise<EndedSession[]> {
  let query = db.deleteFrom('user_sessions').where('viewer_id', '=', viewerId);
  if ('id' in choice) query = query.where('id', '=', choice.id);
  else if (choice.exceptId !== null) query = query.where('id', '<>', choice.exceptId);
  return await query.returning(['id', 'token_hash']).execute();
}
