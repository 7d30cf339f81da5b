// biome-ignore-all lint/plugin: names of tables and columns are those of the inventory.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../generated/database.ts';
import { inventory } from './privacy/inventory.ts';

/** A column that holds sealed values, as they are or somewhere in JSON. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
}

/** Every column of tenants' tables that sealed values stand in: those of the inventory, and answers that repeat some. */
export const placesOfSealed: readonly SealedPlace[] = [
  ...Object.entries(inventory).flatMap(([table, columns]) =>
    Object.entries(columns)
      .filter(([, rule]) => rule !== 'none' && rule.kept === 'sealed')
      .map(([column]) => ({ table, column })),
  ),
  { table: 'idempotency_keys', column: 'response' },
];

/** How many values of a tenant each key has sealed in a column, by the key's id (see `keyId`). Looks at every row. */
export async function countByKey(
  db: Kysely<DB>,
  tenant: string,
  { table, column }: SealedPlace,
): Promise<readonly { readonly key: string; readonly values: number }[]> {
  const { rows } = await sql<{ key: string; values: number }>`
    select found[1] as key, count(*) as values
    from ${sql.table(table)} held, regexp_matches(held.${sql.ref(column)}::text, 'sealed:1:([0-9a-f]{8}):', 'g') as found
    where held.tenant = ${tenant} and held.${sql.ref(column)} is not null group by 1
  `.execute(db);
  return rows;
}
