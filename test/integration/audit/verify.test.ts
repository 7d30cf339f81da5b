import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit } from '../../../src/features/audit/append.ts';
import { pseudonymiseAuditOf } from '../../../src/features/audit/erase.ts';
import { Heads } from '../../../src/features/audit/heads.ts';
import { Pseudonyms } from '../../../src/features/audit/pseudonyms.ts';
import { parseHeads, type SignedHead, signHead } from '../../../src/features/audit/signed-head.ts';
import { SigningKey } from '../../../src/features/audit/signing-key.ts';
import type { ChainReport } from '../../../src/features/audit/verify-chain.ts';
import { verifyAuditLog } from '../../../src/features/audit/verify-log.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { Sealer } from '../../../src/platform/sealing/sealer.ts';
import { testActor, testPseudonyms } from '../../support/audit.ts';
import {
  createTestDatabase,
  openTestDatabases,
  poolSettings,
  type TestDatabase,
  testScope,
} from '../../support/database.ts';
import { testKeys } from '../../support/keys.ts';

const key = new SigningKey(Buffer.alloc(32, 7));
const log = createLogger('silent');
let database: TestDatabase;
let databases: Databases;
let owner: pg.Pool;
let directory: string;

beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
  owner = createPool('test', database.url, poolSettings(database.url), log);
  directory = mkdtempSync(join(tmpdir(), 'audit-heads-'));
});
afterAll(async () => {
  await owner.end();
  await databases.close();
  await database.drop();
  rmSync(directory, { recursive: true });
});

/** Eleven entries, of which the fifth is about a person and the ninth has details that need care. */
async function write(tenant: string): Promise<void> {
  for (let n = 1; n <= 11; n += 1) {
    const isOdd = n === 9;
    await databases.oltp.inTenant(testScope(tenant), (db) =>
      appendAudit(db, testActor(tenant, { requestId: `r-${n}` }), {
        action: `action${n}`,
        ...(n === 10 ? { furtherActions: ['further'] } : {}),
        outcome: 'ALLOWED',
        resourceType: n === 5 ? 'Person' : 'PsRequest',
        resourceId: n === 5 ? 'someone' : `ä"\\\n${n}`,
        ...(isOdd
          ? { details: { text: 'é "quoted" \u2028 \\', number: 1e21, list: [1.5, null, { deep: true }] } }
          : {}),
        ...(n === 3 ? { personal: { note: 'x' } } : {}),
      }),
    );
  }
}

let files = 0;
async function headsNow(): Promise<SignedHead[]> {
  const file = join(directory, `heads-${(files += 1)}.jsonl`);
  const heads = new Heads({ pool: owner, key, file, url: null, log, onOutcome: () => undefined });
  await heads.send();
  return parseHeads(readFileSync(file, 'utf8'));
}

async function reportOf(tenant: string, heads: readonly SignedHead[], own = key): Promise<ChainReport> {
  const reports = await verifyAuditLog(owner, heads, own, testPseudonyms);
  const report = reports.find((one) => one.tenant === tenant);
  if (!report) throw new Error(`Nothing was told of ${tenant}.`);
  return report;
}

test('an untouched log is right, whatever stands in it', async () => {
  await write('whole');
  const heads = await headsNow();
  expect(await reportOf('whole', heads)).toMatchObject({
    entries: 11,
    heads: 1,
    problem: null,
    last: { sequence: 11 },
  });
});

const rechain = (tenant: string): Promise<unknown> =>
  database.query(
    `do $$
     declare entry record; previous bytea := sha256(convert_to('deployment-graph audit ${tenant}', 'UTF8'));
     begin
       for entry in select * from audit_logs where tenant = '${tenant}' order by sequence loop
         previous := sha256(previous || convert_to(audit_text(entry.tenant, entry.sequence::text, entry.id::text,
           audit_text(variadic entry.actions), entry.resource_type, entry.resource_id, entry.outcome, entry.request_id, entry.client,
           round(extract(epoch from entry.occurred_at) * 1000)::bigint::text, round(extract(epoch from entry.created_at) * 1000)::bigint::text,
           entry.details::text, encode(entry.commitment, 'hex')), 'UTF8'));
         update audit_logs set hash = previous where tenant = '${tenant}' and sequence = entry.sequence;
       end loop;
       update audit_heads h set hash = previous, sequence = (select max(sequence) from audit_logs where tenant = '${tenant}')
         where h.tenant = '${tenant}';
     end $$`,
  );

test.for<[what: string, tenant: string, sql: string, sequence: number | null, message: RegExp]>([
  [
    'an edit',
    'edited',
    `update audit_logs set outcome = 'DENIED' where tenant = 'edited' and sequence = 4`,
    4,
    /not what was stored/,
  ],
  [
    'an edit of details',
    'details',
    `update audit_logs set details = '{"text":1}' where tenant = 'details' and sequence = 9`,
    9,
    /not what was stored/,
  ],
  [
    'another time',
    'time',
    `update audit_logs set created_at = created_at + interval '1 ms' where tenant = 'time' and sequence = 6`,
    6,
    /not what was stored/,
  ],
  [
    'another actor',
    'actor',
    `update audit_logs set actor = 'x' where tenant = 'actor' and sequence = 7`,
    7,
    /does not name whom/,
  ],
  [
    'an actor removed without an erasure',
    'removed',
    `update audit_logs set actor = null, salt = null where tenant = 'removed' and sequence = 7`,
    7,
    /does not name whom/,
  ],
  [
    'another subject',
    'subject',
    `update audit_logs set subject = 'x' where tenant = 'subject' and sequence = 5`,
    5,
    /does not name whom/,
  ],
  [
    'a made-up erasure',
    'forged',
    `update audit_logs set actor_promise = audit_promise(salt, actor, address, user_agent, session, personal), salt = null,
     actor = null, address = null, user_agent = null, session = null, personal = null, actor_erased_by = 11 where tenant = 'forged' and sequence = 7`,
    11,
    /taken out of no entries/,
  ],
  [
    'two actions that became one',
    'joined',
    `update audit_logs set actions = array[array_to_string(actions, ' ')] where tenant = 'joined' and sequence = 10`,
    10,
    /not what was stored/,
  ],
  [
    'actions within another list',
    'nested',
    `update audit_logs set actions = array[actions] where tenant = 'nested' and sequence = 10`,
    10,
    /not what was stored/,
  ],
  [
    'names removed without an erasure',
    'nameless',
    `delete from audit_identities where tenant = 'nameless' and kind <> 'name'`,
    1,
    /what 5 pseudonyms stand for was removed/,
  ],
  [
    'names removed with an erasure that no entry tells of',
    'denied',
    `delete from audit_identities where tenant = 'denied'; insert into audit_erasures (tenant, person, erased_at)
     select distinct 'denied', actor, now() from audit_logs where tenant = 'denied'`,
    1,
    /what 5 pseudonyms stand for was removed/,
  ],
  [
    'an erasure to come',
    'awaited',
    `insert into audit_erasures (tenant, person, erased_at) values ('awaited', 'x', now() + interval '1 day')`,
    null,
    /of whom no entry tells/,
  ],
  ...(['person', 'name', 'address', 'userAgent'] as const).map((kind): [string, string, string, number, RegExp] => [
    `somebody else's ${kind} in plain text`,
    `blamed-${kind}`,
    `update audit_identities set value = 'ada' where tenant = 'blamed-${kind}' and kind = '${kind}' and owner in (select actor from audit_logs)`,
    1,
    /what 1 pseudonyms stand for .* is not what was stored/,
  ]),
  [
    'values that were exchanged',
    'exchanged',
    `update audit_identities i set value = (select value from audit_identities o where o.tenant = i.tenant and o.kind = 'person' and o.pseudonym <> i.pseudonym)
     where i.tenant = 'exchanged' and i.kind = 'person'`,
    1,
    /what 2 pseudonyms stand for/,
  ],
  [
    'an address of another owner',
    'disowned',
    `update audit_identities set owner = 'x' where tenant = 'disowned' and kind = 'address'`,
    1,
    /what 1 pseudonyms stand for/,
  ],
  ['a deletion', 'deleted', `delete from audit_logs where tenant = 'deleted' and sequence = 5`, 5, /is missing/],
  [
    'a swap',
    'swapped',
    `update audit_logs set sequence = 15 - sequence where tenant = 'swapped' and sequence in (7, 8)`,
    7,
    /not what was stored/,
  ],
  [
    'a cut tail',
    'cut',
    `delete from audit_logs where tenant = 'cut' and sequence > 8; update audit_heads set sequence = 8,
     hash = (select hash from audit_logs where tenant = 'cut' and sequence = 8) where tenant = 'cut'`,
    9,
    /is missing, and all after it/,
  ],
  [
    'a tail cut without the head',
    'clumsy',
    `delete from audit_logs where tenant = 'clumsy' and sequence > 10`,
    11,
    /missing/,
  ],
  [
    'everything gone',
    'gone',
    `delete from audit_logs where tenant = 'gone'; delete from audit_heads where tenant = 'gone'`,
    1,
    /missing/,
  ],
])('finds %s', async ([, tenant, sql, sequence, message]) => {
  await write(tenant);
  const heads = await headsNow();
  expect((await reportOf(tenant, heads)).problem).toBeNull();
  await database.query(sql);
  const { problem } = await reportOf(tenant, heads);
  expect(problem).toMatchObject({ sequence });
  expect(problem?.message).toMatch(message);
});

test('finds a history that was written anew, and from which entry on it can be', async () => {
  await write('anew');
  const before = await headsNow();
  await write('anew');
  const heads = [...before, ...(await headsNow())];
  await database.query(`update audit_logs set resource_id = 'other' where tenant = 'anew' and sequence = 14`);
  await rechain('anew');
  expect((await reportOf('anew', [])).problem).toBeNull();
  const { problem } = await reportOf('anew', heads);
  expect(problem).toMatchObject({ sequence: 12, message: expect.stringMatching(/to 22.*written anew/) });
});

test('takes no head that another key has signed', async () => {
  await write('foreign');
  const heads = await headsNow();
  const forged = heads.map((head) => signHead(new SigningKey(Buffer.alloc(32, 8)), head));
  expect((await reportOf('foreign', forged)).problem).toMatchObject({ message: expect.stringMatching(/not signed/) });
});

test('tells how many values nobody can open, because their key is not at hand', async () => {
  await write('locked');
  expect(await reportOf('locked', [])).toMatchObject({ problem: null, unread: 0 });
  await database.query(
    `update audit_identities set value = overlay(value placing '00000000' from 10) where tenant = 'locked' and kind = 'name'`,
  );
  expect(await reportOf('locked', [])).toMatchObject({ problem: null, unread: 1 });
});

test('accuses no log of the wrong key', async () => {
  await write('keys');
  const keys = { current: Buffer.alloc(32, 1), old: [], index: Buffer.alloc(32, 9) };
  const sealedAlike = new Sealer({ ...keys, current: Buffer.from(testKeys.ENCRYPTION_KEY, 'base64') });
  await expect(verifyAuditLog(owner, [], key, new Pseudonyms(sealedAlike))).rejects.toThrow(/AUDIT_PSEUDONYM_KEY/);
  const other = await verifyAuditLog(owner, [], key, new Pseudonyms(new Sealer(keys)));
  expect(other.find(({ tenant }) => tenant === 'keys')).toMatchObject({ problem: null });
  expect(other.find(({ tenant }) => tenant === 'keys')?.unread).toBeGreaterThan(0);
});

test('an erasure leaves the chain right, and can not be undone or stretched', async () => {
  await write('erased');
  const heads = await headsNow();
  await databases.oltp.inTenant(testScope('erased'), (db) =>
    pseudonymiseAuditOf(db, testActor('erased', { actorId: 'admin' }), 'maya'),
  );
  await databases.oltp.inTenant(testScope('erased'), (db) =>
    pseudonymiseAuditOf(db, testActor('erased', { actorId: 'admin' }), 'someone'),
  );
  expect(await reportOf('erased', [...heads, ...(await headsNow())])).toMatchObject({
    problem: null,
    entries: 13,
    erased: 11,
  });
  await database.query(`update audit_logs set actor = 'again' where tenant = 'erased' and sequence = 2`);
  expect((await reportOf('erased', heads)).problem).toMatchObject({
    sequence: 2,
    message: expect.stringMatching(/again/),
  });
});

test('posts its heads once each, and again what did not arrive', async () => {
  await write('posted');
  const bodies: string[] = [];
  let status = 500;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const outcomes: string[] = [];
  const heads = new Heads({
    pool: owner,
    key,
    file: join(directory, 'posted.jsonl'),
    url,
    log,
    onOutcome: (place, outcome) => outcomes.push(`${place} ${outcome}`),
  });
  await heads.send();
  expect(heads.isFailing).toBe(true);
  status = 204;
  await heads.send();
  await heads.send();
  server.close();
  server.closeAllConnections();
  expect(heads.isFailing).toBe(false);
  expect(outcomes.sort()).toEqual(['file ok', 'webhook failed', 'webhook ok']);
  expect(bodies).toHaveLength(2);
  expect((JSON.parse(bodies[1] ?? '') as { heads: SignedHead[] }).heads.map(({ tenant }) => tenant)).toContain(
    'posted',
  );
});

test('a file of heads may end within a line, and nowhere else', () => {
  const head = signHead(key, { tenant: 't', sequence: 1, hash: 'a'.repeat(64), at: '2026-11-20T00:00:00.000Z' });
  const line = `${JSON.stringify(head)}\n`;
  writeFileSync(join(directory, 'torn.jsonl'), `${line}${line.slice(0, 20)}`);
  expect(parseHeads(readFileSync(join(directory, 'torn.jsonl'), 'utf8'))).toEqual([head]);
  expect(() => parseHeads(`${line.slice(0, 20)}\n${line}`)).toThrow('line 1 is not a signed head');
});
