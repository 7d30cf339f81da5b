import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mutationRecords } from '../../../src/gateway/audit/mutation-records.ts';
import { buildSchema, readSchemaDocuments } from '../../../src/gateway/schema.ts';
import { testPseudonyms } from '../../support/audit.ts';
import { auditRows, entriesOf } from '../../support/audit-rows.ts';
import type { TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { MovableClock } from '../../support/identity.ts';

const clock = new MovableClock();
let running: TestGateway;

beforeAll(async () => {
  running = await startTestGateway({
    clock,
    responseCacheBytes: 4_000_000,
    settings: { CACHE_TTL_DEFAULT: '300', CACHE_TTL_LONG: '600' },
  });
});
afterAll(() => running.close());

function database(): TestDatabase {
  if (!running.database) throw new Error('The gateway has a database of its own.');
  return running.database;
}

const schema = buildSchema(readSchemaDocuments(), []);
const [queries, mutations] = [schema.getQueryType(), schema.getMutationType()].map((type) =>
  Object.values(type?.getFields() ?? {}),
);

/** A literal of the type, as plain as it may be. */
function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return `[${literal(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'NONE';
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) && field.defaultValue === undefined,
    );
    return `{ ${required.map(({ name, type: of }) => `${name}: ${literal(of)}`).join(', ')} }`;
  }
  if (type.name === 'Int' || type.name === 'Float') return '3';
  if (type.name === 'Boolean') return 'true';
  if (type.name === 'DateTime') return '"2026-01-01T00:00:00Z"';
  if (type.name === 'Date') return '"2026-01-01"';
  return type.name.startsWith('JSON') || type.name === '_Any' ? '{}' : '"PSR-00042"';
}

function callOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const required = args.filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined);
  const given = required.length > 0 ? `(${required.map((arg) => `${arg.name}: ${literal(arg.type)}`).join(', ')})` : '';
  return `${name}${given}${isLeafType(getNamedType(type)) ? '' : ' { __typename }'}`;
}

let requests = 0;
const nextId = (): string => `coverage-${(requests += 1)}`;

async function ask(document: string, headers: Record<string, string>, requestId = nextId()): Promise<string> {
  // A token that is of a later time than the gateway's is refused, however slow this machine is.
  clock.advanceMs(Math.max(0, Date.now() - clock.now()));
  await running.query(document, {}, { ...headers, 'x-request-id': requestId });
  return requestId;
}

test('every query and every mutation of the schema has exactly one entry, and says who, what, when and from where', async () => {
  const headers = { ...(await running.as('ADMIN')), 'apollographql-client-name': 'coverage' };
  const asked: [id: string, field: string][] = [];
  for (const field of queries ?? []) asked.push([await ask(`{ ${callOf(field)} }`, headers), field.name]);
  for (const field of mutations ?? []) asked.push([await ask(`mutation { ${callOf(field)} }`, headers), field.name]);
  await entriesOf(database(), asked.at(-1)?.[0] ?? '');
  const rows = await auditRows(database());
  for (const [id, field] of asked) {
    const own = rows.filter((row) => row.requestId === testPseudonyms.ofRequest(id));
    expect(
      own.map(({ actions }) => actions.length),
      `${field} ${JSON.stringify(own)}`,
    ).toEqual([1]);
    expect(own[0]).toMatchObject({
      tenant: 'demo',
      client: testPseudonyms.of('demo', 'client', 'coverage', own[0]?.actor ?? null),
      actor: expect.any(String),
      address: expect.any(String),
    });
    expect(own[0]?.actions, field).toEqual([field]);
    if (mutationRecords.has(field)) expect([field, own[0]?.resourceType]).toEqual([field, mutationRecords.get(field)]);
  }
});

test('an answer from the cache has an entry of its own, which says so', async () => {
  const headers = await running.as('VIEWER');
  const document = '{ jiraProject(key: "PSD") { name } }';
  const ids = [await ask(document, headers), await ask(document, headers)];
  const rows = await Promise.all(ids.map((id) => entriesOf(database(), id)));
  expect(rows.map((own) => own.map(({ details }) => details))).toEqual([
    [{ answer: 'executed' }],
    [{ answer: 'memory' }],
  ]);
  expect(rows[1]?.[0]).toMatchObject({ actions: ['jiraProject'], resourceType: 'JiraProject', resourceId: 'PSD' });
});

test('a refused field makes its operation a denied one', async () => {
  const id = await ask('{ validationRules { id } auditLog { nodes { id } } }', await running.as('VIEWER'));
  expect(await entriesOf(database(), id)).toMatchObject([
    { actions: ['validationRules', 'auditLog'], outcome: 'DENIED', details: { errors: ['FORBIDDEN'] } },
  ]);
});

test('every root field of a mutation has an entry, with its own outcome', async () => {
  const document = `mutation {
    good: invalidateCache(input: { tags: ["PsRequest"] }) { invalidated }
    bad: invalidateCache(input: { tags: [] }) { invalidated }
  }`;
  const id = await ask(document, await running.as('ADMIN'));
  expect(await entriesOf(database(), id, 2)).toMatchObject([
    { actions: ['invalidateCache'], outcome: 'ALLOWED', resourceId: 'PsRequest' },
    { actions: ['invalidateCache'], outcome: 'FAILED', details: { errors: ['BAD_USER_INPUT'] } },
  ]);
});

test('operations that are refused as a whole are there, and so are sign-ins that fail', async () => {
  const headers = await running.as('VIEWER');
  const refused = await ask('{ nonsense }', headers);
  expect(await entriesOf(database(), refused)).toMatchObject([
    {
      actions: ['operation.refused'],
      outcome: 'FAILED',
      details: { errors: ['GRAPHQL_VALIDATION_FAILED'], status: 400 },
    },
  ]);
  const unreadable = await ask('{', headers);
  expect(await entriesOf(database(), unreadable)).toMatchObject([{ actions: ['operation.refused'] }]);
  const stranger = await ask('{ viewer { id } }', { authorization: 'Bearer nonsense' });
  expect(await entriesOf(database(), stranger)).toMatchObject([
    { tenant: '-', actions: ['signIn.failed'], outcome: 'DENIED', actor: null, address: expect.any(String) },
  ]);
});

test('a plan of an operation, which runs nothing, has an entry that says so, however the header is written', async () => {
  for (const explain of ['plan', 'PLAN']) {
    const headers = { ...(await running.as('OPERATOR')), 'x-explain': explain };
    const id = await ask(
      'mutation { updatePsRequest(input: { id: "PSR-00042", risk: HIGH }) { psRequest { id } } }',
      headers,
    );
    expect(await entriesOf(database(), id)).toMatchObject([
      { actions: ['updatePsRequest'], details: { answer: 'plan' } },
    ]);
  }
});

test('what is served as stale says so, and the clock of an instance that is hours ahead dates nothing', async () => {
  const document = '{ psRequests(first: 3) { nodes { number } } }';
  // Without credentials: a token would have expired.
  await ask(document, { 'cache-control': 'no-store' });
  clock.advanceMs(3 * 3_600_000);
  running.salesforce.faults.add({ kind: 'status', status: 503 });
  const id = await ask(document, { 'cache-control': 'no-store' });
  expect(await entriesOf(database(), id)).toMatchObject([{ actions: ['psRequests'], details: { stale: true } }]);
  // Given again it has an entry too; made anew for nobody it has none.
  for (let turn = 0; turn < 20; turn += 1) await ask(document, {});
  clock.advanceMs(5_500);
  await ask(document, {});
  clock.advanceMs(500);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const again = await ask(document, {});
  expect(await entriesOf(database(), again)).toMatchObject([
    { actions: ['psRequests'], details: { answer: 'memory', stale: true } },
  ]);
  expect((await auditRows(database())).filter(({ requestId }) => requestId?.startsWith('renewal'))).toEqual([]);
  const late = await database().query(
    `select from audit_logs where abs(extract(epoch from occurred_at - now())) > 600 or abs(extract(epoch from created_at - now())) > 600`,
  );
  expect(late).toEqual([]);
});
