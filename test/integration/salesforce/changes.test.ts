import { expect, test } from 'vitest';
import { Receipt } from '../../../src/platform/receipt.ts';
import { connectSalesforce } from '../../support/salesforce-connection.ts';
import { startSalesforceGraph } from '../../support/salesforce-graph.ts';
import { statementsIn } from '../../support/salesforce-statements.ts';

const { signal } = new AbortController();

test('a poll tells what was made, changed and deleted since, in two calls for all types', async () => {
  await using graph = await startSalesforceGraph({ warm: true });
  const present = (object: Parameters<typeof graph.standIn.rows>[0]) =>
    graph.standIn.rows(object).filter((row) => row.IsDeleted !== true);
  const stamps = (['PS_Request__c', 'Account', 'PS_Deployment_Step__c', 'User', 'Case'] as const).flatMap((object) =>
    graph.standIn.rows(object).map((row) => Date.parse(String(row.SystemModstamp))),
  );
  const sinceMs = Math.max(...stamps) + 600_000;
  expect(await graph.source.pollChanges(sinceMs, { signal })).toMatchObject({
    changes: [],
    highWaterMs: sinceMs,
    isComplete: true,
  });

  const connection = await connectSalesforce(graph.standIn);
  const [changed, deleted] = present('PS_Request__c');
  const [step] = present('PS_Deployment_Step__c');
  await connection.sobject('PS_Request__c').update({ Id: String(changed?.Id), Product__c: 'Changed' });
  await connection.sobject('PS_Deployment_Step__c').update({ Id: String(step?.Id), Name: 'Changed' });
  await connection.sobject('PS_Request__c').destroy(String(deleted?.Id));
  graph.standIn.calls.clear();
  const receipt = new Receipt();
  const earlierMs = Math.max(...stamps);
  const told = await graph.source.pollChanges(earlierMs, { signal, receipt });
  expect(graph.standIn.calls.billed()).toBe(2);
  expect(receipt.calls).toHaveLength(2);
  expect(told.isComplete).toBe(true);
  const named = new Map(told.changes.map((change) => [`${change.type} ${change.id}`, change]));
  expect(named.get(`PsRequest ${changed?.Id}`)).toMatchObject({ names: [changed?.Name] });
  expect(named.has(`PsRequest ${deleted?.Id}`)).toBe(true);
  expect(named.get(`DeploymentStep ${step?.Id}`)).toMatchObject({ names: [] });
  const row = graph.standIn.rows('PS_Request__c').find(({ Id }) => Id === changed?.Id);
  expect(named.get(`PsRequest ${changed?.Id}`)?.changedAtMs).toBe(Date.parse(String(row?.SystemModstamp)));
  expect(told.highWaterMs).toBe(Math.max(...told.changes.map(({ changedAtMs }) => changedAtMs)));
  // What lists are chosen and ordered by, and that there is no record any more.
  expect(named.get(`PsRequest ${changed?.Id}`)?.values).toMatchObject({
    Product__c: 'Changed',
    Status__c: row?.Status__c,
  });
  expect(named.get(`PsRequest ${deleted?.Id}`)?.values).toBeNull();
  const brought = new Map([...told.records].map(([kind, records]) => [kind.type, records]));
  expect(brought.get('PsRequest')?.get(String(changed?.Id))).toMatchObject({
    names: [changed?.Name],
    values: { Product__c: 'Changed', Description__c: changed?.Description__c ?? null },
  });
  expect(brought.get('PsRequest')?.get(String(deleted?.Id))).toBeNull();
  const again = async () => (await graph.source.pollChanges(earlierMs, { signal })).changes;
  expect(await again()).toEqual(told.changes);
  // A second change within the second of the first has no other time.
  Object.assign(row ?? {}, { Description__c: 'Changed once more' });
  const later = (await again()).find(({ id }) => id === changed?.Id);
  expect(later?.changedAtMs).toBe(named.get(`PsRequest ${changed?.Id}`)?.changedAtMs);
  expect(later?.stamp).not.toBe(named.get(`PsRequest ${changed?.Id}`)?.stamp);
  for (const { soql } of statementsIn(graph.standIn.calls.all)) {
    expect(soql).toMatch(
      /^SELECT Id,SystemModstamp,[\w,]+ FROM \w+ WHERE SystemModstamp >= \S+ ORDER BY SystemModstamp ASC,Id ASC LIMIT \d+$/,
    );
  }
});

test('a poll that finds more than it lists says so', async () => {
  await using graph = await startSalesforceGraph({ warm: true });
  graph.standIn.faults.add({
    kind: 'status',
    path: '/queryAll',
    status: 200,
    body: {
      totalSize: 2_000,
      done: true,
      records: Array.from({ length: 2_000 }, () => ({
        Id: '0015g0000000001AAA',
        SystemModstamp: '2026-01-02T03:04:05.000+0000',
      })),
    },
  });
  const told = await graph.source.pollChanges(0, { signal }, ['Account']);
  expect(told.isComplete).toBe(false);
  expect(told.highWaterMs).toBe(Date.parse('2026-01-02T03:04:05Z'));
});

test('a poll that fails for one type fails whole', async () => {
  await using graph = await startSalesforceGraph({ warm: true });
  graph.standIn.faults.add({ kind: 'down' });
  await expect(graph.source.pollChanges(0, { signal })).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});
