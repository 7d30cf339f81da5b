import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import type { GraphqlAnswer } from '../../support/send-operation.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ responseCacheBytes: 64_000_000 });
});
afterAll(async () => {
  await gateway.close();
});
beforeEach(() => gateway.clearCalls());

const examples = new URL('../../../examples/', import.meta.url);
const calls = (): number => gateway.salesforce.calls.count() + gateway.jira.calls.count();
const cacheStatus = ({ headers }: GraphqlAnswer): string | null => headers.get('cache-status');

describe('every example that reads', () => {
  for (const file of readdirSync(examples).filter((name) => name.endsWith('.graphql'))) {
    if (/^mutation\b/m.test(readFileSync(new URL(file, examples), 'utf8'))) continue;
    test(`${file} is answered again as it was, without any call`, async () => {
      const document = readFileSync(new URL(file, examples), 'utf8');
      const variables = JSON.parse(/^# variables: (.*)$/m.exec(document)?.[1] ?? '{}') as Record<string, unknown>;
      if (Array.isArray(variables.ids)) {
        const { data } = await gateway.query('{ psRequests(first: 2) { nodes { id } } }');
        variables.ids = data.psRequests.nodes.map(({ id }: { id: string }) => id);
      }
      const executed = await gateway.query(document, variables, { 'cache-control': 'no-store' });
      const first = await gateway.query(document, variables);
      expect(first.errors).toEqual([]);
      expect(cacheStatus(first)).toMatch(/deployment-graph; fwd=miss; stored$/);
      gateway.clearCalls();
      const again = await gateway.query(document, variables);
      expect(cacheStatus(again)).toContain('deployment-graph; hit; ttl=');
      expect(calls()).toBe(0);
      expect(again.data).toEqual(first.data);
      expect(again.data).toEqual(executed.data);
    });
  }
});

test('what a person is told of oneself is given to nobody else', async () => {
  const query = '{ viewer { id roles } }';
  const [viewer, admin] = await Promise.all([gateway.as('VIEWER'), gateway.as('ADMIN')]);
  for (let turn = 0; turn < 2; turn += 1) {
    const asViewer = await gateway.query(query, {}, viewer);
    const asAdmin = await gateway.query(query, {}, admin);
    const anonymous = await gateway.query(query);
    expect(asViewer.data.viewer.roles).toEqual(['VIEWER']);
    expect(asAdmin.data.viewer.roles).toContain('ADMIN');
    expect(anonymous.data.viewer.id).toBe('anonymous');
    expect(asAdmin.headers.get('cache-control')).toBe('private, max-age=60');
    if (turn === 1) expect(cacheStatus(asAdmin)).toContain('hit');
  }
});

test('a bad token is refused before anything stored is looked at', async () => {
  const query = '{ psRequests(first: 1) { nodes { number } } }';
  await gateway.query(query);
  expect((await gateway.query(query, {}, { authorization: 'Bearer nonsense' })).status).toBe(401);
});

test('whoever changes something sees the change in the next answer', async () => {
  const operator = await gateway.as('OPERATOR');
  const read = '{ mentors(first: 1) { nodes { id assessments(first: 1) { nodes { score comment } } } } }';
  const { data } = await gateway.query(read, {}, operator);
  expect(cacheStatus(await gateway.query(read, {}, operator))).toContain('hit');
  const mentorId: string = data.mentors.nodes[0].id;
  const requests = await gateway.query('{ psRequests(first: 1) { nodes { number } } }', {}, operator);
  const psRequestNumber: string = requests.data.psRequests.nodes[0].number;
  const change = 'mutation ($input: SubmitAssessmentsInput!) { submitAssessments(input: $input) { created updated } }';
  const comment = `seen at once ${Math.random()}`;
  const input = { assessments: [{ mentorId, psRequestNumber, score: 4, comment }] };
  const changed = await gateway.query(change, { input }, operator);
  expect(changed.errors).toEqual([]);
  expect(changed.headers.get('cache-control')).toBe('no-store');
  const after = await gateway.query(read, {}, operator);
  expect(cacheStatus(after)).toMatch(/deployment-graph; fwd=miss; stored$/);
  expect(after.data.mentors.nodes[0].assessments.nodes[0]).toEqual({ score: 4, comment });
  // What has nothing to do with it stays.
  expect(cacheStatus(await gateway.query('{ psRequests(first: 1) { nodes { number } } }', {}, operator))).toContain(
    'hit',
  );
});

test('an answer that lost a source is not kept', async () => {
  const query = '{ jiraIssue(key: "PSD-3") { key summary reporter { displayName } } }';
  gateway.jira.faults.add({ kind: 'status', status: 503 });
  const failed = await gateway.query(query);
  expect(failed.errors).not.toEqual([]);
  expect(failed.headers.get('cache-control')).toBe('no-store');
  gateway.jira.faults.clear();
  const healthy = await gateway.query(query);
  expect(healthy.errors).toEqual([]);
  expect(cacheStatus(healthy)).toMatch(/deployment-graph; fwd=miss; stored$/);
});

test('an entry of the audit log is kept for nobody, and neither is that somebody else may not see it', async () => {
  const [admin, analyst] = await Promise.all([gateway.as('ADMIN'), gateway.as('ANALYST')]);
  await gateway.query('{ viewer { name } }', {}, analyst);
  const log = '{ auditLog(first: 1) { nodes { id } } }';
  await expect.poll(async () => (await gateway.query(log, {}, analyst)).data.auditLog.nodes.length).toBe(1);
  const [mine] = (await gateway.query(log, {}, analyst)).data.auditLog.nodes;
  const everybodys = '{ viewer { id } auditLog(first: 1, filter: { actor: "anonymous" }) { nodes { id } } }';
  await gateway.query('{ viewer { name } }');
  await expect.poll(async () => (await gateway.query(everybodys, {}, admin)).data.auditLog.nodes.length).toBe(1);
  const [others] = (await gateway.query(everybodys, {}, admin)).data.auditLog.nodes;
  const node = 'query ($id: ID!) { node(id: $id) { id } }';
  for (let turn = 0; turn < 2; turn += 1) {
    expect((await gateway.query(node, { id: others.id }, analyst)).data.node).toBeNull();
    expect((await gateway.query(node, { id: others.id }, admin)).data.node).toEqual(others);
    const own = await gateway.query(node, { id: mine.id }, analyst);
    expect(own.data.node).toEqual(mine);
    expect(cacheStatus(own)).not.toMatch(/stored|hit;/);
  }
});
