import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import { testPseudonyms } from '../../support/audit.ts';
import { auditRows, entriesOf } from '../../support/audit-rows.ts';
import type { TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let running: TestGateway;
let admin: Record<string, string>;

beforeAll(async () => {
  running = await startTestGateway();
  admin = await running.as('ADMIN');
});
afterAll(() => running.close());

function database(): TestDatabase {
  if (!running.database) throw new Error('The gateway has a database of its own.');
  return running.database;
}

/** Takes the log away, and gives back how to return it. */
const troubles: readonly (readonly [string, () => Promise<() => Promise<unknown>>])[] = [
  [
    'nobody may append',
    async () => {
      await database().query('revoke insert on audit_logs from deployment_graph_app');
      return () => database().query('grant insert on audit_logs to deployment_graph_app');
    },
  ],
  [
    'the log is locked',
    async () => {
      const locker = new pg.Client({ connectionString: database().superuserUrl });
      await locker.connect();
      await locker.query('begin; lock table audit_logs in share row exclusive mode');
      return () => locker.end();
    },
  ],
];

test.for(troubles)(
  'while %s, changes and sensitive reads are refused within three seconds, and other reads go on',
  async ([, take]) => {
    const mentors = await running.query('{ mentors(first: 1) { nodes { id } } }', {}, admin);
    const mentorId = (mentors.data as { mentors: { nodes: { id: string }[] } }).mentors.nodes[0]?.id;
    const assessed = async () =>
      await database().query(
        "select count(*)::int, sum(version)::int, md5(string_agg(score::text, ',' order by id)) from assessments",
      );
    const before = await assessed();
    const giveBack = await take();
    try {
      const change = `mutation { submitAssessments(input: { assessments: [{ mentorId: "${mentorId}", psRequestNumber: "PSR-00042", score: 1 }] }) { created } }`;
      for (const document of [
        change,
        'mutation { invalidateCache(input: { source: JIRA }) { invalidated } }',
        '{ auditLog { nodes { id } } }',
      ]) {
        const startedAt = performance.now();
        const answer = await running.query(document, {}, admin);
        expect(performance.now() - startedAt, document).toBeLessThan(3_000);
        expect(JSON.stringify(answer), document).toContain('AUDIT_UNAVAILABLE');
        expect(JSON.stringify(answer), document).not.toMatch(/"(invalidated|created|nodes)"/);
      }
      const read = await running.query(
        '{ validationRules { id } }',
        {},
        { ...admin, 'x-request-id': `during-${before.length}` },
      );
      expect(read.errors).toEqual([]);
      const metrics = await (await fetch(`${running.url}/metrics`)).text();
      expect(metrics).toMatch(/audit_writes_total\{path="database",outcome="failed"\} [1-9]/);
      const status = await running.query('{ gatewayStatus { alerts { name } } }', {}, admin);
      expect(JSON.stringify(status)).toContain('audit-unwritable');
    } finally {
      await giveBack();
    }
    expect(await assessed()).toEqual(before);
    expect(await entriesOf(database(), `during-${before.length}`)).not.toHaveLength(0);
  },
);

test('neither bad arguments beside it, nor many ids, nor a denied neighbour let a change or a sensitive read by while its chain is locked', async () => {
  const entries = await running.query('{ auditLog(first: 2) { nodes { id } } }', {}, admin);
  const ids = (entries.data as { auditLog: { nodes: { id: string }[] } }).auditLog.nodes.map(({ id }) => id);
  const representations = ids.map((id) => ({ __typename: 'AuditEntry', id }));
  const analyst = await running.as('ANALYST');
  const hidden = 'query ($v: ID = "x") { p: account(id: $v) { id } e: auditLog { nodes { id } } }';
  const hiddenChange = `mutation ($v: RevokeSessionInput = { id: "x" }) {
    p: revokeSession(input: $v) { __typename } e: invalidateCache(input: { tags: ["Project"] }) { invalidated }
  }`;
  const half = '{ e: auditLog { nodes { id } } p: erasure(requestId: "x") { requestId } }';
  const asked: [string, Record<string, unknown>, Record<string, string>, string][] = [
    [hidden, { v: null }, admin, 'ALLOWED'],
    [hiddenChange, { v: null }, admin, 'ALLOWED'],
    ['query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }, admin, 'ALLOWED'],
    [
      'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
      { r: representations },
      admin,
      'ALLOWED',
    ],
    [half, {}, analyst, 'DENIED'],
  ];
  const locker = new pg.Client({ connectionString: database().superuserUrl });
  await locker.connect();
  await locker.query(`begin; select from audit_heads where tenant = 'demo' for update`);
  try {
    const answers = await Promise.all(
      asked.map(([document, variables, headers]) => running.query(document, variables, headers)),
    );
    for (const [number, answer] of answers.entries()) {
      const text = JSON.stringify(answer);
      expect(text, asked[number]?.[0]).toContain('AUDIT_UNAVAILABLE');
      expect(text, asked[number]?.[0]).not.toMatch(/"(invalidated|nodes|_entities)"/);
    }
  } finally {
    await locker.end();
  }
  for (const [number, [document, variables, headers, outcome]] of asked.entries()) {
    const requestId = `hidden-${number}`;
    await running.query(document, variables, { ...headers, 'x-request-id': requestId });
    // At once: they are not in the journal.
    const rows = (await auditRows(database())).filter((row) => row.requestId === testPseudonyms.ofRequest(requestId));
    expect(rows.at(-1), document).toMatchObject({ outcome });
    expect(rows.flatMap(({ actions }) => actions).join(), document).toMatch(
      /auditLog|revokeSession,invalidateCache|nodes|_entities/,
    );
    if (outcome === 'DENIED') expect(rows[0]?.details).toMatchObject({ errors: ['FORBIDDEN'], shown: ['auditLog'] });
  }
});

test('an address or words in the place of an id are in no entry', async () => {
  const hidden = ['ada.canary@corp.example', 'ada.canary says hello'];
  const ids = hidden.flatMap((text) => [text, ...['Person', 'Case'].map((type) => toGlobalId(type, text))]);
  for (const [number, id] of ids.entries())
    await running.query(
      'query ($id: ID!, $ids: [ID!]!) { account(id: $id) { id } nodes(ids: $ids) { id } }',
      { id, ids: [id] },
      { ...admin, 'x-request-id': `canary-${number}` },
    );
  expect(await entriesOf(database(), `canary-${ids.length - 1}`)).toHaveLength(1);
  const stored = JSON.stringify(await database().query('select * from audit_logs'));
  for (const text of [...ids, 'canary@', 'canary says']) expect(stored).not.toContain(text);
});
