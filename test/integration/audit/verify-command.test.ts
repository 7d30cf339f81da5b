import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditRows } from '../../support/audit-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { testKeys } from '../../support/keys.ts';

const command = fileURLToPath(new URL('../../../src/commands/audit-verify.ts', import.meta.url));
let database: TestDatabase;
let directory: string;
let heads: string;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = mkdtempSync(join(tmpdir(), 'verify-'));
  heads = join(directory, 'heads.jsonl');
  const gateway = await startTestGateway({
    settings: { DATABASE_URL: database.url, AUDIT_HEADS_FILE: heads, DATA_DIRECTORY: directory },
  });
  for (let n = 0; n < 5; n += 1) await gateway.query('{ viewer { id } }');
  await gateway.query('{ viewer { id } }', {}, { authorization: 'Bearer nonsense' });
  await gateway.close();
});
afterAll(async () => {
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

function verify(
  settings: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const env = {
    ...testKeys,
    DATABASE_URL: database.url,
    DATA_DIRECTORY: directory,
    AUDIT_HEADS_FILE: heads,
    ...settings,
  };
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

test('a gateway that stops leaves every entry in PostgreSQL and its last heads outside, and the command finds all right', async () => {
  const rows = await auditRows(database);
  expect(rows.filter(({ tenant }) => tenant === 'demo')).toHaveLength(5);
  expect(rows.filter(({ tenant }) => tenant === '-')).toHaveLength(1);
  const { code, output } = await verify();
  expect(output).toMatch(/ok {5}demo: 5 entries, the last is 5; [1-9]\d* heads compared/);
  expect(code).toBe(0);
});

test('makes neither a database nor a key where there is none, and tells its arguments', async () => {
  const mistyped = join(directory, 'mistyped');
  const { code, output } = await verify({ DATABASE_URL: '', AUDIT_PSEUDONYM_KEY: '', DATA_DIRECTORY: mistyped });
  expect([code, existsSync(mistyped)]).toEqual([2, false]);
  expect(output).toMatch(/no embedded database and no pseudonym key under .*mistyped.*DATA_DIRECTORY/);
  expect(await verify({}, ['--help'])).toMatchObject({ code: 0, output: expect.stringContaining('--without-heads') });
});

test('says that it can not be certain without heads, and when there is no database', async () => {
  expect(await verify({ AUDIT_HEADS_FILE: join(directory, 'none') })).toMatchObject({
    code: 2,
    output: expect.stringContaining('NOT CERTAIN'),
  });
  const nowhere = new URL(database.url);
  nowhere.port = '9';
  expect(await verify({ DATABASE_URL: nowhere.href })).toMatchObject({
    code: 2,
    output: expect.stringContaining('could not be verified'),
  });
});

test('names the first wrong entry and ends with 1', async () => {
  await database.query(`update audit_logs set resource_id = 'other' where tenant = 'demo' and sequence = 3`);
  const { code, output } = await verify();
  expect(output).toMatch(/WRONG {2}demo: entry 3 is not what was stored/);
  expect(output).toMatch(/ok {5}-: 1 entries/);
  expect(code).toBe(1);
});

test('accuses nobody when it has the wrong key, the wrong user or the wrong file, and names the setting', async () => {
  const [key, user, file] = await Promise.all([
    verify({ AUDIT_PSEUDONYM_KEY: randomBytes(32).toString('base64') }),
    verify({ DATABASE_URL: database.loginUrl, DATABASE_URL_OWNER: '' }),
    verify({}, ['--heads', join(directory, 'nope')]),
  ]);
  expect(key).toMatchObject({
    code: 2,
    output: expect.stringMatching(/None of the \d+ heads .*Set AUDIT_PSEUDONYM_KEY/),
  });
  expect(key.output).not.toContain('WRONG');
  expect(user).toMatchObject({ code: 2, output: expect.stringContaining('Set DATABASE_URL_OWNER') });
  expect(file).toMatchObject({ code: 2, output: expect.stringMatching(/nope: there is no such file/) });
});
