// biome-ignore-all lint/plugin: names of tables and columns are those that features list in their sealed-columns.ts.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Sealer } from './sealer.ts';

/** A column of sealed text in a table of tenants. */
export interface SealedColumn {
  readonly table: keyof DB;
  readonly column: string;
  /** Its primary key, after the tenant. */
  readonly key: string;
  /** `bigint` when absent. */
  readonly keyType?: 'bigint' | 'uuid';
  /** Columns that name the value's place, after the tenant (see SealedPlace). */
  readonly row: readonly string[];
  /** A column for the keyed hash of the value, which finds it and keeps it unique. */
  readonly index?: { readonly column: string; readonly purpose: string; readonly normalised: (text: string) => string };
}

/** Sealed values of a batch, and where the next one goes on; null after the last. */
export interface SealedBatch {
  readonly sealed: number;
  readonly after: string | null;
}

interface PlainRow {
  readonly key: string;
  readonly value: string;
  readonly row: readonly string[];
}

/**
 * Seals what is plain or sealed by an older key, in rows after a key (null: from the first on), with the current one. Rows stay locked until the transaction ends, so
 * nothing that is written meanwhile is lost. What the current key has sealed is passed over: a run that was broken off goes on by starting again.
 */
export async function sealAgain(
  db: Kysely<DB>,
  tenant: string,
  { table, column, key, keyType = 'bigint', row, index }: SealedColumn,
  sealer: Sealer,
  after: string | null,
  limit: number,
): Promise<SealedBatch> {
  const ofKey = sql.raw(keyType);
  const rest = after === null ? sql`` : sql`and ${sql.ref(key)} > ${after}::${ofKey}`;
  const { rows } = await sql<PlainRow>`
    select ${sql.ref(key)}::text as key, ${sql.ref(column)} as value,
      array[${sql.join(row.map((name) => sql`${sql.ref(name)}::text`))}] as row
    from ${sql.table(table)}
    where tenant = ${tenant} ${rest} and ${sql.ref(column)} is not null
    order by ${sql.ref(key)} limit ${limit} for update
  `.execute(db);
  const changed = rows
    .filter(({ value }) => sealer.needsSealing(value))
    .map((found) => {
      const place = { table, column, row: [tenant, ...found.row] };
      const text = sealer.open(found.value, place);
      const hash = index ? sealer.blindIndex(index.purpose, index.normalised(text)) : null;
      return { key: found.key, value: sealer.seal(text, place), hash };
    });
  if (changed.length > 0) {
    const alsoIndex = index ? sql`, ${sql.ref(index.column)} = sealed.hash` : sql``;
    await sql`
      update ${sql.table(table)} changed set ${sql.ref(column)} = sealed.value ${alsoIndex}
      from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as sealed (key ${ofKey}, value text, hash text)
      where changed.tenant = ${tenant} and changed.${sql.ref(key)} = sealed.key
    `.execute(db);
  }
  return { sealed: changed.length, after: rows.length < limit ? null : (rows.at(-1)?.key ?? null) };
}
