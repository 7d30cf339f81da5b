import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { startPgBouncer, type TestPgBouncer } from '../../support/pgbouncer.ts';
import { bearerOf, beginSession } from '../../support/signed-in.ts';

/** Fewer than the gateways' pools have together, so that connections go from one to the next all the time. */
const SERVER_CONNECTIONS = 4;
const WITHIN_MS = 1_000;

let database: TestDatabase;
let bouncer: TestPgBouncer;
let one: TestGateway;
let two: TestGateway;
let admin: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  bouncer = await startPgBouncer(database.loginUrl, SERVER_CONNECTIONS);
  const settings = { DATABASE_URL: bouncer.url, DATABASE_URL_OWNER: database.url };
  one = await startTestGateway({ settings, responseCacheBytes: 1_000_000 });
  two = await startTestGateway({
    settings: {
      ...settings,
      SALESFORCE_LOGIN_URL: one.salesforce.url,
      SALESFORCE_CLIENT_ID: one.salesforce.clientId,
      SALESFORCE_CLIENT_SECRET: one.salesforce.clientSecret,
      JIRA_BASE_URL: one.jira.url,
      JIRA_EMAIL: one.jira.email,
      JIRA_API_TOKEN: one.jira.apiToken,
      OIDC_ISSUER: one.identity.issuer,
      OIDC_AUDIENCE: one.identity.audience,
    },
    responseCacheBytes: 1_000_000,
  });
  admin = await one.as('ADMIN');
});
afterAll(async () => {
  await two?.close();
  await one?.close();
  await bouncer?.stop();
  await database?.drop();
});

describe('two gateways behind PgBouncer in transaction mode', () => {
  test('answer queries of every store, many at once', async () => {
    const document = `{
      mentors(first: 3) { nodes { name assessments(first: 2) { nodes { score } } } }
      validationRules { id } psRequests(first: 3) { nodes { number } } gatewayStatus { version }
    }`;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, number) => (number % 2 === 0 ? one : two).query(document, {}, admin)),
    );
    for (const { errors } of answers) expect(errors).toEqual([]);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data.mentors)))).toHaveLength(1);
  });

  test('store what a mutation changes together with its entry in the audit log', async () => {
    const { data } = await one.query('{ mentors(first: 1) { nodes { id } } }', {}, admin);
    const { nodes } = data.mentors as { nodes: { id: string }[] };
    const document = `mutation { submitAssessments(input: { assessments: [
      { mentorId: "${nodes[0]?.id}", psRequestNumber: "PSR-00042", score: 4 }] }) { created } }`;
    const { errors } = await two.query(document, {}, { ...admin, 'x-request-id': '00000000000000006d757461' });
    expect(errors).toEqual([]);
    const entries = await database.query(
      `select outcome from audit_logs where request_id = '00000000000000006d757461'`,
    );
    expect(entries).toEqual([{ outcome: 'ALLOWED' }]);
  });

  test('know within a second that a session was revoked through the other', async () => {
    const session = await beginSession(one, await bearerOf(one, { subject: 'pooled' }));
    const statusAtTwo = async () => (await two.query('{ viewer { id } }', {}, session.headers)).status;
    expect(await statusAtTwo()).toBe(200);
    const { errors } = await one.query('mutation { signOut { signedOut } }', {}, session.headers);
    expect(errors).toEqual([]);
    await pause(WITHIN_MS);
    expect(await statusAtTwo()).toBe(401);
  });

  test('read again within a second what was invalidated through the other', async () => {
    const ask = () => two.query('{ jiraIssue(key: "PSD-1") { summary } }', {}, admin);
    // More than once: a notice that happens to arrive proves nothing of the next.
    for (let round = 0; round < 3; round += 1) {
      await ask();
      one.clearCalls();
      await ask();
      expect(one.jira.calls.count()).toBe(0);
      await one.query('mutation { invalidateCache(input: { source: JIRA }) { invalidated } }', {}, admin);
      await pause(WITHIN_MS);
      await ask();
      expect(one.jira.calls.count()).toBeGreaterThan(0);
    }
  });

  test('leave nothing on the connections that they share: no tenant, no role, no prepared statement, no lock', async () => {
    const pool = new pg.Pool({ connectionString: bouncer.url, max: SERVER_CONNECTIONS });
    try {
      const clients = await Promise.all(Array.from({ length: SERVER_CONNECTIONS }, () => pool.connect()));
      const rows = await Promise.all(
        clients.map(async (client) => {
          const result = await client.query(`
            select nullif(current_setting('app.tenant', true), '') as tenant, current_setting('role') as role,
              current_setting('statement_timeout') as timeout, (select count(*)::int from pg_prepared_statements) as prepared`);
          return result.rows[0] as unknown;
        }),
      );
      for (const row of rows) expect(row).toEqual({ tenant: null, role: 'none', timeout: '0', prepared: 0 });
      for (const client of clients) client.release();
    } finally {
      await pool.end();
    }
    // Those of a session outlive its transactions.
    const held = await database.query(`select 1 from pg_locks l join pg_database d on d.oid = l.database
      where locktype = 'advisory' and datname = current_database() and not exists
        (select from pg_stat_activity a where a.pid = l.pid and a.xact_start is not null)`);
    expect(held).toEqual([]);
    const working = await database.query(
      `select distinct usename::text as name from pg_stat_activity where datname = current_database()
         and application_name in ('deployment-graph/oltp', 'deployment-graph/olap', 'deployment-graph/sessions', 'deployment-graph/content')`,
    );
    expect(working.map(({ name }) => name)).toEqual(['gateway_login']);
    expect(bouncer.output()).not.toMatch(/unsupported startup parameter|FATAL|server login failed/i);
  });
});
