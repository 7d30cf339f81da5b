import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ responseCacheBytes: 8_000_000 });
});
afterAll(async () => {
  await gateway?.close();
});
afterEach(() => {
  gateway.salesforce.faults.clear();
  gateway.jira.faults.clear();
});

const document = `{ gatewayStatus {
  upstreams { source state latencyP50Ms latencyP95Ms callsLastHour callsSavedLastHour quotaUsed quotaLimit quotaResetsAt lastError lastErrorAt lastSuccessAt }
  cache { hitRatio staleServed entries redis }
  pools { name size idle waiting utilisation }
  alerts { name since value threshold message }
  startedAt version
} }`;

interface Upstream {
  readonly source: string;
  readonly state: string;
  readonly callsLastHour: number;
  readonly [name: string]: unknown;
}

async function status(one = gateway) {
  const { data, errors, headers } = await one.query(document);
  expect(errors).toEqual([]);
  const { upstreams, ...rest } = data.gatewayStatus;
  const bySource = Object.fromEntries((upstreams as Upstream[]).map((upstream) => [upstream.source, upstream]));
  return { ...rest, upstreams: bySource, headers };
}

describe('gatewayStatus', () => {
  test('tells of every source by the calls that were made, and of the caches, the pools and the instance', async () => {
    const before = await status();
    await gateway.query(
      '{ psRequests(first: 3) { nodes { number account { name } } } mentors(first: 1) { nodes { name } } }',
    );
    await gateway.query('{ jiraIssues(first: 3) { nodes { key } } }');
    const after = await status();
    expect(Object.keys(after.upstreams)).toEqual(['SALESFORCE', 'JIRA', 'POSTGRES']);
    for (const source of ['SALESFORCE', 'JIRA', 'POSTGRES']) {
      const [was, is] = [before.upstreams[source], after.upstreams[source]];
      expect(is, source).toMatchObject({ state: 'UP', lastError: null, lastErrorAt: null });
      expect(is?.callsLastHour, source).toBeGreaterThan(was?.callsLastHour ?? 0);
      expect(is?.latencyP95Ms, source).toBeGreaterThanOrEqual(Number(is?.latencyP50Ms));
      expect(Date.parse(String(is?.lastSuccessAt)), source).toBeGreaterThan(Date.now() - 60_000);
    }
    expect(after.upstreams.SALESFORCE?.quotaLimit).toBeGreaterThan(Number(after.upstreams.SALESFORCE?.quotaUsed));
    expect(after.cache).toMatchObject({ staleServed: 0, redis: false });
    expect(after.cache.entries).toBeGreaterThan(before.cache.entries);
    expect(after.pools.map(({ name }: { name: string }) => name)).toEqual(['oltp', 'olap', 'audit', 'content']);
    expect(after.alerts).toEqual([]);
    expect(after.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(Date.parse(after.startedAt)).toBeLessThan(Date.now());
  });

  test('is made anew each time, and counts what was not asked of a source', async () => {
    const query = '{ psRequests(first: 2) { nodes { number salesforceId } } }';
    expect((await gateway.query(query)).errors).toEqual([]);
    const { cache, headers } = await status();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cache-status')).toContain('fwd=bypass');
    for (let turn = 0; turn < 5; turn += 1) await gateway.query(query);
    expect((await status()).cache.hitRatio).toBeGreaterThan(cache.hitRatio);
    const saved = async () => (await status()).upstreams.SALESFORCE?.callsSavedLastHour;
    const before = Number(await saved());
    for (let turn = 0; turn < 5; turn += 1) await gateway.query(query);
    expect(await saved()).toBe(before + 5);
    for (let turn = 0; turn < 5; turn += 1) await gateway.query(query, {}, { 'cache-control': 'no-store' });
    expect(await saved()).toBe(before + 10);
  });

  test('counts records that came along with their list as hits, which saves no call', async () => {
    const before = (await status()).upstreams.SALESFORCE;
    const query = '{ psRequests(first: 100) { nodes { number } } }';
    for (let turn = 0; turn < 5; turn += 1) await gateway.query(query, {}, { 'cache-control': 'no-cache' });
    const { cache, upstreams } = await status();
    expect(upstreams.SALESFORCE?.callsLastHour).toBe(Number(before?.callsLastHour) + 5);
    expect(upstreams.SALESFORCE?.callsSavedLastHour).toBe(before?.callsSavedLastHour);
    expect(cache.hitRatio).toBeGreaterThan(0.9);
  });

  test('is for the least role, but not for nobody', async () => {
    const { errors, data } = await gateway.query(document, {}, await gateway.as('VIEWER'));
    expect(errors).toEqual([]);
    expect(data.gatewayStatus.version).toBeTruthy();
    expect((await gateway.query(document, {}, { authorization: 'Bearer nonsense' })).status).toBe(401);
  });

  test('says which source is down and why, raises an alert and ends it when the source is back', async () => {
    const down = await startTestGateway();
    try {
      const startedAtMs = Date.now();
      down.jira.faults.add({ kind: 'status', status: 503 });
      for (let turn = 0; turn < 8; turn += 1) await down.query(`{ jiraIssue(key: "PSD-${turn + 1}") { summary } }`);
      const during = await status(down);
      expect(during.upstreams.JIRA).toMatchObject({ state: 'DOWN', lastError: expect.stringMatching(/^UPSTREAM_/) });
      expect(Date.parse(String(during.upstreams.JIRA?.lastErrorAt))).toBeGreaterThanOrEqual(startedAtMs);
      expect(during.upstreams.SALESFORCE?.lastErrorAt).toBeNull();
      expect(during.upstreams.SALESFORCE?.state).toBe('UP');
      expect(during.alerts).toEqual([
        {
          name: 'upstream-down-jira',
          since: expect.stringMatching(/Z$/),
          value: 1,
          threshold: 1,
          message: expect.stringContaining('Jira is down'),
        },
      ]);
      expect((await status(down)).alerts[0].since).toBe(during.alerts[0].since);
      const metrics = await (await fetch(`${down.url}/metrics`)).text();
      expect(metrics).toContain('gateway_alerts{alert="upstream-down-jira"} 1');
      down.jira.faults.clear();
      // The breaker lets one call find out after its interval.
      await expect
        .poll(
          async () => {
            await down.query('{ jiraIssue(key: "PSD-9") { summary } }');
            return (await status(down)).alerts;
          },
          { timeout: 20_000, interval: 250 },
        )
        .toEqual([]);
      const messages = down.logLines.filter(({ alert }) => alert === 'upstream-down-jira').map(({ msg }) => msg);
      expect(messages).toEqual([expect.stringContaining('Jira is down'), 'The alert has ended.']);
    } finally {
      await down.close();
    }
  }, 60_000);
});

test('/readyz tells of each tier of the cache, and /metrics of what the caches do', async () => {
  const { dependencies } = (await (await fetch(`${gateway.url}/readyz`)).json()) as {
    dependencies: { name: string }[];
  };
  expect(dependencies.find(({ name }) => name === 'cache')).toEqual({
    name: 'cache',
    standIn: false,
    state: 'up',
    parts: [
      { name: 'memory', state: 'up' },
      { name: 'postgres', state: 'up' },
    ],
  });
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  for (const line of [
    /^record_cache_reads_total\{outcome="miss"\} [1-9]/m,
    /^cache_entries\{cache="records"\} [1-9]/m,
    /^cache_tier_up\{tier="postgres"\} 1$/m,
    /^upstream_breaker_state\{source="SALESFORCE",operation="\w+"\} 0$/m,
    /^upstream_quota_limit_calls\{source="SALESFORCE"\} [1-9]/m,
    /^database_pool_connections\{pool="content",state="idle"\} \d/m,
  ])
    expect(metrics).toMatch(line);
});
