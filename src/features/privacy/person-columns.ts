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

/** Gives the rows that stay a pseudonym for the person, in every column that the inventory lists so. */
export const pseudonymiseColumns: ErasureStep = {
  name: 'pseudonyms',
  kind: 'rows',
  run: async (db, { tenant, person, pseudonym }) => {
    let rows = 0;
    for (const place of columnsErasedBy('pseudonym')) {
      // A client may call itself after the person.
      const isTheirs = (value: string): boolean =>
        person.has('subject', value) || (place.table === 'operation_costs' && person.isSearchedFor(value));
      const found = await subjectsIn(db, tenant, place, isTheirs);
      for (const [index, value] of found.entries()) {
        // Two names of one person may not meet in a key.
        const instead = index === 0 ? pseudonym : `${pseudonym}.${index}`;
        const { numAffectedRows } = await sql`
          update ${sql.table(place.table)} set ${sql.ref(place.column)} = ${instead}
          where tenant = ${tenant} and ${sql.ref(place.column)} = ${value}
        `.execute(db);
        rows += Number(numAffectedRows ?? 0n);
      }
    }
    return { rows, next: null };
  },
};

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
