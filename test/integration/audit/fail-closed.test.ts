import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { entriesOf } from '../../support/audit-rows.ts';
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
