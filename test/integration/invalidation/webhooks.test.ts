import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { sendNotice, signature } from '../../support/webhooks.ts';

const secret = 'jira-secret-of-the-test';
const salesforceSecret = 'salesforce-secret-of-the-test';
let one: TestGateway;
let other: TestGateway;

beforeAll(async () => {
  one = await startTestGateway({
    settings: { JIRA_WEBHOOK_SECRET: secret, SALESFORCE_WEBHOOK_SECRET: salesforceSecret },
    responseCacheBytes: 1_000_000,
  });
  other = await startTestGateway({
    settings: {
      DATABASE_URL: one.database?.url ?? '',
      JIRA_BASE_URL: one.jira.url,
      JIRA_EMAIL: one.jira.email,
      JIRA_API_TOKEN: one.jira.apiToken,
      JIRA_WEBHOOK_SECRET: secret,
      ANONYMOUS_ROLE: 'analyst',
    },
    responseCacheBytes: 1_000_000,
  });
});
afterAll(async () => {
  await other?.close();
  await one?.close();
});
beforeEach(() => one.clearCalls());

let deliveries = 0;
const deliver = (notice: unknown, headers: Record<string, string> = {}, to = one) =>
  sendNotice(to.url, 'jira', secret, notice, {
    'x-atlassian-webhook-identifier': `delivery-${(deliveries += 1)}`,
    ...headers,
  });
const issueQuery = 'query Issue($key: String!) { jiraIssue(key: $key) { key summary } }';
const summaryOf = async (key: string, gateway = one): Promise<string> =>
  (await gateway.query(issueQuery, { key })).data.jiraIssue?.summary;
const someIssue = (place: number) => {
  const issue = one.gateway.standIns.jira?.issue(`PSD-${place}`);
  if (!issue) throw new Error('The company has no such issue.');
  return issue;
};
const updated = (issue: { id: string; key: string }, more: object = {}) => ({
  timestamp: Date.now(),
  webhookEvent: 'jira:issue_updated',
  issue: { id: issue.id, key: issue.key },
  ...more,
});

describe('a signed notice of Jira', () => {
  test('shows the change of an issue in the next answer, of other instances too', async () => {
    const issue = someIssue(1);
    await summaryOf(issue.key);
    await summaryOf(issue.key, other);
    one.jira.updateIssue(issue.key, { summary: 'Changed in Jira' });
    expect(await summaryOf(issue.key)).not.toBe('Changed in Jira');
    expect((await deliver(updated(issue))).status).toBe(204);
    expect(await summaryOf(issue.key)).toBe('Changed in Jira');
    await expect.poll(() => summaryOf(issue.key, other), { timeout: 1_000 }).toBe('Changed in Jira');
  });

  test('costs one call for what it concerns and none for the rest', async () => {
    const [issue, untouched] = [someIssue(2), someIssue(3)];
    await summaryOf(issue.key);
    await summaryOf(untouched.key);
    await deliver(updated(issue));
    one.clearCalls();
    await summaryOf(issue.key);
    await summaryOf(untouched.key);
    expect(one.jira.calls.count()).toBe(1);
  });

  test('of a moved issue concerns its former key as well', async () => {
    const issue = someIssue(4);
    await summaryOf(issue.key);
    one.jira.updateIssue(issue.key, { summary: 'Moved and changed' });
    const changelog = { items: [{ field: 'Key', fromString: issue.key, toString: 'NEW-1' }] };
    await deliver(updated({ id: '99999999', key: 'NEW-1' }, { changelog }));
    expect(await summaryOf(issue.key)).toBe('Moved and changed');
  });

  test.each([
    ['comment_created', (id: string, key: string) => ({ comment: { id: '7' }, issue: { id, key } })],
    ['worklog_updated', (id: string) => ({ worklog: { id: '7', issueId: id } })],
    ['issuelink_created', (id: string) => ({ issueLink: { id: 7, sourceIssueId: Number(id), destinationIssueId: 1 } })],
    ['jira:issue_deleted', (id: string, key: string) => ({ issue: { id, key } })],
  ])('%s has the issue read again', async (webhookEvent, subject) => {
    const issue = someIssue(5);
    await summaryOf(issue.key);
    one.clearCalls();
    const notice = { timestamp: Date.now(), webhookEvent, ...subject(issue.id, issue.key) };
    expect((await deliver(notice)).status).toBe(204);
    await summaryOf(issue.key);
    expect(one.jira.calls.count('bulkfetch')).toBe(1);
  });

  test('that is delivered twice counts once, whichever instance gets it', async () => {
    const issue = someIssue(6);
    const notice = updated(issue);
    const headers = { 'x-atlassian-webhook-identifier': 'delivered-twice' };
    await deliver(notice, headers);
    await summaryOf(issue.key);
    one.clearCalls();
    for (const gateway of [one, other]) {
      expect((await deliver({ ...notice, timestamp: Date.now() + 1 }, headers, gateway)).status).toBe(204);
    }
    await summaryOf(issue.key);
    expect(one.jira.calls.count()).toBe(0);
  });

  test('that is replayed under another name counts once, because the name is not signed', async () => {
    const issue = someIssue(7);
    const notice = updated(issue);
    await deliver(notice);
    await summaryOf(issue.key);
    one.clearCalls();
    await deliver(notice, { 'x-atlassian-webhook-identifier': 'another-name' });
    await summaryOf(issue.key);
    expect(one.jira.calls.count()).toBe(0);
  });

  test('from longer ago than deliveries are remembered changes nothing', async () => {
    const issue = someIssue(8);
    await summaryOf(issue.key);
    one.clearCalls();
    const answer = await deliver(updated(issue, { timestamp: Date.now() - 8 * 86_400_000 }));
    expect(answer.status).toBe(204);
    await summaryOf(issue.key);
    expect(one.jira.calls.count()).toBe(0);
  });

  test('of an event that concerns nothing here is accepted and logged', async () => {
    expect((await deliver({ webhookEvent: 'board_created', board: { id: 7 } })).status).toBe(204);
    expect(one.logLines.at(-1)).toMatchObject({ sender: 'jira', event: 'board_created', outcome: 'ignored' });
  });
});

describe('a notice that nobody vouches for', () => {
  const body = JSON.stringify({ webhookEvent: 'jira:issue_updated', issue: { id: '10000', key: 'PSD-1' } });
  test.each([
    ['without a signature', { 'x-hub-signature': '' }],
    ['signed with another secret', { 'x-hub-signature': signature('another-secret-of-somebody', body) }],
    ['signed for another body', { 'x-hub-signature': signature(secret, `${body} `) }],
    ['signed in another way', { 'x-hub-signature': signature(secret, body).replace('sha256=', 'sha1=') }],
    ['with half of its signature', { 'x-hub-signature': signature(secret, body).slice(0, 40) }],
  ])('%s is refused with 401 and invalidates nothing', async (_how, headers) => {
    await summaryOf('PSD-1');
    one.clearCalls();
    const answer = await sendNotice(one.url, 'jira', secret, body, headers);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    await summaryOf('PSD-1');
    expect(one.jira.calls.count()).toBe(0);
  });
});

test('a body that is too long is refused before it is read as a whole', async () => {
  const answer = await deliver('x'.repeat(2_000_000));
  expect(answer.status).toBe(413);
});

test('without anything like a signature nothing of the body is waited for', async () => {
  const port = Number(new URL(one.url).port);
  const head =
    'POST /webhooks/jira HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500000\r\n';
  for (const header of ['', 'x-hub-signature: sha256=abc\r\n'])
    expect(await sendRaw(port, `${head}${header}\r\n{"webhook`, 2_000)).toMatch(/^HTTP\/1\.1 401 /);
});

test('a signed body that is no notice is refused with 400', async () => {
  expect((await deliver('[]')).status).toBe(400);
  expect((await deliver('{"webhookEvent":')).status).toBe(400);
});

test('without a secret the path is not there', async () => {
  const answer = await sendNotice(other.url, 'salesforce', salesforceSecret, { id: 'd', changes: [] });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
});

test('a GET of the path is refused with 405', async () => {
  expect((await fetch(`${one.url}/webhooks/jira`)).status).toBe(405);
});

describe('a signed notice of Salesforce', () => {
  const requestQuery = 'query Request($id: ID!) { psRequest(id: $id) { number product } }';
  const productOf = async (id: string): Promise<string> =>
    (await one.query(requestQuery, { id })).data.psRequest.product;
  const rename = (id: string, Product__c: string) => {
    const row = one.salesforce.rows('PS_Request__c').find((candidate) => candidate.Id === id) as Record<
      string,
      unknown
    >;
    row.Product__c = Product__c;
  };
  const send = (notice: unknown) => sendNotice(one.url, 'salesforce', salesforceSecret, notice);

  test.each([18, 15])('concerns a record by its id of %i characters', async (length) => {
    const id = String(one.salesforce.rows('PS_Request__c').find(({ IsDeleted }) => IsDeleted !== true)?.Id);
    await productOf(id);
    rename(id, `Product ${length}`);
    expect(await productOf(id)).not.toBe(`Product ${length}`);
    const changes = [{ object: 'PS_Request__c', id: id.slice(0, length), changeType: 'UPDATE' }];
    expect((await send({ id: `of-${length}`, changes })).status).toBe(204);
    expect(await productOf(id)).toBe(`Product ${length}`);
    expect(one.salesforce.calls.count()).toBe(length === 18 ? 2 : 1);
  });

  test('keeps no list because of what was held of the record, which may be older than the list', async () => {
    const number = 'PSR-00070';
    const row = one.salesforce.rows('PS_Request__c').find(({ Name }) => Name === number);
    const id = String(row?.Id);
    const list = '{ psRequests(first: 5, filter: { product: "Brandnew", status: [BLOCKED] }) { nodes { number } } }';
    const listed = async () => (await one.query(list)).data.psRequests.nodes;
    await one.query('query ($id: ID!) { psRequest(id: $id) { number product status } }', { id: number });
    // Nobody tells of this; a list that is read now knows it.
    one.salesforce.updateRow('PS_Request__c', id, { Product__c: 'Brandnew', Status__c: 'Draft' });
    expect(await listed()).toEqual([]);
    one.salesforce.updateRow('PS_Request__c', id, { Status__c: 'Blocked' });
    const changed = { changedFields: ['Status__c'], values: { Status__c: 'Blocked' } };
    const changes = [{ object: 'PS_Request__c', id, changeType: 'UPDATE', ...changed }];
    expect((await send({ id: 'older-product', changes })).status).toBe(204);
    expect(await listed()).toEqual([{ number }]);
  });

  test('that a request is back, with its number, shows it to whoever missed it by its number', async () => {
    const number = 'PSR-00071';
    const id = String(one.salesforce.rows('PS_Request__c').find(({ Name }) => Name === number)?.Id);
    const query = 'query ($id: ID!) { psRequest(id: $id) { number } }';
    const read = async () => (await one.query(query, { id: number })).data.psRequest;
    one.salesforce.updateRow('PS_Request__c', id, { IsDeleted: true });
    expect(await read()).toBeNull();
    one.salesforce.updateRow('PS_Request__c', id, { IsDeleted: false });
    const changes = [{ object: 'PS_Request__c', id, changeType: 'UNDELETE', values: { Name: number } }];
    expect((await send({ id: 'back', changes })).status).toBe(204);
    expect(await read()).toEqual({ number });
  });

  test('passes over objects and ids that it does not know', async () => {
    const changes = [
      { object: 'Secret__c', id: 'a0R000000000001', changeType: 'UPDATE' },
      { object: 'Account', id: 'not an id', changeType: 'DELETE' },
    ];
    expect((await send({ id: 'unknown', changes })).status).toBe(204);
    expect(one.logLines.at(-1)).toMatchObject({ sender: 'salesforce', outcome: 'ignored' });
  });

  test('with a change of no known kind is refused', async () => {
    expect((await send({ id: 'odd', changes: [{ object: 'Account', id: 'x', changeType: 'MAYBE' }] })).status).toBe(
      400,
    );
  });
});

test('metrics count notices by what became of them', async () => {
  const text = await (await fetch(`${one.url}/metrics`)).text();
  expect(text).toMatch(/webhooks_total\{sender="jira",outcome="duplicate"\} [1-9]/);
  expect(text).toMatch(/webhooks_total\{sender="jira",outcome="unsigned"\} [1-9]/);
});
