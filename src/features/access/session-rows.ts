import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import { toGlobalId } from '../../platform/global-id.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { isSuperseded, supersededToken, tellRoles } from './known-roles.ts';
import { placeInSession } from './sealed-columns.ts';
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

const columns = ['id', 'token_hash', 'created_at', 'last_accessed_at', 'expires_at', 'user_agent'] as const;

interface SessionRow {
  readonly id: number;
  readonly token_hash: Buffer;
  readonly created_at: string;
  readonly last_accessed_at: string;
  readonly expires_at: string;
  readonly user_agent: string | null;
}

function toSession(row: SessionRow, tenant: string, sealer: Sealer, currentId: number | null): SessionModel {
  const { user_agent, token_hash } = row;
  return {
    id: sessionGlobalId(row.id),
    createdAt: row.created_at,
    lastAccessedAt: row.last_accessed_at,
    expiresAt: row.expires_at,
    userAgent:
      user_agent === null
        ? null
        : sealer.openIfKeyIsThere(user_agent, placeInSession(tenant, token_hash, 'user_agent')),
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

/**
 * Stores a session, and ends those of the same person that may not stay beside it. Its time runs by PostgreSQL's clock. Throws UNAUTHENTICATED for a token that
 * a newer one has taken roles from: else whoever kept it would get them back for as long as a session lasts.
 */
export async function insertSession(
  db: Kysely<DB>,
  sealer: Sealer,
  created: NewSession,
): Promise<{ readonly session: SessionModel; readonly ended: readonly EndedSession[] }> {
  const { viewer, tokenHash, ttlSeconds, tokenIssuedAtMs } = created;
  const newest = await tellRoles(db, viewer, tokenIssuedAtMs);
  if (isSuperseded({ roles: viewer.roles, issuedAtMs: tokenIssuedAtMs }, newest)) throw supersededToken();
  const sealed = (text: string | null, column: 'name' | 'email' | 'user_agent'): string | null =>
    text === null ? null : sealer.seal(text, placeInSession(viewer.tenant, tokenHash, column));
  const row = await db
    .insertInto('user_sessions')
    .values({
      tenant: viewer.tenant,
      token_hash: tokenHash,
      viewer_id: viewer.id,
      name: sealed(viewer.name, 'name'),
      email: sealed(viewer.email, 'email'),
      email_verified: viewer.hasVerifiedEmail === true,
      roles: [...viewer.roles],
      user_agent: sealed(created.userAgent, 'user_agent'),
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
  return { session: toSession(row, viewer.tenant, sealer, row.id), ended: [...others, ...tooMany] };
}

/** Ends what was begun with an earlier token of the person that said other roles, or with one of the same second that said more (see `isNewer`). */
export async function endSessionsOfOtherRoles(
  db: Kysely<DB>,
  viewer: ViewerModel,
  tokenIssuedAtMs: number,
): Promise<EndedSession[]> {
  const issuedAt = new Date(tokenIssuedAtMs).toISOString();
  return await db
    .deleteFrom('user_sessions')
    .where('viewer_id', '=', viewer.id)
    .where((where) =>
      where.or([
        where('token_issued_at', '<', issuedAt).and(sql<boolean>`roles <> ${[...viewer.roles]}::text[]`),
        where('token_issued_at', '=', issuedAt).and(sql<boolean>`cardinality(roles) > ${viewer.roles.length}`),
      ]),
    )
    .returning(['id', 'token_hash'])
    .execute();
}

/** The person's sessions that have not ended, newest use first. */
export async function selectSessions(
  db: Kysely<DB>,
  sealer: Sealer,
  { tenant, id: viewerId }: Pick<ViewerModel, 'tenant' | 'id'>,
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
  return rows.map((row) => toSession(row, tenant, sealer, currentId));
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
