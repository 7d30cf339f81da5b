import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Databases } from '../../../src/platform/database.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';

let database: TestDatabase;
let databases: Databases;

beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url, { maxConnections: 2 });
  for (const tenant of ['north', 'south']) {
    await database.query(
      `insert into mentors (tenant, name, email) select $1, $1 || ' mentor ' || n, $1 || n || '@example.com' from generate_series(1, 5) n`,
      [tenant],
    );
  }
});

afterAll(async () => {
  await databases.close();
  await database.drop();
});

const countMentors = (tenant: string) =>
  databases.oltp.inTenant(testScope(tenant), async (db) => {
    const rows = await db.selectFrom('mentors').select('tenant').execute();
    return rows.map((row) => row.tenant);
  });

describe('tenant isolation', () => {
  it('protects every table that has a tenant, its owner included', async () => {
    const rows = await database.query<{ name: string; enabled: boolean; forced: boolean; policies: string[] }>(`
      select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        (select array_agg(p.polname::text order by p.polname) from pg_policy p where p.polrelid = c.oid) as policies
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
      where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1`);
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) expect(row, row.name).toMatchObject({ enabled: true, forced: true });
    const further = rows.map(({ name, policies }) => ({
      name,
      // The keeper is who owns the table, for what is done for all tenants.
      more: policies.filter((policy) => !['tenant_isolation', 'keeper'].includes(policy)),
    }));
    for (const row of rows) expect(row.policies, row.name).toContain('tenant_isolation');
    expect(further.filter(({ more }) => more.length > 0)).toEqual([
      { name: 'audit_logs', more: ['append_only'] },
      // A session is looked up by its token before the tenant is known, and cleaning removes what has ended of every tenant.
      { name: 'user_sessions', more: ['by_token', 'ended_for_delete', 'ended_for_select'] },
    ]);
  });

  it('works under a role that owns nothing, is no superuser, can not log in and can not bypass policies', async () => {
    const role = await databases.oltp.inTenant(testScope('north'), async (db) => {
      const { rows } = await sql<{ name: string }>`select current_user as name`.execute(db);
      return rows[0]?.name;
    });
    expect(role).toBe('deployment_graph_app');
    const [facts] = await database.query(
      `select rolsuper, rolbypassrls, rolcanlogin, (select count(*)::int from pg_class where relowner = r.oid) as owned
       from pg_roles r where rolname = $1`,
      [role],
    );
    expect(facts).toEqual({ rolsuper: false, rolbypassrls: false, rolcanlogin: false, owned: 0 });
  });

  it('shows no rows to a connection that names no tenant, not even to the owner of the tables', async () => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      expect((await client.query('select count(*)::int as n from mentors')).rows).toEqual([{ n: 0 }]);
      // After a transaction that set it, the setting reads as empty text instead of null.
      await client.query(`begin; select set_config('app.tenant', 'north', true)`);
      await client.query('commit');
      expect((await client.query('select count(*)::int as n from mentors')).rows).toEqual([{ n: 0 }]);
    } finally {
      await client.end();
    }
  });

  it('refuses to store a row for another tenant', async () => {
    const attempt = databases.oltp.inTenant(testScope('north'), (db) =>
      db.insertInto('mentors').values({ tenant: 'south', name: 'Intruder', email: 'intruder@example.com' }).execute(),
    );
    await expect(attempt).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR', cause: { code: '42501' } });
  });

  it('takes a quote and a backslash in the name of a tenant as text', async () => {
    expect(await countMentors(`north' or 'a' = 'a`)).toEqual([]);
    expect(await countMentors('north\\')).toEqual([]);
  });

  it('refuses work without a tenant', async () => {
    await expect(countMentors('')).rejects.toThrow('needs the name of a tenant');
  });
});
