import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabases } from '../../../src/platform/database.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { readLoginRights } from '../../../src/platform/login-rights.ts';
import { migrate } from '../../../src/platform/migrate.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';
import { startTestGateway } from '../../support/gateway.ts';

let database: TestDatabase;
let login: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(`insert into mentors (tenant, name, email) values ('north', 'Ada', 'ada@example.com')`);
  login = new pg.Client({ connectionString: database.loginUrl });
  await login.connect();
});
afterAll(async () => {
  await login.end();
  await database.drop();
});

describe("the gateway's own login", () => {
  test('is refused every table of tenants outside of a transaction that names one', async () => {
    const tables = await database.query<{ name: string }>(
      `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant')`,
    );
    expect(tables.length).toBeGreaterThan(18);
    for (const { name } of tables)
      for (const statement of [
        `select from ${name}`,
        `delete from ${name}`,
        `alter table ${name} disable row level security`,
      ])
        await expect(login.query(statement), statement).rejects.toThrow(/permission denied|must be owner/);
  });

  test('sees no row after it has switched to the role of tenants without naming one', async () => {
    await login.query(`begin; select set_config('role', 'deployment_graph_app', true)`);
    expect((await login.query('select from mentors')).rowCount).toBe(0);
    await login.query('rollback');
  });

  test('can not become the owner of the tables', async () => {
    const owner = new URL(database.url).username;
    await expect(login.query(`set role ${owner}`)).rejects.toThrow('permission denied');
    await expect(login.query(`set session authorization ${owner}`)).rejects.toThrow('permission denied');
    await expect(login.query(`grant ${owner} to current_user`)).rejects.toThrow(/must have|permission denied/);
  });

  test('can not put an entry into the audit log past the function that chains it', async () => {
    const databases = openTestDatabases(database.loginUrl);
    const insert = sql`
      insert into audit_logs (tenant, sequence, id, actions, outcome, occurred_at, created_at, commitment, hash)
        values ('north', 1, gen_random_uuid(), '{forged}', 'ALLOWED', now(), now(), sha256(''), sha256(''))`;
    try {
      await database.query('select ensure_audit_partition(now())');
      const forged = databases.oltp.inTenant(testScope('north'), (db) => insert.execute(db));
      await expect(forged).rejects.toMatchObject({ cause: { message: expect.stringContaining('row-level security') } });
    } finally {
      await databases.close();
    }
  });

  test('has no rights that would let it past row-level security', async () => {
    expect(await readLoginRights(database.loginUrl)).toEqual({ name: 'gateway_login', excess: [] });
  });
});

test('the two users that docker compose makes migrate the database and serve it', async () => {
  const script = await readFile(new URL('../../../docker/database-users.sql', import.meta.url), 'utf8');
  const passwords: Record<string, string> = { owner_password: "owner's", login_password: 'login' };
  const statements = script
    .replace(/^\\getenv.*$/gm, '')
    .replace(/:'(\w+)'/g, (_, name: string) => pg.escapeLiteral(passwords[name] ?? ''))
    .replace('\\g /dev/null', ';');
  const name = `users_${randomBytes(4).toString('hex')}`;
  const byUser = (user: string, password: string, as: string): string =>
    Object.assign(new URL(as), { pathname: `/${name}`, username: user, password }).href;
  await database.query(`create database ${name}`);
  const administrator = new pg.Client({
    connectionString: Object.assign(new URL(database.superuserUrl), { pathname: `/${name}` }).href,
  });
  await administrator.connect();
  try {
    await administrator.query(statements);
    await administrator.query(statements);
    // The roles of other databases of this server are there already; a server of its own has none.
    await administrator.query(
      'grant deployment_graph_app, deployment_graph_gateway to deployment_graph_owner with admin option',
    );
    const owner = byUser('deployment_graph_owner', "owner's", database.url);
    const served = byUser('deployment_graph_login', 'login', database.url);
    await migrate({ url: owner, log: createLogger('silent'), gatewayUser: 'deployment_graph_login' });
    expect(await readLoginRights(served)).toEqual({ name: 'deployment_graph_login', excess: [] });
    const databases = openTestDatabases(served);
    const read = databases.oltp.inTenant(testScope('north'), (db) => db.selectFrom('mentors').select('id').execute());
    expect(await read.finally(() => databases.close())).toEqual([]);
  } finally {
    await administrator.end();
    await database.query(`drop database ${name} with (force)`);
    await database.query('drop role deployment_graph_login');
    await database.query('drop owned by deployment_graph_owner cascade');
    await database.query('drop role deployment_graph_owner');
  }
});

describe('a login that row-level security might not hold', () => {
  test.for([
    ['a superuser', 'superuser', /is a superuser/],
    ['one with BYPASSRLS', 'bypassrls', /may bypass row-level security/],
    ['one that makes roles', 'createrole', /may make roles/],
    ['a member of the owner', 'in role gateway', /owns the tables/],
  ] as const)('is known: %s', async ([, attributes, reason]) => {
    const name = `excess_${randomBytes(4).toString('hex')}`;
    await database.query(`create role ${name} login password 'known' ${attributes}`);
    try {
      const url = new URL(database.loginUrl);
      url.username = name;
      url.password = 'known';
      const { excess } = await readLoginRights(url.href);
      expect(excess).toHaveLength(1);
      expect(excess[0]).toMatch(reason);
    } finally {
      await database.query(`drop role ${name}`);
    }
  });

  test('is refused by production, in words that say what to do', async () => {
    const production = { NODE_ENV: 'production', ALLOW_STANDINS: 'true', DATABASE_URL: database.url };
    const start = startTestGateway({ settings: production, stopTimes: { lameDuckMs: 0 } });
    await expect(start).rejects.toThrow(
      /DATABASE_URL: its user gateway may make roles .*owns the tables.*DATABASE_URL_OWNER, or allow this by name with ALLOW_OWNER_LOGIN=true/,
    );
  });

  test('is refused by production before anything of the database is changed', async () => {
    const name = `untouched_${randomBytes(4).toString('hex')}`;
    await database.query(`create database ${name}`);
    const url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
    const client = new pg.Client({ connectionString: url });
    try {
      const production = { NODE_ENV: 'production', ALLOW_STANDINS: 'true', DATABASE_URL: url };
      const start = startTestGateway({ settings: production, stopTimes: { lameDuckMs: 0 } });
      await expect(start).rejects.toThrow(/ALLOW_OWNER_LOGIN/);
      await client.connect();
      expect((await client.query("select from pg_class where relnamespace = 'public'::regnamespace")).rowCount).toBe(0);
    } finally {
      await client.end();
      await database.query(`drop database ${name} with (force)`);
    }
  });

  test('works elsewhere, and is told of once in the log and in /readyz', async () => {
    const gateway = await startTestGateway({ settings: { DATABASE_URL: database.url } });
    try {
      const { errors } = await gateway.query('{ mentors(first: 1) { nodes { id } } }', {}, await gateway.as('ADMIN'));
      expect(errors).toEqual([]);
      const warnings = gateway.logLines.filter(({ msg }) => String(msg).includes('DATABASE_URL_OWNER'));
      expect(warnings).toHaveLength(1);
      const readiness = await (await fetch(`${gateway.url}/readyz`)).text();
      expect(readiness).toContain('production refuses this');
    } finally {
      await gateway.close();
    }
  });

  test('never serves a tenant where it is refused, even if it shows only later', async () => {
    const settings = { url: database.loginUrl, maxConnections: 1, idleTimeoutMs: 1_000, connectionTimeoutMs: 1_000 };
    let refusal: string | null = null;
    const databases = openDatabases({
      ...{ oltp: settings, olap: settings, embeddedUrl: null, log: createLogger('silent') },
      refusal: () => refusal,
    });
    const read = () =>
      databases.oltp.inTenant(testScope('north'), (db) => db.selectFrom('mentors').select('id').execute());
    try {
      expect(await read()).toHaveLength(1);
      refusal = 'its user owns the tables';
      await expect(read()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    } finally {
      await databases.close();
    }
  });
});
