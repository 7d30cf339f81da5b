import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JiraIssueSeed } from '../../../src/standins/data/company.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const generated = generateCompany();
/** Numbers of the requests whose links hold a key. */
const linkedRequests = new Map<string, unknown[]>();
for (const link of generated.salesforce.PS_Request_Jira_Link__c) {
  const request = generated.salesforce.PS_Request__c.find(({ Id }) => Id === link.PS_Request__c);
  const key = String(link.Jira_Key__c).trim().toUpperCase();
  if (link.IsDeleted !== true && request && request.IsDeleted !== true)
    linkedRequests.set(key, [...(linkedRequests.get(key) ?? []), request.Name]);
}
const isLinkedByFormerKey = ({ forbidden, key, movedFrom }: JiraIssueSeed): boolean =>
  !forbidden && !linkedRequests.has(key) && movedFrom.some((former) => linkedRequests.has(former));
/** Moved issues of which nothing but a link with a former key says which request they serve. */
const company = {
  ...generated,
  jira: {
    ...generated.jira,
    issues: generated.jira.issues.map((issue) => (isLinkedByFormerKey(issue) ? { ...issue, psRequest: null } : issue)),
  },
};
const issueByKey = new Map<string, JiraIssueSeed>();
for (const issue of company.jira.issues)
  for (const key of [issue.key, ...issue.movedFrom]) if (!issue.forbidden) issueByKey.set(key, issue);

/** The issues that a request should show, by the data set itself. */
function expectedIssues(salesforceId: string): string[] {
  const request = company.salesforce.PS_Request__c.find(({ Id }) => Id === salesforceId);
  const links = company.salesforce.PS_Request_Jira_Link__c.filter(
    (link) => link.IsDeleted !== true && link.PS_Request__c === salesforceId,
  );
  const keys = [request?.Jira_Key__c, ...links.map(({ Jira_Key__c }) => Jira_Key__c)];
  const found = keys.flatMap((key) => issueByKey.get(String(key).trim().toUpperCase())?.key ?? []);
  return [...new Set(found)];
}

interface RequestNode {
  readonly salesforceId: string;
  readonly number: string;
  readonly jiraIssues: readonly { readonly key: string; readonly assignee: unknown }[];
  readonly jiraLinks: readonly { readonly jiraKey: string; readonly issue: { readonly key: string } | null }[];
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ company });
});
afterAll(() => gateway.close());
afterEach(() => {
  gateway.jira.faults.clear();
  gateway.salesforce.faults.clear();
});

const requestsWithIssues = `query ($first: Int!, $after: String) {
  psRequests(first: $first, after: $after, orderBy: { field: NUMBER, direction: ASC }) {
    pageInfo { endCursor }
    nodes {
      salesforceId number
      jiraIssues { key summary status { category } assignee { displayName } }
      jiraLinks { jiraKey linkType issue { key updatedAt } }
    }
  }
}`;

describe('links between Salesforce and Jira', () => {
  it.each([50, 200])('show the issues of %i requests with one Jira call for each hundred keys', async (first) => {
    gateway.clearCalls();
    const { data, errors } = await gateway.query(requestsWithIssues, { first });
    expect(errors ?? []).toEqual([]);
    const nodes: RequestNode[] = data.psRequests.nodes;
    expect(nodes).toHaveLength(first);
    for (const { salesforceId, jiraIssues } of nodes) {
      const expected = expectedIssues(salesforceId);
      expect(new Set(jiraIssues.map(({ key }) => key))).toEqual(new Set(expected));
      expect(jiraIssues).toHaveLength(expected.length);
    }
    const keys = new Set(
      nodes.flatMap(({ salesforceId }) => {
        const request = company.salesforce.PS_Request__c.find(({ Id }) => Id === salesforceId);
        const links = company.salesforce.PS_Request_Jira_Link__c.filter(
          (link) => link.IsDeleted !== true && link.PS_Request__c === salesforceId,
        );
        return [request?.Jira_Key__c, ...links.map(({ Jira_Key__c }) => Jira_Key__c)]
          .map((key) => String(key).trim().toUpperCase())
          .filter((key) => /^[A-Z][A-Z0-9_]*-\d+$/.test(key));
      }),
    );
    expect(gateway.jira.calls.count()).toBeLessThanOrEqual(Math.ceil(keys.size / 100));
  });

  it('lead a link with an old key to the moved issue, and a link to nothing to null', async () => {
    const { data } = await gateway.query(requestsWithIssues, { first: 200 });
    const links = (data.psRequests.nodes as RequestNode[]).flatMap(({ jiraLinks }) => jiraLinks);
    for (const { jiraKey, issue } of links)
      expect(issue?.key ?? null).toBe(issueByKey.get(jiraKey.trim().toUpperCase())?.key ?? null);
    expect(links.some(({ jiraKey, issue }) => issue !== null && issue.key !== jiraKey.trim().toUpperCase())).toBe(true);
    expect(links.some(({ issue }) => issue === null)).toBe(true);
  });

  it('lead an issue to the request that its custom field names, however it is written', async () => {
    const requests = new Map(
      company.salesforce.PS_Request__c.filter((row) => row.IsDeleted !== true).map((row) => [String(row.Name), row]),
    );
    const written = [...issueByKey.values()].filter(
      ({ psRequest, movedFrom }) => movedFrom.length === 0 && psRequest !== null && !requests.has(psRequest),
    );
    const odd = written.filter(({ psRequest }) =>
      requests.has(psRequest?.replace('see', '').trim().toUpperCase() ?? ''),
    );
    const fields = odd
      .slice(0, 10)
      .map(({ key }, index) => `i${index}: jiraIssue(key: "${key}") { psRequest { number } }`);
    const { data } = await gateway.query(`{ ${fields.join('\n')} }`);
    expect(fields.length).toBeGreaterThan(2);
    for (const [index, { psRequest }] of odd.slice(0, 10).entries())
      expect(data[`i${index}`].psRequest.number).toBe(psRequest?.replace('see', '').trim().toUpperCase());
  });

  it('lead a moved issue to the request whose links still hold a former key', async () => {
    const byFormerKey = company.jira.issues.filter(isLinkedByFormerKey);
    expect(byFormerKey.length).toBeGreaterThan(0);
    const fields = byFormerKey.map(({ key }, index) => `i${index}: jiraIssue(key: "${key}") { psRequest { number } }`);
    gateway.clearCalls();
    const { data, errors } = await gateway.query(`{ ${fields.join('\n')} }`);
    expect(errors).toEqual([]);
    for (const [index, { movedFrom }] of byFormerKey.entries())
      expect(movedFrom.flatMap((former) => linkedRequests.get(former) ?? [])).toContain(
        data[`i${index}`].psRequest?.number,
      );
    expect(gateway.jira.calls.count()).toBeLessThanOrEqual(1);
  });

  it('find the requests of a hundred issues with a handful of calls, whichever way each is found', async () => {
    gateway.clearCalls();
    const { data, errors } = await gateway.query('{ jiraIssues(first: 100) { nodes { key psRequest { number } } } }');
    expect(errors ?? []).toEqual([]);
    const numbers = (data.jiraIssues.nodes as { psRequest: { number: string } | null }[]).map(
      ({ psRequest }) => psRequest?.number,
    );
    expect(numbers.filter((number) => number !== undefined).length).toBeGreaterThan(30);
    expect(gateway.jira.calls.count()).toBe(2);
    expect(gateway.salesforce.calls.billed()).toBeLessThanOrEqual(6);
  });

  it('keep the requests and lose only the issues while Jira is down', async () => {
    // One that has read nothing of Jira yet.
    await using started = new AsyncDisposableStack();
    const cold = await startTestGateway({ company });
    started.defer(() => cold.close());
    cold.jira.faults.add({ kind: 'status', status: 503, body: '<html>', contentType: 'text/html' });
    const { status, data, errors } = await cold.query(requestsWithIssues, { first: 5 });
    expect(status).toBe(200);
    const nodes: RequestNode[] = data.psRequests.nodes;
    expect(nodes.every(({ number }) => number.startsWith('PSR-'))).toBe(true);
    const failed = nodes.filter(({ jiraIssues }) => jiraIssues === null);
    expect(failed.length).toBeGreaterThan(0);
    for (const error of errors)
      expect(error).toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE', source: 'JIRA' } });
    expect(errors.filter(({ path }) => path?.at(-1) === 'jiraIssues')).toHaveLength(failed.length);
  });
});

describe('search', () => {
  const document = `query ($text: String!, $first: Int) { search(text: $text, first: $first) {
    __typename
    ... on PsRequest { number status } ... on Account { name } ... on Project { name } ... on JiraIssue { key summary assignee { displayName } }
  } }`;
  const [issue] = company.jira.issues.filter(({ forbidden, movedFrom }) => !forbidden && movedFrom.length === 0);

  it('puts the request with the number and the issue with the key first', async () => {
    const byNumber = await gateway.query(document, { text: 'psr-42' });
    expect(byNumber.data.search[0]).toMatchObject({ __typename: 'PsRequest', number: 'PSR-00042' });
    const byKey = await gateway.query(document, { text: issue?.key.toLowerCase() });
    expect(byKey.data.search[0]).toMatchObject({ __typename: 'JiraIssue', key: issue?.key });
  });

  it('finds an account by the beginning of its name', async () => {
    const name = String(company.salesforce.Account.find(({ Name }) => /^[A-Za-z]{5}/.test(String(Name)))?.Name);
    const { data } = await gateway.query(document, { text: name.slice(0, 5) });
    expect(data.search).toContainEqual({ __typename: 'Account', name });
  });

  it.each([
    ['jira', 'psr-0004'],
    ['salesforce', 'rollback'],
  ] as const)('answers without %s, with one error that names it', async (source, text) => {
    gateway[source].faults.add({ kind: 'down' });
    const { status, data, errors } = await gateway.query(document, { text });
    expect(status).toBe(200);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ path: ['search'], extensions: { source: source.toUpperCase() } });
    const types = new Set((data.search as { __typename: string }[]).map(({ __typename }) => __typename));
    expect(types.has('JiraIssue')).toBe(source === 'salesforce');
  });

  it.each(['', '   ', '%', 'x'.repeat(201)])('refuses the text %j without a call', async (text) => {
    gateway.clearCalls();
    const { errors } = await gateway.query(document, { text });
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(gateway.jira.calls.count() + gateway.salesforce.calls.count()).toBe(0);
  });

  it('takes quotes, backslashes and operators as text', async () => {
    for (const text of ['"C:\\deploy\\run.ps1" can\'t', "O'Brien", 'a AND b OR NOT c', 'x" OR key = "PSD-1', '100%_']) {
      const { data, errors } = await gateway.query(document, { text });
      expect(errors ?? []).toEqual([]);
      expect(Array.isArray(data.search)).toBe(true);
    }
  });
});
