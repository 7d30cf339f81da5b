import type { SealedColumn } from '../../platform/sealing/seal-again.ts';
import type { SealedPlace } from '../../platform/sealing/sealer.ts';

const columns = ['name', 'email', 'user_agent'] as const;

/** What sessions hold of people. Subjects are not sealed: sessions are found by them. */
export const sessionSealedColumns: readonly SealedColumn[] = columns.map((column) => ({
  table: 'user_sessions',
  column,
  key: 'id',
  row: ['token_hash'],
}));

/** By the token's hash, which is known before the session is stored; as PostgreSQL writes bytes in text. */
export function placeInSession(tenant: string, tokenHash: Buffer, column: (typeof columns)[number]): SealedPlace {
  return { table: 'user_sessions', column, row: [tenant, `\\x${tokenHash.toString('hex')}`] };
}
