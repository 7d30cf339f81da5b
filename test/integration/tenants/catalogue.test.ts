import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const APP = 'deployment_graph_app';
const GATEWAY = 'deployment_graph_gateway';

/**
 * Everything that anybody but the owner may do, letter by letter: what is new in the schema is refused until it is named here.
 * a: INSERT, r: SELECT, w: UPDATE, d: DELETE, X: EXECUTE; with a column: on that one alone.
 */
const granted: Readonly<Record<string, string>> = {
  // Of tenants, in transactions that name one.
  assessments: `${APP}=arwd`,
  audit_erasures: `${APP}=r`,
  audit_checkpoints: `${APP}=r`,
  audit_heads: `${APP}=r`,
  audit_holds: `${APP}=r`,
  audit_identities: `${APP}=r`,
  // The right to append, which append_audit asks for; the policy append_only lets in nobody but that function.
  audit_logs: `${APP}=ar`,
  audit_names: `${APP}=r`,
  erasure_requests: `${APP}=arw`,
  erasure_steps: `${APP}=arw`,
  idempotency_keys: `${APP}=arwd`,
  known_roles: `${APP}=arwd`,
  mentor_assignments: `${APP}=arwd`,
  mentors: `${APP}=arwd`,
  operation_costs: `${APP}=arwd`,
  person_exports: `${APP}=ard`,
  preferences: `${APP}=arwd`,
  upstream_writes: `${APP}=arw`,
  user_sessions: `${APP}=arwd`,
  validation_configurations: `${APP}=arwd`,
  validation_results: `${APP}=arwd`,
  validation_runs: `${APP}=arwd`,
  // Of no tenant. Hashes only: of tokens that are good for nothing any more, and of people who were erased.
  ended_sessions: `${APP}=arwd ${GATEWAY}=r`,
  erasure_ledger: `${APP}=ar`,
  // What sources answered to the gateway's own user there, what was invalidated of it, how far changes are known, which notices were taken.
  api_cache: `${GATEWAY}=arwd`,
  cache_invalidations: `${GATEWAY}=ard`,
  'cache_invalidations.changes': `${GATEWAY}=w`,
  'cache_invalidations.invalidated_at': `${GATEWAY}=w`,
  sync_cursors: `${GATEWAY}=arw`,
  // Whether the database fits the version that starts.
  kysely_migration: `${GATEWAY}=r`,
  // What is left of the sources' call allowances.
  upstream_quotas: `${GATEWAY}=arwd`,
  webhook_deliveries: `${GATEWAY}=ard`,
  'webhook_deliveries.received_at': `${GATEWAY}=w`,
  'append_audit(entries json, identities json, from_journal uuid)': `${APP}=X`,
  'claim_erasure(worker uuid, lease_seconds integer, wanted uuid)': `${APP}=X`,
  'erase_from_audit(erased text, entry json, max_entries integer)': `${APP}=X`,
  'probe_audit()': `${APP}=X`,
  'forget_ended_sessions(idle_seconds integer, most integer)': `${GATEWAY}=X`,
  'invalidate_cache(invalidated text[], seen bigint)': `${GATEWAY}=X`,
  'log_invalidation(invalidated text[], explained jsonb, seen bigint)': `${GATEWAY}=X`,
  'session_by_token_hash(shown bytea)': `${GATEWAY}=X`,
  'audit_heads_of_all()': `${GATEWAY}=X`,
  'forget_idempotency_keys(kept_hours integer, most integer)': `${GATEWAY}=X`,
  'forget_writes(kept_days integer, most integer)': `${GATEWAY}=X`,
  'overdue_audit_months(kept_days integer)': `${GATEWAY}=X`,
  'take_over_writes(lease_seconds double precision, most integer)': `${GATEWAY}=X`,
};

/** Why each function that works with the rights of the tables' owner has to. */
const ownersFunctions: Readonly<Record<string, string>> = {
  audit_heads_of_all: 'lets heads leave the database; answers names of tenants, numbers and hashes',
  append_audit: 'writes the chain, which nobody else may write; only for the tenant of the transaction',
  claim_erasure: 'finds work that was left behind without knowing whose; answers a tenant and an id',
  ensure_audit_partition: 'makes the table of a month; only other functions of the owner call it',
  erase_from_audit: 'takes a person out of entries; only for the tenant of the transaction',
  forget_idempotency_keys: 'removes keys of all tenants whose time is over, none younger than a day; answers how many',
  forget_writes: 'removes writes of all tenants that ended long ago, none within a week; answers how many',
  overdue_audit_months: 'counts months that retention has left; answers a number',
  take_over_writes: 'finds work that was left behind without knowing whose; answers tenants and ids',
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  // A month of the log is made by the first entry of it.
  await database.query('select ensure_audit_partition(now())');
});
afterAll(() => database.drop());

describe('the catalogue of the database', () => {
  test('grants exactly what is written down, and the public nothing', async () => {
    const rows = await database.query<{ name: string; grants: string }>(`
      with objects (name, owner, acl) as (
        select relname::text, relowner, relacl from pg_class
          where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        union all
        select c.relname || '.' || a.attname, c.relowner, a.attacl from pg_attribute a join pg_class c on c.oid = a.attrelid
          where c.relnamespace = 'public'::regnamespace and a.attacl is not null
        union all
        -- Without a list of its own a function may be called by everybody.
        select proname || '(' || pg_get_function_identity_arguments(oid) || ')', proowner, coalesce(proacl, acldefault('f', proowner))
          from pg_proc where pronamespace = 'public'::regnamespace
      ), entries as (
        select name, coalesce(r.rolname::text, 'PUBLIC') as grantee,
          string_agg(case privilege_type when 'INSERT' then 'a' when 'SELECT' then 'r' when 'UPDATE' then 'w' when 'DELETE' then 'd'
            when 'EXECUTE' then 'X' else privilege_type end || case when is_grantable then '*' else '' end, '' order by
            array_position(array['INSERT', 'SELECT', 'UPDATE', 'DELETE', 'EXECUTE'], privilege_type)) as letters
        from objects, aclexplode(acl) left join pg_roles r on r.oid = grantee where grantee <> owner group by 1, 2
      )
      select name, string_agg(grantee || '=' || letters, ' ' order by grantee) as grants from entries group by 1`);
    expect(Object.fromEntries(rows.map(({ name, grants }) => [name, grants]))).toEqual(granted);
  });

  test('holds every table of tenants under row-level security that binds its owner too, months of the audit log included', async () => {
    const tables = await database.query<{ name: string; held: boolean; policies: string[] }>(`
      select c.relname::text as name, c.relrowsecurity and c.relforcerowsecurity as held,
        array(select polname::text from pg_policy where polrelid = c.oid and polpermissive
          and pg_get_expr(polqual, polrelid) = '(tenant = NULLIF(current_setting(''app.tenant''::text, true), ''''::text))') as policies
      from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant')`);
    expect(tables.length).toBeGreaterThan(18);
    expect(tables.some(({ name }) => /^audit_logs_\d{6}$/.test(name))).toBe(true);
    for (const { name, held, policies } of tables)
      expect({ name, held, policies }).toEqual({ name, held: true, policies: ['tenant_isolation'] });
    const others = await database.query<{ name: string }>(`
      select relname::text as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and not exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant') order by 1`);
    expect(others.map(({ name }) => name)).toEqual([
      'api_cache',
      'cache_invalidations',
      'ended_sessions',
      'erasure_ledger',
      'kysely_migration',
      'kysely_migration_lock',
      'sync_cursors',
      'upstream_quotas',
      'webhook_deliveries',
    ]);
  });

  test('opens rows beyond the tenant to the owner of the tables, to the holder of a token, and to cleaning alone', async () => {
    const policies = await database.query<{ policy: string; roles: string }>(`
      select distinct case when tablename ~ '^audit_logs' then 'audit_logs' else tablename end || '.' || policyname as policy,
        array_to_string(roles, ' ') as roles
      from pg_policies where schemaname = 'public' and policyname <> 'tenant_isolation' order by 1`);
    const owner = new URL(database.url).username;
    const keepers = [
      ...['audit_checkpoints', 'audit_erasures', 'audit_heads', 'audit_holds', 'audit_identities', 'audit_journals'],
      ...['audit_logs', 'audit_names', 'erasure_requests', 'idempotency_keys', 'upstream_writes'],
    ];
    const expected = [
      // Restrictive: takes away.
      { policy: 'audit_logs.append_only', roles: 'public' },
      ...['by_token', 'ended_for_delete', 'ended_for_select'].map((name) => ({
        policy: `user_sessions.${name}`,
        roles: 'public',
      })),
      ...keepers.map((table) => ({ policy: `${table}.keeper`, roles: owner })),
    ];
    const byName = (a: { policy: string }, b: { policy: string }): number => (a.policy < b.policy ? -1 : 1);
    expect([...policies].sort(byName)).toEqual(expected.sort(byName));
  });

  test("lets no function work with its owner's rights without a reason and a pinned search path", async () => {
    const functions = await database.query<{ name: string; path: string | null }>(`
      select proname::text as name, (select setting from unnest(proconfig) as setting where setting like 'search_path=%') as path
      from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`);
    expect(functions.map(({ name }) => name).sort()).toEqual(Object.keys(ownersFunctions).sort());
    for (const { name, path } of functions) expect(path, name).toBe('search_path=public, pg_temp');
  });

  test("shows through a view what its reader may see, not its owner's", async () => {
    const views = await database.query(`
      select relname from pg_class where relnamespace = 'public'::regnamespace and (relkind = 'm'
        or relkind = 'v' and not coalesce('security_invoker=true' = any(reloptions), false))`);
    expect(views).toEqual([]);
  });
});

describe('the roles of the gateway', () => {
  test('own nothing, and can neither log in, make roles nor get past policies', async () => {
    const login = new URL(database.loginUrl).username;
    const roles = await database.query(
      `select rolname::text as name, rolcanlogin as login, rolinherit as inherits,
         rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as powerful,
         (select count(*)::int from pg_shdepend where refobjid = r.oid and deptype = 'o') as owned,
         array(select m.rolname::text from pg_auth_members join pg_roles m on m.oid = roleid where member = r.oid) as member_of
       from pg_roles r where rolname = any($1) order by 1`,
      [[APP, GATEWAY, login]],
    );
    const nothing = { powerful: false, owned: 0 };
    expect(roles).toEqual([
      { name: APP, login: false, inherits: true, ...nothing, member_of: [] },
      // It switches to the other for a transaction, and inherits nothing of it.
      { name: GATEWAY, login: false, inherits: false, ...nothing, member_of: [APP] },
      { name: login, login: true, inherits: true, ...nothing, member_of: [GATEWAY] },
    ]);
    const [inherits] = await database.query(`select pg_has_role($1, $2, 'USAGE') as rights`, [login, APP]);
    expect(inherits).toEqual({ rights: false });
  });

  test('may make nothing in the schema of the tables', async () => {
    const rows = await database.query(
      `select has_schema_privilege(role, 'public', 'CREATE') as create_in_schema,
         has_database_privilege(role, current_database(), 'CREATE') as create_schemas from unnest($1::text[]) as role`,
      [[APP, GATEWAY, new URL(database.loginUrl).username]],
    );
    for (const row of rows) expect(row).toEqual({ create_in_schema: false, create_schemas: false });
  });
});
