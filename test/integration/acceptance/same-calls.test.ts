import { expect, test } from 'vitest';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { CompanyRecords } from '../../support/company-records.ts';
import { startTestGateway } from '../../support/gateway.ts';

const company = generateCompany();
const records = new CompanyRecords(company);
const requests = records.live('PS_Request__c').slice(0, 100);
const issues = company.jira.issues.filter(({ forbidden, movedFrom }) => !forbidden && movedFrom.length === 0);
const accounts = records.live('Account');

interface Cost {
  readonly salesforce: number;
  readonly jira: number;
}

/** Runs an operation on a gateway of its own, which has read nothing yet. */
async function run(document: string, variables: Record<string, unknown> = {}) {
  const gateway = await startTestGateway({ company });
  try {
    gateway.clearCalls();
    const { data, errors } = await gateway.query(document, variables);
    expect(errors).toEqual([]);
    const cost: Cost = { salesforce: gateway.salesforce.calls.billed(), jira: gateway.jira.calls.count() };
    return { data, cost };
  } finally {
    await gateway.close();
  }
}

const aliases = <Item>(items: readonly Item[], field: (item: Item, index: number) => string) =>
  `{ ${items.map((item, index) => `a${index}: ${field(item, index)}`).join('\n')} }`;

const cardFields = `number status account { name owner { name } } owner { name } steps { name assignee { name } } cases { subject }
  jiraLinks { jiraKey } jiraIssues { key summary assignee { displayName } }`;

/** The same record as a person may hold it: global id, 15 characters, 18 characters, number. */
function writtenIn(form: number, row: (typeof requests)[number]): string {
  const id = String(row.Id);
  const forms = [
    toGlobalId('PsRequest', id),
    id.slice(0, 15),
    id,
    String(row.Name),
    ` ${String(row.Name).toLowerCase()} `,
  ];
  return forms[form % forms.length] ?? id;
}

test('a hundred aliases of requests, by mixed forms of ids, cost the calls of one', async () => {
  const one = await run(`{ psRequest(id: "${requests[0]?.Id}") { number account { name } owner { name } } }`);
  const hundred = await run(
    aliases(
      requests,
      (row, index) => `psRequest(id: "${writtenIn(index, row)}") { number account { name } owner { name } }`,
    ),
  );
  expect(one.cost).toEqual({ salesforce: 1, jira: 0 });
  expect(hundred.cost).toEqual(one.cost);
  expect(requests.map((_row, index) => hundred.data[`a${index}`].number)).toEqual(requests.map((row) => row.Name));
});

test('a hundred aliases of one request, in every form of its id, cost the calls of one', async () => {
  const [row] = requests;
  if (!row) throw new Error('The data set has no request.');
  const { data, cost } = await run(
    aliases(
      Array(100).fill(row),
      (same, index) => `psRequest(id: "${writtenIn(index, same)}") { number steps { name } }`,
    ),
  );
  const one = await run(`{ psRequest(id: "${row.Name}") { number steps { name } } }`);
  expect(cost).toEqual(one.cost);
  expect(new Set(Object.values(data).map((value) => JSON.stringify(value)))).toEqual(
    new Set([JSON.stringify(one.data.psRequest)]),
  );
});

test('a hundred aliases of whole cards cost the Salesforce calls of one, and one Jira call for each hundred keys', async () => {
  const one = await run(`{ psRequest(id: "${requests[0]?.Id}") { ${cardFields} } }`);
  const hundred = await run(aliases(requests, (row) => `psRequest(id: "${row.Id}") { ${cardFields} }`));
  const keys = new Set(requests.flatMap((row) => [...records.issueKeysOf(row)]));
  expect(hundred.cost).toEqual({ salesforce: one.cost.salesforce, jira: Math.ceil(keys.size / 100) });
  expect(hundred.data.a0).toEqual(one.data.psRequest);
});

test('a hundred aliases of issues cost the calls of one', async () => {
  const hundred = issues.slice(0, 100);
  const fields = 'key summary assignee { displayName } project { name }';
  const one = await run(`{ jiraIssue(key: "${hundred[0]?.key}") { ${fields} } }`);
  const { data, cost } = await run(
    aliases(hundred, ({ key }, index) => `jiraIssue(key: "${index % 2 ? key : key.toLowerCase()}") { ${fields} }`),
  );
  expect(one.cost).toEqual({ salesforce: 0, jira: 1 });
  expect(cost).toEqual(one.cost);
  expect(hundred.map((_issue, index) => data[`a${index}`].key)).toEqual(hundred.map(({ key }) => key));
});

/** A hundred ids of accounts, each form of an id in turn. */
const accountIds = Array.from({ length: 100 }, (_, index) => {
  const id = String(accounts[index % accounts.length]?.Id);
  return [id, id.slice(0, 15), toGlobalId('Account', id)][index % 3] ?? id;
});

test('a hundred aliases of accounts cost the calls of one', async () => {
  const one = await run(`{ account(id: "${accounts[0]?.Id}") { name owner { name } } }`);
  const { data, cost } = await run(aliases(accountIds, (id) => `account(id: "${id}") { name owner { name } }`));
  expect(one.cost).toEqual({ salesforce: 1, jira: 0 });
  expect(cost).toEqual(one.cost);
  expect(accountIds.map((_id, index) => data[`a${index}`].name)).toEqual(
    accountIds.map((_id, index) => accounts[index % accounts.length]?.Name),
  );
});

test('a hundred aliases of accounts, each with its requests, make the batches of the list of all accounts', async () => {
  const fields = 'salesforceId name psRequests(first: 3) { nodes { number } }';
  const list = await run(`{ accounts(first: ${accounts.length}) { nodes { ${fields} } } }`);
  const { data, cost } = await run(aliases(accountIds, (id) => `account(id: "${id}") { ${fields} }`));
  expect(cost).toEqual(list.cost);
  const byId = new Map(list.data.accounts.nodes.map((node: { salesforceId: string }) => [node.salesforceId, node]));
  for (const aliased of Object.values(data) as { salesforceId: string }[])
    expect(aliased).toEqual(byId.get(aliased.salesforceId));
});

test('fragments, directives and aliases of fields change nothing about the calls', async () => {
  const plain = await run(`{ psRequests(first: 50) { nodes { ${cardFields} } } }`);
  const dressed = await run(
    `query ($yes: Boolean = true, $no: Boolean = false) {
      psRequests(first: 50) {
        edges @include(if: $yes) { node { ...Card ... @include(if: $yes) { people: owner { title: name } } } }
        nodes { ...Card @skip(if: $no) ... on Node { id } }
        never: nodes @include(if: $no) { validationResults { message } }
      }
    }
    fragment Card on PsRequest {
      number status account { ...Customer } owner { name } steps { name ...Who } cases { subject }
      jiraLinks { jiraKey } jiraIssues { ... on JiraIssue { key summary } assignee { displayName } }
      approvedBy @skip(if: true) { name }
    }
    fragment Customer on Account { name owner { name } }
    fragment Who on DeploymentStep { assignee { name } }`,
  );
  expect(dressed.cost).toEqual(plain.cost);
  expect(dressed.data.psRequests.nodes.map(({ id: _id, ...node }: { id: string }) => node)).toEqual(
    plain.data.psRequests.nodes,
  );
  expect(Object.keys(dressed.data.psRequests)).not.toContain('never');
});

test('a field that @skip or @include leaves out costs no call', async () => {
  const { data, cost } = await run(
    `query ($no: Boolean!) { psRequest(id: "${requests[1]?.Id}") {
      number jiraIssues @include(if: $no) { key } steps @skip(if: true) { name } ... @include(if: $no) { cases { subject } }
    } other: jiraIssue(key: "${issues[0]?.key}") @include(if: $no) { key } }`,
    { no: false },
  );
  expect(data).toEqual({ psRequest: { number: requests[1]?.Name } });
  expect(cost).toEqual({ salesforce: 1, jira: 0 });
});

test('the same records through the interface cost one call for each kind of source, in the order of the ids', async () => {
  const ids = requests.flatMap((row, index) => [
    toGlobalId('PsRequest', String(row.Id)),
    toGlobalId('JiraIssue', String(issues[index]?.id)),
  ]);
  const { data, cost } = await run(
    `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ...OfRequest ... on JiraIssue { key } } }
     fragment OfRequest on PsRequest { number account { name } owner { name } }`,
    { ids },
  );
  expect(cost).toEqual({ salesforce: 1, jira: 1 });
  expect(data.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(data.nodes.map((node: { number?: string; key?: string }) => node.number ?? node.key)).toEqual(
    requests.flatMap((row, index) => [row.Name, issues[index]?.key]),
  );
});
