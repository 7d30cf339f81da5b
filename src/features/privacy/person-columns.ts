// biome-ignore-all lint/plugin: names of tables and columns are those of inventory.ts.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { ErasureStep } from './erasure-step.ts';
import { columnsErasedBy } from './inventory.ts';

/** A column of a tenant's table that holds subjects. */
interface SubjectColumn {
  readonly table: string;
  readonly column: string;
}

/** Charges what `from` was charged to `to`, who may have rows already. Answers how many rows there were. */
export type MoveCosts = (db: Kysely<DB>, tenant: string, from: string, to: string) => Promise<number>;

/** Gives the rows that stay a pseudonym for the person, in every column that the inventory lists so. */
export function pseudonymiseColumns(moveCosts: MoveCosts): ErasureStep {
  return {
    name: 'pseudonyms',
    kind: 'rows',
    run: async (db, { tenant, person, pseudonym }) => {
      let rows = 0;
      for (const place of columnsErasedBy('pseudonym')) {
        const isOfCosts = place.table === 'operation_costs';
        const isTheirs = (value: string): boolean =>
          isOfCosts ? person.hasClient(value, tenant) : person.has('subject', value);
        for (const value of await subjectsIn(db, tenant, place, isTheirs)) {
          // There the column is part of a key, and what instances still held of the hour is written after the first look.
          if (isOfCosts) rows += await moveCosts(db, tenant, value, pseudonym);
          else rows += await rename(db, tenant, place, value, pseudonym);
        }
      }
      return { rows, next: null };
    },
  };
}

async function rename(db: Kysely<DB>, tenant: string, { table, column }: SubjectColumn, from: string, to: string) {
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${to} where tenant = ${tenant} and ${sql.ref(column)} = ${from}
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** A step that deletes the person's own rows from the tables of which the inventory says so. */
export function deleteRowsOf(name: string, tables: readonly string[]): ErasureStep {
  return {
    name,
    kind: 'rows',
    run: async (db, { tenant, person }) => {
      let rows = 0;
      for (const place of columnsErasedBy('row').filter(({ table }) => tables.includes(table))) {
        const found = await subjectsIn(db, tenant, place, (value) => person.has('subject', value));
        if (found.length === 0) continue;
        const { numAffectedRows } = await sql`
          delete from ${sql.table(place.table)} where tenant = ${tenant} and ${sql.ref(place.column)} = any(${found}::text[])
        `.execute(db);
        rows += Number(numAffectedRows ?? 0n);
      }
      return { rows, next: null };
    },
  };
}

/** Distinct values of a column that are the person's. One probe of an index each where the column leads one, else one look at the table. */
export async function subjectsIn(
  db: Kysely<DB>,
  tenant: string,
  { table, column }: SubjectColumn,
  isTheirs: (value: string) => boolean,
): Promise<string[]> {
  const { rows } = await sql<{ value: string }>`
    select distinct ${sql.ref(column)} as value from ${sql.table(table)}
    where tenant = ${tenant} and ${sql.ref(column)} is not null
  `.execute(db);
  return rows.map(({ value }) => value).filter(isTheirs);
}
