import { afterEach, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

/** What SOQL statements named, wherever in a call they were: SELECT lists and ids asked for. */
function statementsTo(standIn: TestGateway['salesforce']): string {
  return decodeURIComponent(standIn.calls.all.map(({ path, body }) => `${path} ${body}`).join('\n')).replaceAll(
    '+',
    ' ',
  );
}

function idsIn(text: string, prefix: string): Set<string> {
  return new Set(text.match(new RegExp(`${prefix}[A-Za-z0-9]{${15 - prefix.length},${18 - prefix.length}}`, 'g')));
}

test('Salesforce: the same records with one more field cost that field of those records, and nothing the second time', async () => {
  gateway = await startTestGateway();
  const ids = gateway.salesforce
    .rows('PS_Request__c')
    .filter(({ IsDeleted }) => IsDeleted !== true)
    .slice(0, 40)
    .map(({ Id }) => String(Id));
  const globalIds = ids.map((id) => Buffer.from(`PsRequest:${id}`).toString('base64url'));
  const ask = (fields: string, asked = globalIds) =>
    gateway?.query(`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on PsRequest { ${fields} } } }`, { ids: asked });
  await ask('number status product', globalIds.slice(0, 30));
  gateway.clearCalls();
  const subset = await ask('number product', globalIds.slice(5, 20));
  expect(subset?.errors).toEqual([]);
  expect(gateway.salesforce.calls.count()).toBe(0);

  const more = await ask('number status product version', globalIds.slice(0, 30));
  expect(more?.errors).toEqual([]);
  const text = statementsTo(gateway.salesforce);
  expect(gateway.salesforce.calls.count()).toBe(1);
  expect(text).toContain('Version__c');
  for (const held of ['Status__c', 'Product__c']) expect(text).not.toContain(held);
  expect(idsIn(text, 'a0R')).toEqual(new Set(ids.slice(0, 30)));

  gateway.clearCalls();
  const wider = await ask('number status product version');
  expect(wider?.data.nodes).toHaveLength(40);
  expect(idsIn(statementsTo(gateway.salesforce), 'a0R')).toEqual(new Set(ids.slice(30)));

  gateway.clearCalls();
  await ask('version number product status');
  expect(gateway.salesforce.calls.count()).toBe(0);
});

test('Jira: the same issues with one more field cost that field of those issues, and nothing the second time', async () => {
  gateway = await startTestGateway();
  const ids = Array.from({ length: 30 }, (_, index) => String(10_001 + index)).filter(
    (id) => gateway?.jira.issue(id)?.forbidden === false,
  );
  const globalIds = ids.map((id) => Buffer.from(`JiraIssue:${id}`).toString('base64url'));
  const ask = (fields: string, asked = globalIds) =>
    gateway?.query(`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on JiraIssue { ${fields} } } }`, { ids: asked });
  await ask('key summary priority', globalIds.slice(0, 20));
  gateway.clearCalls();
  await ask('key summary', globalIds.slice(3, 15));
  expect(gateway.jira.calls.count()).toBe(0);

  const more = await ask('key summary priority labels', globalIds.slice(0, 20));
  expect(more?.errors).toEqual([]);
  expect(gateway.jira.calls.count()).toBe(1);
  const call = JSON.parse(String(gateway.jira.calls.all[0]?.body)) as { fields: string[]; issueIdsOrKeys: string[] };
  expect(call.fields).toContain('labels');
  for (const held of ['summary', 'priority']) expect(call.fields).not.toContain(held);
  expect(call.issueIdsOrKeys.toSorted()).toEqual(ids.slice(0, 20).toSorted());

  gateway.clearCalls();
  await ask('labels key summary priority', globalIds.slice(0, 20));
  expect(gateway.jira.calls.count()).toBe(0);
});
