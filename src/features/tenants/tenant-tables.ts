import type pg from 'pg';
import { inventory } from '../privacy/inventory.ts';

/**
 * Tables with rows of tenants that stay when a tenant is removed. They hold its name, numbers and hashes, and prove with the entry of the removal that its log ended where
 * signed heads say it did.
 */
export const keptTables: readonly string[] = ['audit_heads', 'audit_checkpoints', 'audit_journals'];

/**
 * Every table with rows of tenants, by the inventory, in an order in which rows can go: those that refer to others first. Throws when the
 * database has one that the inventory does not know, or lacks one: nobody could tell then whether everything has gone.
 */
export async function tablesOfTenants(client: Pick<pg.ClientBase, 'query'>): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; refersTo: string[] }>(`
    select c.relname::text as name, array(
      select target.relname::text from pg_constraint k join pg_class target on target.oid = k.confrelid
      where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as "refersTo"
    from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped)`);
  const known = Object.entries(inventory).flatMap(([table, columns]) => ('tenant' in columns ? [table] : []));
  const found = rows.map(({ name }) => name);
  const misfits = [...found.filter((name) => !known.includes(name)), ...known.filter((name) => !found.includes(name))];
  if (misfits.length > 0)
    throw new Error(
      `The database does not fit this version: ${misfits.join(', ')}. Use the command of the version that the database was migrated by.`,
    );
  const refersTo = new Map(rows.map(({ name, refersTo: targets }) => [name, targets]));
  const ordered: string[] = [];
  while (ordered.length < found.length) {
    const left = found.filter((name) => !ordered.includes(name));
    const free = left.filter((name) => !left.some((other) => refersTo.get(other)?.includes(name)));
    if (free.length === 0) throw new Error(`The tables ${left.join(', ')} refer to each other in a circle.`);
    ordered.push(...free.sort());
  }
  return ordered;
}
