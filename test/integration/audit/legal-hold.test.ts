import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit } from '../../../src/features/audit/append.ts';
import { keepRetention } from '../../../src/features/audit/retention.ts';
import { SigningKey } from '../../../src/features/audit/signing-key.ts';
import { verifyAuditLog } from '../../../src/features/audit/verify-log.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { testActor, testPseudonyms } from '../../support/audit.ts';
import { auditRows } from '../../support/audit-rows.ts';
import {
  createTestDatabase,
  openTestDatabases,
  poolSettings,
  type TestDatabase,
  testScope,
} from '../../support/database.ts';
import { testKeys } from '../../support/keys.ts';
import { runCommand } from '../../support/run-command.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const databases = openTestDatabases(database.loginUrl);
  await databases.oltp.inTenant(testScope('acme'), (db) =>
    appendAudit(db, testActor('acme'), { action: 'a', outcome: 'ALLOWED' }),
  );
  await databases.close();
});
afterAll(() => database.drop());

const hold = (...args: string[]) =>
  runCommand('legal-hold', { DATABASE_URL: database.loginUrl, DATABASE_URL_OWNER: database.url }, args);
const by = ['--by', 'legal@example.com'];

test('a hold is placed, listed and released, with who it was in the log of the tenant', async () => {
  expect(await hold('list')).toEqual({ code: 0, output: 'There are no legal holds.\n' });
  expect(await hold('place', 'acme', '--reason', 'case 4711', ...by)).toEqual({
    code: 0,
    output: 'Hold 1 is placed: nothing of acme is removed until it is released.\n',
  });
  expect(await hold('place', 'acme', '--reason', 'case 4712', ...by)).toMatchObject({ code: 0 });
  expect((await hold('list', 'acme')).output).toMatch(
    /^acme 2: placed \S+, in force: case 4712\nacme 1: placed .+ 4711\n$/,
  );
  expect(await hold('release', 'acme', '--hold', '1', ...by)).toEqual({ code: 0, output: 'Released 1 of acme.\n' });
  expect(await hold('release', 'acme', ...by)).toEqual({ code: 0, output: 'Released 2 of acme.\n' });
  expect((await hold('list')).output).not.toContain('in force');

  const rows = (await auditRows(database)).filter(({ tenant }) => tenant === 'acme').slice(1);
  expect(rows).toMatchObject(
    [
      ['legalHold.placed', '1'],
      ['legalHold.placed', '2'],
      ['legalHold.released', '1'],
      ['legalHold.released', '2'],
    ].map(([action, id]) => ({ actions: [action], resourceType: 'LegalHold', resourceId: id, client: 'legal-hold' })),
  );
  const legal = testPseudonyms.ofPerson('acme', 'legal@example.com');
  expect(rows.map(({ actor }) => actor)).toEqual([legal, legal, legal, legal]);
  const pool = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
  const key = new SigningKey(Buffer.from(testKeys.AUDIT_PSEUDONYM_KEY, 'base64'));
  const reports = await verifyAuditLog(pool, [], key, testPseudonyms).finally(() => pool.end());
  expect(reports).toMatchObject([{ tenant: 'acme', entries: 5, problem: null }]);
});

test('a hold waits for a removal that is under way, so that nothing goes after it is placed', async () => {
  const pool = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
  const removing = await pool.connect();
  try {
    await removing.query('begin; select pg_advisory_xact_lock(7301884402120)');
    const placed = await hold('place', 'acme', '--reason', 'case 4713', ...by);
    expect(placed).toMatchObject({
      code: 1,
      output: expect.stringContaining('are being removed at this moment, so nothing was done'),
    });
    await removing.query('rollback');
    const key = new SigningKey(Buffer.alloc(32, 1));
    expect(await keepRetention({ pool, key, retentionDays: 1 })).toEqual([]);
    expect((await hold('list')).output).not.toContain('4713');
  } finally {
    removing.release();
    await pool.end();
  }
});

test.for([
  [
    'a tenant of whom nothing is known',
    ['place', 'amce', '--reason', 'case', ...by],
    'Nothing is stored of the tenant amce',
  ],
  ['no reason', ['place', 'acme', ...by], '--reason is missing'],
  ['nobody who orders it', ['place', 'acme', '--reason', 'case'], '--by is missing'],
  ['a hold that is not in force', ['release', 'acme', '--hold', '77', ...by], 'acme has no such hold in force'],
  ['no tenant', ['release'], 'It is not clear what to do'],
  ['a reason that is too long', ['place', 'acme', '--reason', 'x'.repeat(501), ...by], '--reason takes up to 500'],
] as const)('is refused in words: %s', async ([, args, words]) => {
  expect(await hold(...args)).toMatchObject({ code: 1, output: expect.stringContaining(words) });
});
