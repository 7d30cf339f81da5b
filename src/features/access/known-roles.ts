import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { ViewerModel } from './viewer.ts';

/** What a token said of its person's roles, and when the issuer made it: in epoch milliseconds. */
export interface ToldRoles {
  /** With the included ones, lowest first: the longer list is the higher role. */
  readonly roles: readonly string[];
  readonly issuedAtMs: number;
}

/** Whether the one counts more than the other. Nobody knows which of two of the same second is later: the one that says less counts. */
export function isNewer(one: ToldRoles, other: ToldRoles): boolean {
  if (one.issuedAtMs !== other.issuedAtMs) return one.issuedAtMs > other.issuedAtMs;
  return one.roles.length < other.roles.length;
}

/** Whether a token says roles that a newer one of the same person does not say any more. */
export function isSuperseded(token: ToldRoles, newest: ToldRoles): boolean {
  return token.roles.length > newest.roles.length && isNewer(newest, token);
}

/**
 * Stores what a token said if nothing newer is known; answers what is the newest then. The person's row stays locked until the transaction ends: of a token and a
 * newer one that come in the same moment, one sees what the other did.
 */
export async function tellRoles(db: Kysely<DB>, viewer: ViewerModel, issuedAtMs: number): Promise<ToldRoles> {
  await sql`
    insert into known_roles as known (tenant, viewer_id, roles, token_issued_at)
    values (${viewer.tenant}, ${viewer.id}, ${[...viewer.roles]}::text[], ${new Date(issuedAtMs).toISOString()})
    on conflict (tenant, viewer_id) do update set roles = excluded.roles, token_issued_at = excluded.token_issued_at
    where excluded.token_issued_at > known.token_issued_at
      or (excluded.token_issued_at = known.token_issued_at and cardinality(excluded.roles) < cardinality(known.roles))
  `.execute(db);
  const { roles, token_issued_at } = await db
    .selectFrom('known_roles')
    .select(['roles', 'token_issued_at'])
    .where('viewer_id', '=', viewer.id)
    .executeTakeFirstOrThrow();
  return { roles, issuedAtMs: Date.parse(token_issued_at) };
}

const FORGET_AT_ONCE = 100;

/** Forgets what tokens said that are too old to be taken, and so are all that are older. What others work on waits for the next time. */
export async function forgetRoles(db: Kysely<DB>, olderThanSeconds: number): Promise<void> {
  await db
    .deleteFrom('known_roles')
    .where('viewer_id', 'in', (query) =>
      query
        .selectFrom('known_roles')
        .select('viewer_id')
        .where('token_issued_at', '<', sql<string>`now() - make_interval(secs => ${olderThanSeconds})`)
        .limit(FORGET_AT_ONCE)
        .forUpdate()
        .skipLocked(),
    )
    .execute();
}

export function supersededToken(): GatewayError {
  return new GatewayError(
    'UNAUTHENTICATED',
    'A newer token of the same person says fewer roles than this bearer token, which therefore is not taken any more. Get a new one and send the request again.',
  );
}
