import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { migrationNames } from '../../../src/platform/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts';
import { runCommand } from '../../support/run-command.ts';
import { sendOperation } from '../../support/send-operation.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'without-owner-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const production = { NODE_ENV: 'production', ALLOW_STANDINS: 'true', ANONYMOUS_ROLE: 'admin', LOG_LEVEL: 'warn' };
const start = (databaseUrl: string, settings: Record<string, string> = {}): Promise<GatewayProcess> =>
  startGatewayProcess({ ...production, DATABASE_URL: databaseUrl, ...settings });

async function stop(gateway: GatewayProcess): Promise<void> {
  gateway.signal('SIGKILL');
  await gateway.ended;
}

async function readiness(gateway: GatewayProcess): Promise<{ status: number; postgres: string | undefined }> {
  const response = await fetch(`${gateway.url}/readyz`);
  const { dependencies } = (await response.json()) as { dependencies: { name: string; detail?: string }[] };
  return { status: response.status, postgres: dependencies.find(({ name }) => name === 'postgres')?.detail };
}

describe('a gateway that was started with a login that owns nothing, and no other', () => {
  let database: TestDatabase;
  let gateway: GatewayProcess;
  const heads = (): string => join(directory, 'heads.jsonl');
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(`select ensure_audit_partition(now() - interval '200 days');
      insert into audit_logs (tenant, sequence, id, actions, outcome, occurred_at, created_at, commitment, hash) values
        ('old', 1, gen_random_uuid(), '{a}', 'ALLOWED', now(), now() - interval '200 days', sha256(''), sha256(''))`);
    gateway = await start(database.loginUrl, { AUDIT_HEADS_FILE: heads(), AUDIT_HEADS_INTERVAL: '1' });
  });
  afterAll(async () => {
    await stop(gateway);
    await database.drop();
  });

  test('serves a database that was migrated, audits, and gets heads out', async () => {
    expect(await readiness(gateway)).toMatchObject({ status: 200, postgres: undefined });
    const answer = await sendOperation(
      gateway.url,
      '{ mentors(first: 1) { nodes { id } } auditLog(first: 1) { totalCount } }',
    );
    expect(answer).toMatchObject({ status: 200, errors: [], data: { mentors: { nodes: [expect.anything()] } } });
    await vi.waitFor(() => expect(readFileSync(heads(), 'utf8')).toMatch(/"tenant":"demo","sequence":\d/), 10_000);
  });

  test("holds nothing of the owner's in its environment, and no connection of the owner's", async () => {
    const environment = readFileSync(`/proc/${gateway.pid}/environ`, 'utf8');
    const owner = new URL(database.url);
    expect(environment).toContain(database.loginUrl);
    for (const text of ['DATABASE_URL_OWNER', owner.password, `//${owner.username}:`])
      expect(environment).not.toContain(text);
    const users = await database.query<{ usename: string }>(
      `select distinct usename::text from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    expect(users).toEqual([{ usename: new URL(database.loginUrl).username }]);
  });

  test('counts the months that it may not remove itself, until the command has done it', async () => {
    const overdue = () => database.query(`select overdue_audit_months(97) as months`);
    expect(await overdue()).toEqual([{ months: 1 }]);
    await database.query(`insert into audit_holds (tenant, reason) values ('old', 'a case')`);
    expect(await overdue()).toEqual([{ months: 0 }]);
    await database.query('update audit_holds set released_at = now()');
    const settings = { DATABASE_URL: database.loginUrl, DATABASE_URL_OWNER: database.url };
    expect(await runCommand('audit-retention', settings)).toEqual({ code: 0, output: 'old: removed 1 entries\n' });
    expect(await overdue()).toEqual([{ months: 0 }]);
    const refused = await runCommand('audit-retention', { DATABASE_URL: database.loginUrl });
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('permission denied') });
  });
});

describe('a gateway that may not migrate', () => {
  test('is not ready on an empty database, says what to run, and serves once that was run', async () => {
    const template = await createTestDatabase();
    const name = `empty_${randomBytes(6).toString('hex')}`;
    const owner = new URL(template.url).username;
    await template.query(`create database ${name} owner ${owner}`);
    const at = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
    const gateway = await start(at(template.loginUrl));
    try {
      const before = await readiness(gateway);
      expect(before.status).toBe(503);
      expect(before.postgres).toContain('The database lacks every migration. Run `npm run migrate`');
      const refused = await sendOperation(gateway.url, '{ mentors(first: 1) { nodes { id } } }');
      expect(refused.errors).toMatchObject([{ extensions: { code: 'DATABASE_UNAVAILABLE' } }]);
      const login = new URL(template.loginUrl).username;
      const migrated = await runCommand('migrate', { DATABASE_URL_OWNER: at(template.url) }, ['--login', login]);
      expect(migrated).toMatchObject({ code: 0, output: expect.stringMatching(/\nRan \d+ migrations\.\n$/) });
      await vi.waitFor(async () => expect(await readiness(gateway)).toMatchObject({ status: 200 }), {
        timeout: 20_000,
        interval: 200,
      });
      const served = await sendOperation(gateway.url, '{ mentors(first: 1) { nodes { id } } }');
      expect(served).toMatchObject({ errors: [] });
      const again = await runCommand('migrate', {
        DATABASE_URL_OWNER: at(template.url),
        DATABASE_URL: at(template.loginUrl),
      });
      expect(again).toEqual({ code: 0, output: "The database is at this version's state already.\n" });
    } finally {
      await stop(gateway);
      await template.query(`drop database ${name} with (force)`);
      await template.drop();
    }
  });

  test('says that it may not look, or names the migration that is missing, or the one that is too many', async () => {
    const database = await createTestDatabase();
    const last = (await migrationNames()).at(-1) ?? '';
    await database.query('revoke all on kysely_migration from deployment_graph_gateway');
    const gateway = await start(database.loginUrl);
    const says = async (text: string): Promise<void> => {
      const detail = { status: 503, postgres: expect.stringContaining(text) };
      await vi.waitFor(async () => expect(await readiness(gateway)).toEqual(detail), {
        timeout: 20_000,
        interval: 200,
      });
    };
    try {
      await says(`npm run migrate -- --login ${new URL(database.loginUrl).username}`);
      await database.query('grant select on kysely_migration to deployment_graph_gateway');
      await database.query('delete from kysely_migration where name = $1', [last]);
      await says(`lacks the migrations ${last}. Run`);
      await database.query(
        `insert into kysely_migration (name, timestamp) values ($1, '2026'), ('29990101000000-of-tomorrow', '2999')`,
        [last],
      );
      await says(
        'was migrated by a newer version; this one does not know the migrations 29990101000000-of-tomorrow. Deploy',
      );
      expect(gateway.output()).toContain('29990101000000-of-tomorrow');
    } finally {
      await stop(gateway);
      await database.drop();
    }
  });
});

test('migrating without an address of the owner is refused in words', async () => {
  expect(await runCommand('migrate', {})).toEqual({
    code: 78,
    output: expect.stringContaining('DATABASE_URL_OWNER: required to migrate.'),
  });
});
