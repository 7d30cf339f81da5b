import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import { placeInSession } from '../access/sealed-columns.ts';
import { type ErasureStep, noteUnread } from './erasure-step.ts';

export const SESSION_ADDRESS = 'user_sessions.email';

/** A session with its address, sealed. */
interface SessionWithAddress {
  readonly viewer_id: string;
  readonly token_hash: Buffer;
  readonly email: string;
}

/** `isVerified`: whether the issuer vouches for the address, or the owner of the session may have made it up. */
export async function sessionsWithAddress(
  db: Kysely<DB>,
  tenant: string,
  isVerified: boolean,
): Promise<readonly SessionWithAddress[]> {
  const rows = await db
    .selectFrom('user_sessions')
    .select(['viewer_id', 'token_hash', 'email'])
    .where('tenant', '=', tenant)
    .where('email_verified', '=', isVerified)
    .where('email', 'is not', null)
    .execute();
  return rows.flatMap(({ email, ...row }) => (email === null ? [] : [{ ...row, email }]));
}

/** Sessions in which somebody, the person or not, has said that an address of the person's is theirs: the session stays, the address goes. */
export const eraseSessionAddresses: ErasureStep = {
  name: 'session addresses',
  kind: 'rows',
  run: async (db, erasure) => {
    const { tenant, person, sealer } = erasure;
    // Without an address of theirs no session could have it.
    if (!person.knows('email')) return { rows: 0, next: null };
    const theirs = (await sessionsWithAddress(db, tenant, false)).flatMap(({ token_hash, email }) => {
      const address = sealer.openIfKeyIsThere(email, placeInSession(tenant, token_hash, 'email'));
      if (address === null) noteUnread(erasure, email, SESSION_ADDRESS);
      return person.has('email', address) ? [token_hash] : [];
    });
    if (theirs.length > 0)
      await db
        .updateTable('user_sessions')
        .set({ email: null })
        .where('tenant', '=', tenant)
        .where('token_hash', 'in', theirs)
        .execute();
    return { rows: theirs.length, next: null };
  },
};
