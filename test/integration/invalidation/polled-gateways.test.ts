import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts';
import { MovableClock } from '../../support/identity.ts';
import { sendOperation } from '../../support/send-operation.ts';

let one: TestGateway;
const children: GatewayProcess[] = [];

beforeAll(async () => {
  one = await startTestGateway({ settings: { CHANGE_POLL_INTERVAL: '1' } });
});
afterAll(async () => {
  for (const child of children) child.signal('SIGKILL');
  await Promise.all(children.map(({ ended }) => ended));
  await one?.close();
});

const polls = () => one.salesforce.calls.all.filter(({ body }) => body.includes('/queryAll'));
const readsOfSalesforce = () =>
  one.salesforce.calls.all.filter(({ path, body }) => path.includes('/data/') && !body.includes('/queryAll'));
const productOf = async (id: string, url = one.url): Promise<string> =>
  (await sendOperation(url, 'query ($id: ID!) { psRequest(id: $id) { product } }', { id })).data.psRequest?.product;
const summaryOf = async (key: string): Promise<string> =>
  (await one.query('query ($key: String!) { jiraIssue(key: $key) { summary } }', { key })).data.jiraIssue.summary;

/** As a person in Salesforce would. */
function change(place: number, columns: Record<string, unknown>): string {
  const row = one.salesforce.rows('PS_Request__c').filter(({ IsDeleted }) => IsDeleted !== true)[place];
  if (!row) throw new Error('The company has too few requests.');
  Object.assign(row, columns, Object.keys(columns).length > 0 ? { SystemModstamp: new Date().toISOString() } : {});
  return String(row.Id);
}

describe('a change that nobody tells of', () => {
  test('in Salesforce is seen after the next poll, which brings the record along', async () => {
    const ids = [change(0, {}), change(1, {}), change(2, {})];
    await Promise.all(ids.map((id) => productOf(id)));
    one.salesforce.calls.clear();
    await expect.poll(() => polls().length, { timeout: 4_000 }).toBeGreaterThanOrEqual(2);
    for (const id of ids) await productOf(id);
    expect(readsOfSalesforce()).toEqual([]);
    change(1, { Product__c: 'Changed in Salesforce' });
    await expect.poll(() => productOf(ids[1] ?? ''), { timeout: 4_000, interval: 100 }).toBe('Changed in Salesforce');
    for (const id of ids) await productOf(id);
    expect(readsOfSalesforce()).toEqual([]);
  });

  test('in Salesforce of what hardly changes is seen after the next poll of that, within four intervals', async () => {
    const document = 'query ($id: ID!) { psRequest(id: $id) { account { industry } } }';
    const id = change(5, {});
    const industry = async () => (await one.query(document, { id })).data.psRequest.account.industry;
    await industry();
    const ofRequest = one.salesforce.rows('PS_Request__c').find(({ Id }) => Id === id)?.Account__c;
    const row = one.salesforce.rows('Account').find(({ Id }) => Id === ofRequest);
    Object.assign(row ?? {}, { Industry: 'Changed in Salesforce', SystemModstamp: new Date().toISOString() });
    await expect.poll(industry, { timeout: 8_000, interval: 100 }).toBe('Changed in Salesforce');
  });

  test('that deletes a request in Salesforce is seen too', async () => {
    const id = change(3, {});
    await productOf(id);
    change(3, { IsDeleted: true });
    await expect.poll(() => productOf(id), { timeout: 4_000, interval: 100 }).toBeUndefined();
  });

  test('in Jira is seen after the next poll, by one read of that issue alone', async () => {
    const keys = ['PSD-1', 'PSD-2', 'PSD-3'];
    await Promise.all(keys.map(summaryOf));
    one.jira.calls.clear();
    one.jira.updateIssue('PSD-2', { summary: 'Changed in Jira', updatedAt: new Date().toISOString() });
    await expect.poll(() => summaryOf('PSD-2'), { timeout: 4_000, interval: 100 }).toBe('Changed in Jira');
    await Promise.all(keys.map(summaryOf));
    expect(one.jira.calls.count('bulkfetch')).toBe(1);
  });
});

test('an instance that is killed is followed by the other, and together they poll no more often than one', async () => {
  const child = await startGatewayProcess({
    NODE_ENV: 'test',
    DATABASE_URL: one.database?.url ?? '',
    CHANGE_POLL_INTERVAL: '1',
    SALESFORCE_LOGIN_URL: one.salesforce.url,
    SALESFORCE_CLIENT_ID: one.salesforce.clientId,
    SALESFORCE_CLIENT_SECRET: one.salesforce.clientSecret,
    ANONYMOUS_ROLE: 'viewer',
  });
  children.push(child);
  const id = change(4, {});
  await productOf(id, child.url);
  one.salesforce.calls.clear();
  const startedAtMs = performance.now();
  await expect.poll(() => polls().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(6);
  // One call for the four objects that change all day, due once a second, and one for the three others, due every four.
  expect(polls().length).toBeLessThanOrEqual(((performance.now() - startedAtMs) / 1_000) * 1.25 + 2);
  child.signal('SIGKILL');
  await child.ended;
  await productOf(id);
  change(4, { Product__c: 'Changed after the kill' });
  await expect.poll(() => productOf(id), { timeout: 5_000, interval: 100 }).toBe('Changed after the kill');
});

test('metrics tell how the polls go', async () => {
  const text = await (await fetch(`${one.url}/metrics`)).text();
  expect(text).toMatch(/job_runs_total\{job="poll-salesforce",outcome="done"\} [1-9]/);
  expect(text).toMatch(/job_runs_total\{job="poll-jira",outcome="idle"\} [1-9]/);
  expect(text).toMatch(/job_last_done_timestamp_seconds\{job="poll-jira"\} \d{10}/);
});

test('a gateway that stops ends its polls', async () => {
  const other = await startTestGateway({ settings: { CHANGE_POLL_INTERVAL: '1' } });
  await other.query('{ psRequests(first: 1) { nodes { number } } }');
  await expect.poll(() => other.salesforce.calls.count('composite'), { timeout: 4_000 }).toBeGreaterThan(0);
  const { salesforce } = other;
  await other.close();
  const calls = salesforce.calls.all.length;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(salesforce.calls.all.length).toBe(calls);
});

test('a whole answer that is kept counts as a read of the sources that it is made of, and of no other', async () => {
  const clock = new MovableClock();
  const settings = { CHANGE_POLL_INTERVAL: '1' };
  const other = await startTestGateway({ settings, clock, responseCacheBytes: 1_000_000 });
  const ask = async () => (await other.query('{ accounts(first: 1) { nodes { name } } }')).headers.get('cache-status');
  const lastReads = async () => {
    const rows = await other.database?.query<{ readonly source: string; readonly last_read_at: Date | string }>(
      'select source, last_read_at from sync_cursors order by source',
    );
    return rows?.map(({ source, last_read_at }) => [source, new Date(last_read_at).getTime()]);
  };
  const readOfSalesforce = () => ['salesforce', 'salesforce-long-lived'].map((feed) => [feed, clock.now()]);
  const noted = { timeout: 4_000, interval: 100 };
  try {
    await ask();
    await expect.poll(lastReads, noted).toEqual(readOfSalesforce());
    clock.advanceMs(120_000);
    expect(await ask()).toContain('deployment-graph; hit');
    await expect.poll(lastReads, noted).toEqual(readOfSalesforce());
  } finally {
    await other.close();
  }
});
