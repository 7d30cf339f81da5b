import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JiraSource } from '../../../src/sources/jira/source.ts';
import type { Company, JiraIssueSeed } from '../../../src/standins/data/company.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { type JiraStandIn, startJiraStandIn } from '../../../src/standins/jira/server.ts';
import { asking, jiraRequest, openTestJira } from '../../support/jira-source.ts';

const company: Company = generateCompany();
const visible = company.jira.issues.filter(({ forbidden, movedFrom }) => !forbidden && movedFrom.length === 0);
const moved = company.jira.issues.filter(({ movedFrom }) => movedFrom.length > 0);
const forbidden = company.jira.issues.filter((issue) => issue.forbidden);

let standIn: JiraStandIn;
let source: JiraSource;
beforeAll(async () => {
  standIn = await startJiraStandIn({ company });
});
afterAll(() => standIn.close());
// A source of its own for every test: sources remember which keys were moved.
beforeEach(async () => {
  source = await openTestJira(standIn);
  standIn.calls.clear();
});
afterEach(async () => {
  standIn.faults.clear();
  await source.close();
});

const loadKeys = (keys: readonly string[], ...fields: string[]) => {
  const { jira } = jiraRequest(source);
  return Promise.all(keys.map((key) => jira.issueByKey.load(key, asking(...fields))));
};
const oldKeyOf = (issue: JiraIssueSeed | undefined) => issue?.movedFrom[0] ?? '';

describe('issues by key', () => {
  it('reads 250 keys in three calls and answers in the order asked', async () => {
    const keys = visible.slice(0, 250).map(({ key }) => key);
    const issues = await loadKeys(keys.toReversed(), 'summary');
    expect(issues.map((issue) => issue?.key)).toEqual(keys.toReversed());
    expect(issues[249]?.summary).toBe(visible[0]?.summary);
    expect(standIn.calls.count()).toBe(3);
    expect(standIn.calls.count('bulkfetch')).toBe(3);
  });

  it('reads a key once, however often and in whatever case it is asked', async () => {
    const key = visible[0]?.key ?? '';
    const { jira } = jiraRequest(source);
    const load = (text: string) => jira.issueByKey.load(text, asking('summary'));
    const first = await Promise.all([load(key), load(key.toLowerCase()), load(`  ${key} `)]);
    const later = await load(key);
    expect([...first, later].map((issue) => issue?.key)).toEqual([key, key, key, key]);
    expect(standIn.calls.count()).toBe(1);
  });

  it('asks for the union of what a tick needs, and again only for what is missing', async () => {
    const [a, b] = visible;
    const { jira } = jiraRequest(source);
    await Promise.all([
      jira.issueByKey.load(a?.key ?? '', asking('summary', 'psRequest')),
      jira.issueByKey.load(b?.key ?? '', asking('status')),
    ]);
    const [call] = standIn.calls.all;
    expect(JSON.parse(call?.body ?? '').fields.toSorted()).toEqual([
      'customfield_10101',
      'status',
      'summary',
      'updated',
    ]);
    await jira.issueByKey.load(a?.key ?? '', asking('status'));
    expect(standIn.calls.count()).toBe(1);
    const issue = await jira.issueByKey.load(a?.key ?? '', asking('priority'));
    expect(issue?.priority).toBe(a?.priority);
    expect(standIn.calls.count()).toBe(2);
  });

  it('brings assignee, reporter and project along without a call of their own', async () => {
    const seed = visible.find(({ assigneeAccountId }) =>
      company.jira.users.some((u) => u.accountId === assigneeAccountId),
    );
    const [issue] = await loadKeys([seed?.key ?? ''], 'assignee', 'reporter', 'project');
    expect(issue?.assignee?.accountId).toBe(seed?.assigneeAccountId);
    expect(issue?.project?.key).toBe(seed?.projectKey);
    expect(standIn.calls.count()).toBe(1);
  });

  it('answers malformed keys with null and without a call', async () => {
    const issues = await loadKeys(
      ['PSD 17', 'PSD-', 'psd_12', 'n/a', 'PSD-12, PSD-13', '-', '12', '', '"; DROP'],
      'summary',
    );
    expect(issues.every((issue) => issue === null)).toBe(true);
    expect(standIn.calls.count()).toBe(0);
  });

  it('tells many moved issues from missing and forbidden ones in the same single call', async () => {
    const missing = ['PSD-90001', 'NOPE-1', 'OPS-90002'];
    const hidden = forbidden.slice(0, 3).map(({ key }) => key);
    const old = moved.slice(0, 8);
    const keys = [...missing, ...old.map(oldKeyOf), ...hidden, ...visible.slice(0, 20).map(({ key }) => key)];
    const issues = await loadKeys(keys, 'summary');
    expect(issues.slice(0, 3)).toEqual([null, null, null]);
    expect(issues.slice(3, 11).map((issue) => issue?.key)).toEqual(old.map(({ key }) => key));
    expect(issues.slice(11, 14)).toEqual([null, null, null]);
    expect(issues.slice(14).every((issue) => issue !== null)).toBe(true);
    expect(standIn.calls.count()).toBe(1);
  });

  it('finds a moved issue by all keys that it ever had, asked at once', async () => {
    const twice = moved.find(({ movedFrom }) => movedFrom.length === 2);
    const keys = [twice?.key ?? '', ...(twice?.movedFrom ?? [])];
    const issues = await loadKeys([...keys, 'PSD-90001'], 'summary');
    expect(issues.map((issue) => issue?.key ?? null)).toEqual([twice?.key, twice?.key, twice?.key, null]);
    expect(standIn.calls.count()).toBe(1);
  });

  it('asks for a known issue by id and without history when it has to be fresh', async () => {
    await loadKeys([oldKeyOf(moved[0])], 'summary');
    const { jira } = jiraRequest(source, { maxAgeSeconds: 0 });
    await new Promise((resolve) => setTimeout(resolve, 2));
    const issue = await jira.issueByKey.load(oldKeyOf(moved[0]), asking('summary'));
    expect(issue?.key).toBe(moved[0]?.key);
    const body = JSON.parse(standIn.calls.all[1]?.body ?? '');
    expect(body.issueIdsOrKeys).toEqual([moved[0]?.id]);
    expect(body.expand).toBeUndefined();
  });

  it('reads issues by numeric id', async () => {
    const { jira } = jiraRequest(source);
    const issue = await jira.issueById.load(visible[3]?.id ?? '', asking('summary'));
    expect(issue?.key).toBe(visible[3]?.key);
    await expect(jira.issueById.load('no-id', asking('summary'))).resolves.toBeNull();
  });

  it('fails only the issue that Jira could not give', async () => {
    const broken = visible[5]?.key ?? '';
    const own = await startJiraStandIn({ company });
    const ownSource = await openTestJira(own);
    try {
      own.breakIssue(broken, 'The issue is too large to be returned.');
      own.calls.clear();
      const { jira } = jiraRequest(ownSource);
      const keys = visible.slice(0, 50).map(({ key }) => key);
      const outcomes = await Promise.allSettled(keys.map((key) => jira.issueByKey.load(key, asking('summary'))));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(49);
      expect(outcomes[5]).toMatchObject({ status: 'rejected', reason: { code: 'UPSTREAM_UNAVAILABLE' } });
      expect(own.calls.count()).toBe(1);
    } finally {
      await ownSource.close();
      await own.close();
    }
  });
});

describe('failures', () => {
  const key = visible[0]?.key ?? '';
  it.each([
    ['401', { kind: 'status', status: 401, body: { errorMessages: ['x'] } }, 'UPSTREAM_AUTHENTICATION_FAILED'],
    ['403', { kind: 'status', status: 403, body: {} }, 'UPSTREAM_FORBIDDEN'],
    ['400', { kind: 'status', status: 400, body: { errorMessages: ['bad field'] } }, 'UPSTREAM_REJECTED'],
    ['410', { kind: 'status', status: 410, body: {} }, 'UPSTREAM_REJECTED'],
    ['503 as HTML', { kind: 'status', status: 503, body: '<html>', contentType: 'text/html' }, 'UPSTREAM_UNAVAILABLE'],
    ['500', { kind: 'status', status: 500, body: {} }, 'UPSTREAM_UNAVAILABLE'],
    [
      'HTML with 200',
      { kind: 'status', status: 200, body: '<html>', contentType: 'text/html' },
      'UPSTREAM_UNAVAILABLE',
    ],
    ['a reset', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
    ['a closed connection', { kind: 'down' }, 'UPSTREAM_UNAVAILABLE'],
  ] as const)('translates %s for every key of the batch, without internals', async (_name, fault, code) => {
    standIn.faults.add(fault);
    const failure = await loadKeys([key], 'summary').catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'GatewayError', code, source: 'JIRA' });
    expect((failure as Error).message).not.toMatch(/bad field|html|127\.0\.0\.1|token/i);
    expect(standIn.calls.count()).toBe(1);
  });

  it('reports a truncated body as a failure of Jira', async () => {
    standIn.faults.add({ kind: 'truncated' });
    await expect(loadKeys([key], 'summary')).rejects.toMatchObject({
      code: expect.stringMatching(/^UPSTREAM_(BAD_RESPONSE|UNAVAILABLE)$/),
    });
  });

  it('cuts a hanging answer off at the deadline', async () => {
    const quick = await openTestJira(standIn, { deadlineMs: 300 });
    try {
      standIn.faults.add({ kind: 'hang' });
      const { jira } = jiraRequest(quick);
      await expect(jira.issueByKey.load(key, asking('summary'))).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    } finally {
      await quick.close();
    }
  });

  it('passes the wait that Jira asks for on, in both forms of the header', async () => {
    const after = new Date(Date.now() + 90_000).toUTCString();
    for (const [header, low, high] of [
      ['17', 17, 17],
      [after, 80, 91],
    ] as const) {
      standIn.faults.clear();
      // A source of its own: the other one leaves Jira alone for as long as it was told.
      const own = await openTestJira(standIn);
      standIn.faults.add({ kind: 'status', status: 429, body: {}, headers: { 'retry-after': header } });
      const { jira } = jiraRequest(own);
      const failure = await jira.issueByKey.load(key, asking('summary')).catch((error: unknown) => error);
      await own.close();
      expect(failure).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
      const { retryAfterSeconds } = failure as { retryAfterSeconds: number };
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(low);
      expect(retryAfterSeconds).toBeLessThanOrEqual(high);
    }
  });

  it('asks a source that is down once for each hundred keys of a request', async () => {
    standIn.faults.add({ kind: 'status', status: 503, body: {} });
    const { jira } = jiraRequest(source);
    const load = () => jira.issueByKey.load(key, asking('summary'));
    await expect(load()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(load()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(standIn.calls.count()).toBe(1);
  });
});
