import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { NO_TENANT } from '../../../src/features/audit/event.ts';
import { SigningKey } from '../../../src/features/audit/signing-key.ts';
import { removeTenant } from '../../../src/features/tenants/remove-tenant.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { testActor } from '../../support/audit.ts';
import { createTestDatabase, poolSettings, type TestDatabase } from '../../support/database.ts';
import { plantTenant } from '../../support/planted-tenant.ts';
import { runCommand } from '../../support/run-command.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const mentorsOf = async (tenant: string): Promise<number> =>
  (await database.query('select from mentors where tenant = $1', [tenant])).length;

const remove = (tenant: string, settings: Readonly<Record<string, string>> = {}) =>
  runCommand('tenant-remove', { DATABASE_URL: database.loginUrl, DATABASE_URL_OWNER: database.url, ...settings }, [
    tenant,
    '--by',
    'operator@example.com',
    '--confirm',
    tenant,
    '--settle',
    '0',
  ]);

test('a write that is stored while its tenant is being removed keeps all of it', async () => {
  await plantTenant(database, 'writing', 'somebody-or-other');
  const pool = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
  const reader = new pg.Client({ connectionString: database.superuserUrl });
  await reader.connect();
  try {
    await reader.query(`begin; select from assessments where tenant = 'writing' for update`);
    const removal = removeTenant(pool, new SigningKey(Buffer.alloc(32, 7)), testActor(NO_TENANT), 'writing');
    const ended = expect(removal).rejects.toThrow('Of 1 change(s) that writing made');
    await vi.waitFor(async () => {
      const waiting = await database.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      expect(waiting).toHaveLength(1);
    }, 5_000);
    await database.query(`
      insert into upstream_writes (tenant, id, operation, source, resource_type, resource_id, state, intent, details, request_id, conclusive_at, lease_until)
      values ('writing', gen_random_uuid(), 'updatePsRequest', 'SALESFORCE', 'PsRequest', 'a0Y', 'SENDING', '{}', '{}', 'r', 'infinity', 'infinity')`);
    await reader.query('rollback');
    await ended;
  } finally {
    await reader.end();
    await pool.end();
  }
  expect(await mentorsOf('writing')).toBe(1);
  expect(
    await database.query(`select from upstream_writes where tenant = 'writing' and state = 'SENDING'`),
  ).toHaveLength(1);
});

test('a tenant that nobody has used yet, whose rows were loaded, is removed, and nothing goes while instances can not be told', async () => {
  await plantTenant(database, 'loaded', 'somebody-or-other');
  expect(await remove('loaded', { DATABASE_URL_CONTENT: 'postgres://nobody@127.0.0.1:1/none' })).toMatchObject({
    code: 1,
    output: expect.stringContaining('Nothing was changed.'),
  });
  expect(await mentorsOf('loaded')).toBe(1);
  const { code, output } = await remove('loaded');
  expect(output).toContain('loaded is removed');
  expect(code).toBe(0);
  expect(await mentorsOf('loaded')).toBe(0);
  expect(await remove('never-heard-of')).toMatchObject({
    code: 1,
    output: expect.stringContaining('Correct its name'),
  });
});
