// biome-ignore-all lint/plugin: commands of DDL take no parameters; the name is escaped, the number a constant.
import type pg from 'pg';

const LOCK_TIMEOUT_MS = 5_000;

/**
 * The tenants that have rows in a table. The policies bind the tables' owner too, so they are lifted for the moment of one look, in a
 * transaction that is rolled back: nobody else ever sees the table without them, but waits for as long. Costs one probe of the index by tenant.
 */
export async function tenantsOfTable(owner: pg.ClientBase, table: string): Promise<string[]> {
  await owner.query('begin');
  try {
    await owner.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    const name = owner.escapeIdentifier(table);
    await owner.query(`alter table ${name} no force row level security`);
    const { rows } = await owner.query<{ tenant: string }>(`
      with recursive tenants as (
        select min(tenant) as tenant from ${name}
        union all
        select (select min(next.tenant) from ${name} next where next.tenant > tenants.tenant)
        from tenants where tenants.tenant is not null
      ) select tenant from tenants where tenant is not null`);
    return rows.map(({ tenant }) => tenant);
  } finally {
    await owner.query('rollback');
  }
}
