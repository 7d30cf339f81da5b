import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseGlobalId } from '../../../src/platform/global-id.ts';
import { testPseudonyms } from '../../support/audit.ts';
import { entriesOf } from '../../support/audit-rows.ts';
import type { TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let running: TestGateway;
let admin: Record<string, string>;
let analyst: Record<string, string>;

beforeAll(async () => {
  running = await startTestGateway({ responseCacheBytes: 1_000_000 });
  [admin, analyst] = await Promise.all([running.as('ADMIN'), running.as('ANALYST')]);
  for (const [n, headers] of [analyst, analyst, analyst, admin, admin].entries())
    await running.query('{ validationRules { id } }', {}, { ...headers, 'x-request-id': `read-${n}` });
  await running.query(
    '{ psRequest(id: "PSR-00042") { id } jiraProject(key: "PSD") { id } }',
    {},
    { ...admin, 'x-request-id': 'two' },
  );
  await entriesOf(database(), 'two');
});
afterAll(() => running.close());

function database(): TestDatabase {
  if (!running.database) throw new Error('The gateway has a database of its own.');
  return running.database;
}

/** What was sent as the id of the request that an entry tells of: it keeps a hash of ids that are none for tracing. */
const sent = [
  'read-0',
  'read-1',
  'read-2',
  'read-3',
  'read-4',
  'two',
  'by-number',
  'other',
  'by-id',
  'write',
  'refused',
  'pair',
  'pair-again',
  'mixed',
  'alone',
];
const sentAs = new Map(sent.map((id) => [testPseudonyms.ofRequest(id), id]));
const requestOf = ({ requestId }: Entry): string => sentAs.get(requestId) ?? requestId;

interface Entry {
  readonly id: string;
  readonly sequence: number;
  readonly action: string;
  readonly actor: string;
  readonly requestId: string;
}

async function log(
  headers: Record<string, string>,
  args: string,
  fields = 'id sequence action actor requestId',
): Promise<Entry[]> {
  const body = await running.query(`{ auditLog${args} { nodes { ${fields} } } }`, {}, headers);
  expect(body.errors).toEqual([]);
  return (body.data as { auditLog: { nodes: Entry[] } }).auditLog.nodes;
}

test('an administrator reads the entries of all, the latest first, page by page without a gap', async () => {
  const all = await log(admin, '(first: 50)');
  const sequences = all.map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.toSorted((left, right) => right - left));
  expect(new Set(all.map(({ actor }) => actor)).size).toBe(2);
  const document =
    'query ($after: String) { auditLog(first: 3, after: $after, filter: { action: ["validationRules"] }) { nodes { requestId } pageInfo { endCursor hasNextPage } totalCount } }';
  interface Page {
    auditLog: { nodes: Entry[]; pageInfo: { endCursor: string; hasNextPage: boolean }; totalCount: number };
  }
  const first = (await running.query(document, {}, admin)).data as unknown as Page;
  expect(first.auditLog).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true } });
  const second = (await running.query(document, { after: first.auditLog.pageInfo.endCursor }, admin))
    .data as unknown as Page;
  const ids = [...first.auditLog.nodes, ...second.auditLog.nodes].map(requestOf);
  expect(ids).toEqual(['read-4', 'read-3', 'read-2', 'read-1', 'read-0']);
});

test('an analyst reads their own entries alone, whatever they ask for', async () => {
  const own = await log(analyst, '(first: 50)');
  expect(new Set(own.map(({ actor }) => actor)).size).toBe(1);
  const [foreign] = await log(admin, '(first: 1, filter: { action: ["psRequest"] })');
  expect(await log(analyst, `(filter: { actor: "${foreign?.actor}" })`)).toEqual([]);
  const body = await running.query(`{ node(id: "${foreign?.id}") { id } }`, {}, analyst);
  expect(body).toMatchObject({ data: { node: null } });
  expect(body.errors).toEqual([]);
  const seen = await running.query(`{ node(id: "${foreign?.id}") { ... on AuditEntry { action } } }`, {}, admin);
  expect(seen).toMatchObject({ data: { node: { action: 'psRequest' } } });
});

test('filters find entries by each of their root fields, by record, outcome and time', async () => {
  const requests = async (filter: string): Promise<string[]> =>
    (await log(admin, `(first: 50, filter: ${filter})`)).map(requestOf);
  expect(await requests('{ action: ["jiraProject"] }')).toEqual(['two']);
  expect(await requests('{ resourceType: "PsRequest", resourceId: "PSR-00042" }')).toEqual(['two']);
  expect(await requests('{ outcome: [FAILED] }')).toEqual([]);
  expect(await requests('{ createdAt: { to: "2020-01-01T00:00:00Z" } }')).toEqual([]);
  expect(await requests('{ resourceId: "PSR-00042" }')).toEqual(['two']);
  expect(await requests('{ resourceId: "PSR-0004" }')).toEqual([]);
});

test('shows who it was and where from', async () => {
  const [entry] = await log(
    admin,
    '(first: 1, filter: { action: ["psRequest"] })',
    'actor actorName ipAddress userAgent occurredAt createdAt details',
  );
  expect(entry).toMatchObject({
    actor: expect.any(String),
    actorName: expect.any(String),
    ipAddress: expect.stringMatching(/127\.0\.0\.1/),
  });
});

test('a look into the log is in the log before it is shown', async () => {
  const body = await running.query('{ auditLog(first: 1) { nodes { id } } }', {}, { ...admin, 'x-request-id': 'look' });
  expect(body.errors).toEqual([]);
  const rows = await database().query(`select from audit_logs where request_id = $1`, [
    testPseudonyms.ofRequest('look'),
  ]);
  expect(rows).toHaveLength(1);
});

test('tells how often what was done, to an analyst only of themselves', async () => {
  const document = '{ activityReport(timeFrame: DAY) { activeUsers rows { day action resourceType count } } }';
  interface Report {
    activityReport: { activeUsers: number; rows: { action: string; count: number }[] };
  }
  const countOf = (data: unknown): number | undefined =>
    (data as Report).activityReport.rows.find(({ action }) => action === 'validationRules')?.count;
  const [all, own] = await Promise.all([running.query(document, {}, admin), running.query(document, {}, analyst)]);
  expect((all.data as unknown as Report).activityReport.activeUsers).toBe(2);
  expect(countOf(all.data)).toBe(5);
  expect((own.data as unknown as Report).activityReport.activeUsers).toBe(1);
  expect(countOf(own.data)).toBe(3);
});

test('a viewer reads nothing of it', async () => {
  const body = await running.query(
    '{ auditLog { nodes { id } } activityReport(timeFrame: DAY) { activeUsers } }',
    {},
    await running.as('VIEWER'),
  );
  expect(body.data).toEqual({ auditLog: null, activityReport: null });
});

test('once a record was written to, each of its names finds what was read and written by any of them, and nothing else', async () => {
  const operator = await running.as('OPERATOR');
  const send = (document: string, requestId: string) =>
    running.query(document, {}, { ...operator, 'x-request-id': requestId });
  const read = await send('{ psRequest(id: "PSR-00050") { id } }', 'by-number');
  const { id } = (read.data as { psRequest: { id: string } }).psRequest;
  await send('{ psRequest(id: "PSR-00051") { id } }', 'other');
  await send(`{ node(id: "${id}") { id } }`, 'by-id');
  const native = parseGlobalId(id)?.nativeId;
  for (const requestId of ['by-number', 'other', 'by-id']) await entriesOf(database(), requestId);
  const found = async (filter: string): Promise<string[]> =>
    (await log(admin, `(first: 50, filter: { ${filter} })`)).map(requestOf).toSorted();
  expect(await found('resourceId: "PSR-00050"')).toEqual(['by-number']);
  const written = await send(
    'mutation { updatePsRequest(input: { id: "PSR-00050", risk: HIGH }) { psRequest { id } } }',
    'write',
  );
  expect(written.errors).toEqual([]);
  const refused = await send(
    'mutation { updatePsRequest(input: { id: "PSR-00050", ifUpdatedAt: "2001-01-01T00:00:00Z", risk: LOW }) { psRequest { id } } }',
    'refused',
  );
  expect(refused.errors).toHaveLength(1);
  for (const name of ['PSR-00050', native, id])
    for (const type of ['', 'resourceType: "PsRequest", '])
      expect(await found(`${type}resourceId: "${name}"`), `${type}${name}`).toEqual([
        'by-id',
        'by-number',
        'refused',
        'write',
      ]);
  expect(await found(`resourceType: "JiraIssue", resourceId: "PSR-00050"`)).toEqual([]);
});

test('a query is found by each record that a root field of it names, also when it was answered from memory, and by no other', async () => {
  const operator = await running.as('OPERATOR');
  const read = async (document: string, requestId: string): Promise<void> => {
    expect((await running.query(document, {}, { ...operator, 'x-request-id': requestId })).errors).toEqual([]);
    await entriesOf(database(), requestId);
  };
  const pair = '{ a: psRequest(id: "PSR-00053") { id } b: psRequest(id: "PSR-00054") { id } }';
  await read(pair, 'pair');
  await read(pair, 'pair-again');
  expect(await entriesOf(database(), 'pair-again')).toMatchObject([
    { resourceId: 'PSR-00053 PSR-00054', details: { answer: 'memory', names: ['PSR-00053', 'PSR-00054'] } },
  ]);
  await read('{ jiraProject(key: "PSD") { key } psRequest(id: "PSR-00054") { id } }', 'mixed');
  await read('{ psRequest(id: "PSR-00053") { id } }', 'alone');
  const found = async (filter: string): Promise<string[]> =>
    (await log(admin, `(first: 50, filter: { ${filter} })`)).map(requestOf).toSorted();
  expect(await found('resourceId: "PSR-00053"')).toEqual(['alone', 'pair', 'pair-again']);
  for (const type of ['', 'resourceType: "PsRequest", '])
    expect(await found(`${type}resourceId: "psr-54"`), type).toEqual(['mixed', 'pair', 'pair-again']);
  expect(await found('resourceType: "JiraIssue", resourceId: "PSR-00053"')).toEqual([]);
});

test('who has no credentials reads no entries, not even those of others without any', async () => {
  await running.query('{ psRequest(id: "PSR-00041") { id } }', {}, { 'x-request-id': 'nobody' });
  const [entry] = await entriesOf(database(), 'nobody');
  expect(entry).toBeDefined();
  const [{ id } = { id: '' }] = await log(admin, '(first: 1)');
  const { data, errors } = await running.query(
    `query ($id: ID!) { auditLog(first: 5) { nodes { id } totalCount } node(id: $id) { id } activityReport(timeFrame: DAY) { activeUsers rows { count } } }`,
    { id },
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({
    auditLog: { nodes: [], totalCount: 0 },
    node: null,
    activityReport: { activeUsers: 0, rows: [] },
  });
});

test('keeps no text that a client sends as its name or the id of its request, but ids for tracing as they are', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const client = { ...analyst, 'apollographql-client-name': 'Canary Laptop' };
  await running.query('{ validationRules { id } }', {}, { ...client, 'x-request-id': 'canary.laptop' });
  await running.query('{ validationRules { id } }', {}, { ...client, 'x-request-id': trace });
  expect(await entriesOf(database(), 'canary.laptop')).toHaveLength(1);
  expect(await entriesOf(database(), trace)).toMatchObject([{ requestId: trace }]);
  const dump = JSON.stringify([
    await database().query('select * from audit_logs'),
    await database().query('select * from audit_identities'),
  ]);
  expect(dump).not.toMatch(/canary/i);
  // Of whom nobody can tell, an erasure could not find it.
  const nobody = { 'apollographql-client-name': 'Canary Laptop', 'x-request-id': 'canary.nobody' };
  const unknown = { ...nobody, 'x-request-id': 'canary.unknown', authorization: 'Bearer canary' };
  for (const headers of [nobody, unknown]) await running.query('{ validationRules { id } }', {}, headers);
  for (const request of ['canary.nobody', 'canary.unknown'])
    expect(await entriesOf(database(), request)).toMatchObject([{ client: null }]);
  const exported = await running.query('mutation { exportPerson { data } }', {}, analyst);
  expect(exported.data.exportPerson.data.audit_identities).toContainEqual(
    expect.objectContaining({ kind: 'client', value: 'Canary Laptop' }),
  );
});
