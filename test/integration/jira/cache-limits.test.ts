import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/platform/log.ts';
import { rateLimited } from '../../../src/standins/jira/rate-limit.ts';
import { QuotaLedger } from '../../../src/upstream/quota-ledger.ts';
import { asking, jiraRequest, select } from '../../support/jira-source.ts';
import { type JiraUnderCache, openJiraUnderCache } from '../../support/jira-under-cache.ts';
import { SMALL_SITE_NOW_MS } from '../../support/small-jira-site.ts';

let quota: QuotaLedger;
let under: JiraUnderCache;
beforeEach(async () => {
  quota = new QuotaLedger({
    source: 'JIRA',
    clock: { now: () => SMALL_SITE_NOW_MS },
    log: createLogger('silent'),
  });
  under = await openJiraUnderCache({}, { quota });
});
afterEach(() => under.close());

const page = () => jiraRequest(under.source).jira.issuesPage({ first: 2 }, null, select('key'));

describe('a limit that Jira tells', () => {
  it('of one endpoint closes it for as long as it was told, while others go on', async () => {
    under.standIn.faults.add({ ...rateLimited('jira-burst-based', 30), path: 'bulkfetch' });
    await expect(under.key('PSD-1')).rejects.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      retryAfterSeconds: 30,
      details: { scope: 'endpoint' },
    });
    under.standIn.faults.clear();
    for (let second = 4; second < 30; second += 4) {
      under.advanceSeconds(4);
      await expect(under.key('PSD-2')).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    }
    expect(under.standIn.calls.count('bulkfetch')).toBe(1);
    expect((await page())?.connection.nodes).toHaveLength(2);
    const { jira } = jiraRequest(under.source);
    expect(await jira.commentsByIssueKey.load('101', asking('body'))).toHaveLength(2);
    // Waits are stretched by up to 30 %, so that not all instances return at once.
    under.advanceSeconds(12);
    expect(await under.key('PSD-2')).toBe('PSD-2');
    expect(under.standIn.calls.count('bulkfetch')).toBe(2);
  });

  it('of the tenant closes every endpoint', async () => {
    under.standIn.faults.add({ ...rateLimited('jira-quota-tenant-based', 30), times: 1 });
    await expect(under.key('PSD-1')).rejects.toMatchObject({ details: { scope: 'tenant' } });
    await expect(page()).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    expect(under.standIn.calls.count()).toBe(1);
    expect(under.source.upstream.status().state).toBe('DOWN');
  });

  it('leaves what is held to be served as stale', async () => {
    await under.key('PSD-1');
    under.advanceSeconds(1_000);
    under.standIn.calls.clear();
    under.standIn.faults.add(rateLimited('jira-burst-based', 30));
    expect(await under.key('PSD-1')).toBe('PSD-1');
    expect(await under.key('PSD-1')).toBe('PSD-1');
    expect(under.standIn.calls.count()).toBe(1);
  });

  it('reaches the ledger of the allowance from every answer', async () => {
    under.standIn.faults.add({
      kind: 'status',
      status: 200,
      body: { issues: [], issueErrors: [] },
      headers: {
        'RateLimit-Policy': '"tenant-app-quota";q=100000;w=3600',
        RateLimit: '"tenant-app-quota";r=60000;t=1200',
      },
      times: 1,
    });
    await under.key('PSD-1');
    expect(quota.snapshot()).toMatchObject({
      used: 40_000,
      limit: 100_000,
      resetsAt: new Date(SMALL_SITE_NOW_MS + 1_200_000),
    });
    expect(under.source.upstream.status()).toMatchObject({ quotaUsed: 40_000, quotaLimit: 100_000 });
  });
});

describe('an outage', () => {
  it('opens the breaker of an endpoint, and the cache serves without a call', async () => {
    await under.key('PSD-1');
    under.advanceSeconds(1_000);
    under.standIn.faults.add({ kind: 'status', status: 503, body: {} });
    under.standIn.calls.clear();
    for (let read = 0; read < 50; read += 1) expect(await under.key('PSD-1')).toBe('PSD-1');
    // Five failures open it, and retries are a fifth of the reads at most.
    expect(under.standIn.calls.count()).toBeLessThanOrEqual(6);
    under.standIn.faults.clear();
    under.advanceSeconds(6);
    await expect.poll(async () => (await under.key('PSD-3', ['summary']).catch(() => null)) ?? '').toBe('PSD-3');
    expect(under.source.upstream.isAvailable('bulkfetch')).toBe(true);
  });
});
