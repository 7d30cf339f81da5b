import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyId } from '../../../src/platform/sealing/sealer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const command = fileURLToPath(new URL('../../../src/commands/rotate-keys.ts', import.meta.url));
const key = (name: string) => createHash('sha256').update(name).digest('base64');
const [first, second, other, index] = [key('first'), key('second'), key('other'), key('index')];
const SETTLE_MS = 300;

let database: TestDatabase;
const running: TestGateway[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(running.map((gateway) => gateway.close()));
  await database.drop();
});

async function withKeys(current: string, old = '', destroyed = ''): Promise<TestGateway> {
  const settings = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: current,
    ENCRYPTION_KEYS_OLD: old,
    ENCRYPTION_KEYS_DESTROYED: destroyed,
    AUDIT_PSEUDONYM_KEY: index,
  };
  const gateway = await startTestGateway({ settings, erasureSettleMs: SETTLE_MS });
  running.push(gateway);
  return gateway;
}
const LOG = '{ auditLog(first: 50) { nodes { action actor details } } }';
interface Entry {
  readonly action: string;
  readonly actor: string | null;
}
const logOf = async (gateway: TestGateway) => {
  const { data, errors } = await gateway.query(LOG, {}, await gateway.as('ADMIN'));
  expect(errors).toEqual([]);
  return (data as { auditLog: { nodes: Entry[] } }).auditLog.nodes;
};
const alertsOf = async (gateway: TestGateway) => {
  const { data } = await gateway.query('{ gatewayStatus { alerts { name message } } }', {}, await gateway.as('ADMIN'));
  return (data as { gatewayStatus: { alerts: { name: string; message: string }[] } }).gatewayStatus.alerts;
};
const erase = async (gateway: TestGateway, userIdentifier: string) => {
  const document = 'mutation ($input: ErasePersonInput!) { erasePerson(input: $input) { requestId } }';
  // Their entries may still be on their way from the journal.
  const input = { userIdentifier, reason: 'asked for', evenIfUnknown: true };
  const { data, errors } = await gateway.query(document, { input }, await gateway.as('ADMIN'));
  expect(errors).toEqual([]);
  return (data as { erasePerson: { requestId: string } }).erasePerson.requestId;
};
const stateOf = async (gateway: TestGateway, id: string) => {
  const document = 'query ($id: ID!) { erasure(requestId: $id) { status problem } }';
  const { data } = await gateway.query(document, { id }, await gateway.as('ADMIN'));
  return (data as { erasure: { status: string; problem: string | null } }).erasure;
};
const rotate = async () => {
  const env = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: second,
    ENCRYPTION_KEYS_OLD: first,
    AUDIT_PSEUDONYM_KEY: index,
  };
  return (await promisify(execFile)(process.execPath, [command], { env })).stdout;
};

test('after a rotation the log, exports and erasures work without the old key, and the command says what it is needed for', async () => {
  const before = await withKeys(first);
  await before.query('{ validationRules { id } }', {}, await before.as('VIEWER'));
  const viewer = await before.query('{ viewer { id } }', {}, await before.as('VIEWER'));
  const { id: subject } = (viewer.data as { viewer: { id: string } }).viewer;
  await expect.poll(async () => (await logOf(before)).some(({ actor }) => actor === subject)).toBe(true);
  // Details that identify somebody, as a refused sign-in leaves them.
  const sealed = (await database.query<{ value: string }>('select value from audit_identities limit 1'))[0]?.value;
  await before.close();
  const inLog = `update audit_logs set personal = $1 where sequence = (select max(sequence) from audit_logs)`;
  await database.query(inLog, [sealed]);

  const output = await rotate();
  expect(output).toMatch(/^audit_identities\.value: [1-9]\d* sealed$/m);
  expect(output).toMatch(
    /^Still sealed by key 1 of ENCRYPTION_KEYS_OLD \([0-9a-f]{8}\): keep it: 1 in audit_logs\.personal$/m,
  );
  await database.query(inLog, [null]);
  expect(await rotate()).toMatch(/^Nothing is sealed any more by [0-9a-f]{8}\./m);
  await database.query(inLog, [sealed]);

  const after = await withKeys(second);
  expect((await logOf(after)).some(({ actor }) => actor === subject)).toBe(true);
  expect((await alertsOf(after)).filter(({ name }) => name === 'missing-keys')).toHaveLength(1);
  const exported = await after.query('mutation { exportPerson { rows } }', {}, await after.as('VIEWER'));
  expect(exported.errors).toEqual([]);
  const id = await erase(after, subject);
  await expect.poll(() => stateOf(after, id), { timeout: 15_000 }).toEqual({ status: 'COMPLETED', problem: null });
  await after.close();
}, 60_000);

test('without a key that is needed values are null, one alert tells which it is, and an erasure says what it waits for', async () => {
  const gateway = await withKeys(other);
  const entries = await logOf(gateway);
  expect(entries.some(({ actor }) => actor === null)).toBe(true);
  const comments = await gateway.query(
    '{ assessments(first: 5) { nodes { comment } } }',
    {},
    await gateway.as('ADMIN'),
  );
  expect(comments.errors).toEqual([]);
  expect(JSON.stringify(comments.data)).toContain('"comment":null');
  const alerts = (await alertsOf(gateway)).filter(({ name }) => name === 'missing-keys');
  expect(alerts).toHaveLength(1);
  expect(alerts[0]?.message).toMatch(/[0-9a-f]{8}.*ENCRYPTION_KEYS_OLD/);
  const { data } = await gateway.query('{ viewer { id } }', {}, await gateway.as('OPERATOR'));
  const id = await erase(gateway, (data as { viewer: { id: string } }).viewer.id);
  await expect
    .poll(async () => (await stateOf(gateway, id)).problem, { timeout: 15_000 })
    .toMatch(/assessments\.comment.*ENCRYPTION_KEYS_OLD.*ENCRYPTION_KEYS_DESTROYED/);
  await gateway.close();
}, 60_000);

test('once operators say that a key was destroyed, what it sealed counts as erased, the proof says so, and nothing waits for it any more', async () => {
  const keys = [keyId(Buffer.from(first, 'base64')), keyId(Buffer.from(second, 'base64'))].toSorted();
  const gateway = await withKeys(other, '', keys.join(', '));
  const waiting = await database.query<{ id: string }>(`select id from erasure_requests where status = 'RUNNING'`);
  expect(waiting).toHaveLength(1);
  const proofOf = async (id: string) => {
    const document = 'query ($id: ID!) { erasure(requestId: $id) { status problem proof proofIsValid } }';
    const { data } = await gateway.query(document, { id }, await gateway.as('ADMIN'));
    return (data as { erasure: Record<string, unknown> }).erasure;
  };
  const unreadableForGood = {
    keys: expect.arrayContaining(keys),
    columns: expect.arrayContaining(['assessments.comment']),
  };
  await expect
    .poll(() => proofOf(waiting[0]?.id ?? ''), { timeout: 25_000 })
    .toMatchObject({ status: 'COMPLETED', problem: null, proof: { unreadableForGood }, proofIsValid: true });
  expect((await alertsOf(gateway)).filter(({ name }) => name === 'missing-keys')).toEqual([]);

  // An address that nobody can open any more is found by its hash.
  const [mentor] = await database.query<{ id: string; name: string }>(
    `select id, name from mentors where tenant = 'demo' and active order by id limit 1`,
  );
  const address = `${mentor?.name.toLowerCase().replaceAll(' ', '.')}@example.com`;
  const { data, errors } = await gateway.query(
    '{ mentors(first: 1) { nodes { name email } } }',
    {},
    await gateway.as('ADMIN'),
  );
  expect(errors).toMatchObject([{ path: ['mentors', 'nodes', 0, 'email'], extensions: { code: 'FIELD_UNAVAILABLE' } }]);
  expect(JSON.stringify([data, errors])).not.toContain('sealed:');
  const id = await erase(gateway, address);
  const stored = () => database.query(`select name, active from mentors where id = $1`, [mentor?.id]);
  await expect.poll(stored, { timeout: 15_000 }).toEqual([{ name: 'Erased person', active: false }]);
  await expect.poll(async () => (await stateOf(gateway, id)).status, { timeout: 20_000 }).toBe('COMPLETED');
}, 90_000);

test('a key can not be there and be destroyed', async () => {
  await expect(withKeys(other, first, keyId(Buffer.from(first, 'base64')))).rejects.toThrow(
    /ENCRYPTION_KEYS_DESTROYED names [0-9a-f]{8}, which/,
  );
});
