import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import type { Selection } from '../../../src/platform/selection.ts';
import type { SalesforceRow } from '../../../src/standins/data/company.ts';
import { type SalesforceGraph, startSalesforceGraph } from '../../support/salesforce-graph.ts';
import { idOf, smallOrg } from '../../support/small-salesforce-org.ts';

let graph: SalesforceGraph;
beforeAll(async () => {
  graph = await startSalesforceGraph();
});
afterAll(() => graph[Symbol.asyncDispose]());
beforeEach(() => graph.standIn.calls.clear());

const present = (object: Parameters<SalesforceGraph['standIn']['rows']>[0]) =>
  graph.standIn.rows(object).filter((row) => row.IsDeleted !== true);
const rowOf = (object: Parameters<SalesforceGraph['standIn']['rows']>[0], id: unknown): SalesforceRow | undefined =>
  present(object).find((row) => row.Id === id);
const asking = (...fields: string[]): { selection: Selection; args: Record<string, unknown> } => ({
  selection: { fields: new Map(fields.map((field) => [field, { fields: new Map() }])) },
  args: {},
});

test('every field of every request is what Salesforce holds', async () => {
  const { data, errors } = await graph.run(/* GraphQL */ `{
    psRequests(first: 200, orderBy: { field: NUMBER, direction: ASC }) {
      nodes {
        id salesforceId number status type environment product version risk requestedDate targetDate goLiveDate
        changeWindow { start end } estimatedHours description createdAt updatedAt primaryJiraKey
        account { salesforceId name } project { salesforceId } owner { salesforceId } technicalLead { salesforceId } approvedBy { salesforceId }
      }
    }
  }`);
  expect(errors).toEqual([]);
  const toEnum = (value: unknown) => (value === null ? null : String(value).toUpperCase().replaceAll(' ', '_'));
  const toUtc = (value: unknown) => (value === null ? null : String(value).replace('+0000', 'Z'));
  const idIf = (object: 'Account' | 'User' | 'pse__Proj__c', id: unknown) =>
    id === null || !rowOf(object, id) ? null : { salesforceId: id };
  const accountOf = (id: unknown) => idIf('Account', id) && { salesforceId: id, name: rowOf('Account', id)?.Name };
  for (const node of data.psRequests.nodes) {
    const row = rowOf('PS_Request__c', node.salesforceId) ?? {};
    expect(node).toEqual({
      id: toGlobalId('PsRequest', String(row.Id)),
      salesforceId: row.Id,
      number: row.Name,
      status: toEnum(row.Status__c),
      type: toEnum(row.Type__c),
      environment: toEnum(row.Environment__c),
      product: row.Product__c,
      version: row.Version__c,
      risk: toEnum(row.Risk__c),
      requestedDate: row.Requested_Date__c,
      targetDate: row.Target_Date__c,
      goLiveDate: row.Go_Live_Date__c,
      changeWindow:
        row.Change_Window_Start__c === null && row.Change_Window_End__c === null
          ? null
          : { start: toUtc(row.Change_Window_Start__c), end: toUtc(row.Change_Window_End__c) },
      estimatedHours: row.Estimated_Hours__c,
      description: row.Description__c,
      createdAt: toUtc(row.CreatedDate),
      updatedAt: toUtc(row.LastModifiedDate),
      primaryJiraKey: row.Jira_Key__c,
      account: accountOf(row.Account__c),
      project: idIf('pse__Proj__c', row.Project__c),
      owner: idIf('User', row.OwnerId),
      technicalLead: idIf('User', row.Technical_Lead__c),
      approvedBy: idIf('User', row.Approved_By__c),
    });
  }
  expect(data.psRequests.nodes).toHaveLength(200);
});

test('steps, cases and links are those of their request, steps in their sequence', async () => {
  const { data } = await graph.run(/* GraphQL */ `{
    psRequests(first: 200) {
      nodes {
        salesforceId
        steps { salesforceId sequence psRequest { salesforceId } }
        cases { salesforceId number psRequest { salesforceId } }
        jiraLinks { jiraKey linkType psRequest { salesforceId } }
      }
    }
  }`);
  let lists = 0;
  for (const node of data.psRequests.nodes) {
    const childrenOf = (object: 'PS_Deployment_Step__c' | 'Case' | 'PS_Request_Jira_Link__c') =>
      present(object).filter((row) => row.PS_Request__c === node.salesforceId);
    const steps = childrenOf('PS_Deployment_Step__c').sort(
      (left, right) =>
        Number(left.Sequence__c) - Number(right.Sequence__c) || (String(left.Id) < String(right.Id) ? -1 : 1),
    );
    const own = { psRequest: { salesforceId: node.salesforceId } };
    expect(node.steps).toEqual(steps.map((row) => ({ salesforceId: row.Id, sequence: row.Sequence__c, ...own })));
    expect(node.cases).toEqual(
      childrenOf('Case').map((row) => ({ salesforceId: row.Id, number: row.CaseNumber, ...own })),
    );
    expect(node.jiraLinks.map((link: { jiraKey: string }) => link.jiraKey)).toEqual(
      childrenOf('PS_Request_Jira_Link__c').map((row) => row.Jira_Key__c),
    );
    lists += steps.length;
  }
  expect(lists).toBeGreaterThan(200);
  // The way back up from a child is held already.
  expect(graph.standIn.calls.billed()).toBe(2);
});

test('an id of 15 characters, of 18, a global id and the number are one request, and one query', async () => {
  const row = present('PS_Request__c')[7] ?? {};
  const ids = [String(row.Id).slice(0, 15), String(row.Id), toGlobalId('PsRequest', String(row.Id))];
  const query = `{ ${ids.map((id, index) => `r${index}: psRequest(id: "${id}") { number }`).join(' ')} }`;
  const { data } = await graph.run(query);
  expect(data).toEqual({ r0: { number: row.Name }, r1: { number: row.Name }, r2: { number: row.Name } });
  expect(graph.standIn.calls.all).toHaveLength(1);
  const { data: byNumber } = await graph.run('query ($id: ID!) { psRequest(id: $id) { salesforceId } }', {
    id: String(row.Name).toLowerCase(),
  });
  expect(byNumber.psRequest.salesforceId).toBe(row.Id);
});

test('records of every type are found through node, once each', async () => {
  const first = (object: Parameters<typeof present>[0]) => String(present(object)[0]?.Id);
  const ids = [
    toGlobalId('PsRequest', first('PS_Request__c')),
    toGlobalId('Account', first('Account')),
    toGlobalId('Project', first('pse__Proj__c')),
    toGlobalId('SalesforceUser', first('User')),
    toGlobalId('DeploymentStep', first('PS_Deployment_Step__c')),
    toGlobalId('Case', first('Case')),
  ];
  const { data, errors } = await graph.run('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
  expect(errors).toEqual([]);
  expect(data.nodes.map((node: { id: string }) => node.id)).toEqual(ids);
  // Six objects: a composite call of five queries and a lone one.
  expect(graph.standIn.calls.billed()).toBe(2);
});

test('links and requests are found by their Jira key, whatever its case', async () => {
  const loaders = graph.loaders();
  const key = String(present('PS_Request_Jira_Link__c')[0]?.Jira_Key__c);
  const links = await loaders.jiraLinksByJiraKey.load(key.toLowerCase(), asking('jiraKey', 'psRequest'));
  const expected = present('PS_Request_Jira_Link__c').filter(
    (row) => String(row.Jira_Key__c).toUpperCase() === key.toUpperCase(),
  );
  expect(links?.map((link) => link.salesforceId)).toEqual(expected.map((row) => row.Id));
  const primary = String(
    present('PS_Request__c').find((row) => /^[A-Z]+-\d+$/.test(String(row.Jira_Key__c)))?.Jira_Key__c,
  );
  const requests = await loaders.psRequestsByPrimaryJiraKey.load(primary, asking('number'));
  expect(requests?.length).toBeGreaterThan(0);
  graph.standIn.calls.clear();
  expect(await loaders.jiraLinksByJiraKey.load("x' OR 1", asking('jiraKey'))).toEqual([]);
  expect(graph.standIn.calls.all).toEqual([]);
});

test('search finds requests, accounts and projects in one call', async () => {
  const loaders = graph.loaders();
  const [requests, accounts, projects, nothing] = await Promise.all([
    loaders.searchPsRequests('PSR-0001', 5, asking('number').selection),
    loaders.searchAccounts('a', 5, asking('name').selection),
    loaders.searchProjects('a', 5, asking('name').selection),
    loaders.searchAccounts('   ', 5, asking('name').selection),
  ]);
  expect(requests?.map(({ number }) => number)).toEqual(requests?.map(() => expect.stringContaining('PSR-0001')));
  expect([requests?.length, accounts?.length, projects?.length, nothing?.length]).toEqual([5, 5, 5, 0]);
  expect(graph.standIn.calls.all).toHaveLength(1);
});

test('of a record that is held in part, only what is missing is read', async () => {
  const loaders = graph.loaders();
  const id = String(present('Account')[0]?.Id);
  await loaders.accountById.load(id, asking('name'));
  graph.standIn.calls.clear();
  await loaders.accountById.load(id, asking('name'));
  expect(graph.standIn.calls.all).toEqual([]);
  expect(await loaders.accountById.load(id, asking('name', 'region'))).toMatchObject({ name: expect.any(String) });
  expect(graph.standIn.calls.all.map(({ path }) => decodeURIComponent(path))).toEqual([
    expect.stringMatching(/\?q=SELECT Id,SystemModstamp,Region__c FROM Account WHERE Id IN/),
  ]);
});

test('loaders of different requests share calls and what was read', async () => {
  const id = String(present('Account')[0]?.Id);
  const [one, other] = [graph.loaders(), graph.loaders()];
  await Promise.all([one.accountById.load(id, asking('name')), other.accountById.load(id, asking('region'))]);
  expect(graph.standIn.calls.all).toHaveLength(1);
  expect(await other.accountById.load(id, asking('name'))).toMatchObject({ name: expect.any(String) });
  expect(graph.standIn.calls.all).toHaveLength(1);
  await graph.loaders().accountById.load(id, asking('name'));
  expect(graph.standIn.calls.all, 'a test that is not warm begins with nothing').toHaveLength(2);
});

test('what real data holds and the schema does not know costs its own field, and is logged once', async () => {
  const queue = '00G5g000000LuKkEAK';
  const request = (values: SalesforceRow) => ({
    Name: 'PSR-00001',
    Status__c: 'Draft',
    OwnerId: idOf('User', 1),
    Account__c: null,
    Risk__c: null,
    Technical_Lead__c: null,
    Type__c: null,
    Estimated_Hours__c: null,
    ...values,
  });
  await using small = await startSalesforceGraph({
    company: smallOrg({
      User: [{ Name: 'Ada', IsActive: true }],
      PS_Request__c: [
        request({ OwnerId: queue }),
        request({ Name: 'PSR-00002', Risk__c: 'Extreme', Technical_Lead__c: '0059999999999999AA' }),
        request({ Name: 'PSR-00003', Status__c: 'Parked', Risk__c: 'Extreme' }),
        request({ Name: 'PSR-00004', Account__c: idOf('Account', 99) }),
      ],
    }),
  });
  const { data, errors } = await small.run(
    '{ psRequests(orderBy: { field: NUMBER, direction: ASC }) { edges { node { number risk owner { name } technicalLead { name } account { name } } } } }',
  );
  expect(errors).toEqual([]);
  expect(data.psRequests.edges.map(({ node }: { node: unknown }) => node)).toEqual([
    { number: 'PSR-00001', risk: null, owner: null, technicalLead: null, account: null },
    { number: 'PSR-00002', risk: null, owner: { name: 'Ada' }, technicalLead: null, account: null },
    { number: 'PSR-00003', risk: null, owner: { name: 'Ada' }, technicalLead: null, account: null },
    { number: 'PSR-00004', risk: null, owner: { name: 'Ada' }, technicalLead: null, account: null },
  ]);
  // A parent that came back null is known not to be visible, and a queue is no user: neither is asked for again.
  expect(small.standIn.calls.all).toHaveLength(1);
  expect(small.logLines.filter((line) => line.field === 'PsRequest.risk')).toHaveLength(1);
  const status = await small.run('{ psRequest(id: "PSR-00003") { number status } }');
  expect(status.data.psRequest).toBeNull();
  expect(status.errors).toMatchObject([{ path: 'psRequest.status', code: 'UPSTREAM_BAD_RESPONSE' }]);
});

test('an id of another kind of record loads as null, without a call', async () => {
  const loaders = graph.loaders();
  expect(await loaders.userById.load('00G5g000000LuKkEAK', asking('name'))).toBeNull();
  expect(await loaders.accountById.load(String(present('User')[0]?.Id), asking('name'))).toBeNull();
  expect(graph.standIn.calls.all).toEqual([]);
});

test('a Jira key finds links that were typed in another case, and tells keys apart', async () => {
  const link = (key: string) => ({ PS_Request__c: idOf('PS_Request__c', 1), Jira_Key__c: key, Link_Type__c: 'blocks' });
  await using small = await startSalesforceGraph({
    company: smallOrg({
      User: [{ Name: 'Integration User', IsActive: true }],
      PS_Request__c: [{ Name: 'PSR-00001', Status__c: 'Draft', OwnerId: idOf('User', 1) }],
      PS_Request_Jira_Link__c: ['psd-7', 'PSD-7', 'Psd-70'].map(link),
    }),
  });
  const loaders = small.loaders();
  const [seven, seventy] = await Promise.all([
    loaders.jiraLinksByJiraKey.load('PSD-7', asking('jiraKey')),
    loaders.jiraLinksByJiraKey.load('psd-70', asking('jiraKey')),
  ]);
  expect(seven?.map(({ jiraKey }) => jiraKey)).toEqual(['psd-7', 'PSD-7']);
  expect(seventy?.map(({ jiraKey }) => jiraKey)).toEqual(['Psd-70']);
  expect(small.standIn.calls.all).toHaveLength(1);
});
