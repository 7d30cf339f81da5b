import { verify as verifySignature } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chainText } from '../../../src/features/audit/chain.ts';
import { SigningKey } from '../../../src/features/audit/signing-key.ts';
import { verifyAuditLog } from '../../../src/features/audit/verify-log.ts';
import { tablesOfTenants } from '../../../src/features/tenants/tenant-tables.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { testPseudonyms } from '../../support/audit.ts';
import { auditRows } from '../../support/audit-rows.ts';
import { poolSettings, type TestDatabase } from '../../support/database.ts';
import { searchStores } from '../../support/dump.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { testKeys } from '../../support/keys.ts';
import { plantTenant } from '../../support/planted-tenant.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';
import { runCommand } from '../../support/run-command.ts';
import { bearerOf, type Headers } from '../../support/signed-in.ts';

const NAME = 'offboarded-north';
const CANARY = 'canary-of-the-north-6d1e';
const OTHER = 'canary-of-the-south-91b3';

let redis: TestRedis;
let running: TestGateway;
let database: TestDatabase;
let north: Headers;
let south: Headers;
let northSession: Headers;

beforeAll(async () => {
  redis = await createTestRedis();
  await redis.start();
  running = await startTestGateway({
    settings: { REDIS_URL: redis.url, BUDGET_PERSON_REQUESTS: '9000/9000' },
    responseCacheBytes: 1_000_000,
  });
  if (!running.database) throw new Error('The gateway has a database of its own.');
  database = running.database;
  await plantTenant(database, NAME, CANARY);
  await plantTenant(database, 'south', OTHER);
  north = await bearerOf(running, { tenant: NAME, subject: CANARY, roles: ['ADMIN'] });
  south = await bearerOf(running, { tenant: 'south', subject: OTHER, roles: ['ADMIN'] });
  northSession = await signIn(north);
  await signIn(south);
  for (const headers of [northSession, south])
    for (let n = 0; n < 3; n += 1) {
      const read = await running.query(
        '{ mentors(first: 5) { nodes { name } } psRequest(id: "PSR-00042") { number } }',
        {},
        headers,
      );
      expect(read.errors).toEqual([]);
    }
  // The journal, and what Redis is told in the background.
  await vi.waitFor(async () => {
    expect((await auditRows(database)).filter(({ tenant }) => tenant === 'south').length).toBeGreaterThanOrEqual(4);
    expect(await redisKeys(NAME)).toBeGreaterThan(0);
    expect(await redisKeys('south')).toBeGreaterThan(0);
  }, 10_000);
}, 60_000);
afterAll(async () => {
  await running.close();
  await redis.kill();
});

async function signIn(headers: Headers): Promise<Headers> {
  const { data } = await running.query('mutation { createSession { token } }', {}, headers);
  return { 'x-session-token': (data as { createSession: { token: string } }).createSession.token };
}

/** Answers and counters that tell the tenant's name. */
async function redisKeys(tenant: string): Promise<number> {
  const found = await searchStores({ database, redisUrl: redis.url }, [`"${tenant}"`]);
  return found.filter(({ place }) => place.startsWith('Redis')).length;
}

const remove = (...args: string[]) =>
  runCommand(
    'tenant-remove',
    { DATABASE_URL: database.loginUrl, DATABASE_URL_OWNER: database.url, REDIS_URL: redis.url },
    args,
  );
const confirmed = [NAME, '--by', 'operator@example.com', '--confirm', NAME, '--settle', '1.5'];

/** Every row of every table but those of the tenant that goes, and of what the gateway writes by itself. */
async function othersRows(): Promise<Record<string, readonly string[]>> {
  const pool = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
  const tables = await tablesOfTenants(pool).finally(() => pool.end());
  const entries = tables.map(async (table) => {
    const rows = await database.query<{ row: string }>(
      `select t::text as row from ${table} t where tenant not in ($1, '-') order by 1`,
      [NAME],
    );
    return [table, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe('removing a tenant', () => {
  test('is counted beforehand, by table and in Redis, and changes nothing', async () => {
    const before = await searchStores({ database, redisUrl: redis.url }, [CANARY]);
    const { code, output } = await remove(NAME, '--dry-run');
    expect(code).toBe(0);
    const counted = [...output.matchAll(/^(\w+): [1-9]/gm)].map(([, table]) => table);
    const pool = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
    const tables = await tablesOfTenants(pool).finally(() => pool.end());
    const stays = ['audit_heads', 'audit_checkpoints', 'audit_journals'];
    expect(counted.toSorted()).toEqual([...tables.filter((table) => !stays.includes(table)), 'Redis'].toSorted());
    expect(output).toMatch(/Redis: [1-9]\d* answers, [1-9]\d* counters\nNothing was changed\.\n$/);
    expect(await searchStores({ database, redisUrl: redis.url }, [CANARY])).toEqual(before);
  });

  test('is refused under a legal hold, while a change or an erasure is under way, and without its name said twice', async () => {
    const place = (state: string) => database.query(state, [NAME]);
    const refused = async (words: string): Promise<void> => {
      expect(await remove(...confirmed)).toMatchObject({ code: 1, output: expect.stringContaining(words) });
    };
    await place(`insert into audit_holds (tenant, reason) values ($1, 'a case')`);
    await refused(`${NAME} is under 1 legal hold(s)`);
    expect(await remove(NAME, '--dry-run')).toMatchObject({ code: 1 });
    await place('update audit_holds set released_at = now() where tenant = $1');
    await place(
      `update upstream_writes set state = 'UNKNOWN', resolved_at = null, lease_until = 'infinity' where tenant = $1`,
    );
    await refused('Of 1 change(s)');
    await place(`update upstream_writes set state = 'DONE', resolved_at = now() where tenant = $1`);
    await place(
      `update erasure_requests set status = 'RUNNING', completed_at = null, not_before = 'infinity' where tenant = $1`,
    );
    await refused('1 erasure(s)');
    await place(`update erasure_requests set status = 'COMPLETED', completed_at = now() where tenant = $1`);
    expect(await remove(NAME, '--by', 'me', '--confirm', 'south')).toMatchObject({
      code: 1,
      output: expect.stringContaining(`Say --confirm ${NAME}`),
    });
    expect(await remove('-', '--dry-run')).toMatchObject({ code: 1 });
    expect((await searchStores({ database, redisUrl: redis.url }, [CANARY])).length).toBeGreaterThan(15);
    expect((await running.query('{ viewer { id } }', {}, northSession)).errors).toEqual([]);
  });

  test('takes it out of every table, Redis, memory and its sessions, and leaves others to the row', async () => {
    const before = await othersRows();
    for (const [table, rows] of Object.entries(before))
      expect(table === 'audit_checkpoints' || rows.length > 0, table).toBe(true);
    const southInRedis = await redisKeys('south');

    const { code, output } = await remove(...confirmed);
    expect(output).toContain('is removed; a second look found nothing.');
    expect(code).toBe(0);

    expect(await searchStores({ database, redisUrl: redis.url, directories: [] }, [CANARY])).toEqual([]);
    expect(await redisKeys(NAME)).toBe(0);
    expect(await othersRows()).toEqual(before);
    expect(await redisKeys('south')).toBe(southInRedis);
    expect((await running.query('{ viewer { id } }', {}, northSession)).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);

    const { proof, key, signature } = JSON.parse(output.slice(output.indexOf('{"proof"'))) as {
      proof: { rows: Record<string, number>; lastEntry: { sequence: number } };
      key: string;
      signature: string;
    };
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'base64')]);
    const signed = Buffer.from(chainText(['tenant removal', JSON.stringify(proof)]));
    const publicKey = { key: der, format: 'der', type: 'spki' } as const;
    expect(verifySignature(null, signed, publicKey, Buffer.from(signature, 'base64'))).toBe(true);
    expect(proof.rows).toMatchObject({
      mentors: 1,
      user_sessions: expect.any(Number),
      audit_logs: proof.lastEntry.sequence,
    });
  });

  test('is told in the log of operators, and every chain still verifies', async () => {
    const rows = await auditRows(database);
    expect(rows.filter(({ tenant }) => tenant === NAME)).toMatchObject([{ actions: ['audit.removed'], actor: null }]);
    expect(rows.filter(({ tenant }) => tenant === '-').at(-1)).toMatchObject({
      actions: ['tenant.removed'],
      resourceType: 'Tenant',
      resourceId: NAME,
      client: 'tenant-remove',
      actor: expect.any(String),
    });
    const pool = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
    const signing = new SigningKey(Buffer.from(testKeys.AUDIT_PSEUDONYM_KEY, 'base64'));
    const reports = await verifyAuditLog(pool, [], signing, testPseudonyms).finally(() => pool.end());
    expect(reports.map(({ tenant }) => tenant)).toEqual(expect.arrayContaining(['-', NAME, 'south']));
    expect(reports.filter(({ problem }) => problem !== null)).toEqual([]);
  });

  test('finds nothing when it is asked again, and says so when the tenant goes on being used', async () => {
    expect(await remove(NAME, '--dry-run')).toEqual({ code: 0, output: `Nothing is left of ${NAME}.\n` });
    expect(await remove('never-heard-of', '--dry-run')).toMatchObject({
      output: expect.stringContaining('Correct its name'),
    });
    expect(await remove(...confirmed)).toMatchObject({ code: 0 });
    let isUsed = true;
    const using = (async () => {
      while (isUsed) await running.query('{ validationRules { id } }', {}, north);
    })();
    const removed = await remove(...confirmed);
    isUsed = false;
    await using;
    expect(removed).toMatchObject({
      code: 1,
      output: expect.stringContaining('is still in use: rows of it are written again'),
    });
  });
});
