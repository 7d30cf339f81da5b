import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { MovableClock } from '../../support/identity.ts';

let gateway: TestGateway;
let clock: MovableClock;

/** Longer than any time limit, shorter than values may be served stale. */
const LONG_MS = 3 * 3_600_000;

beforeAll(async () => {
  clock = new MovableClock();
  gateway = await startTestGateway({
    clock,
    responseCacheBytes: 8_000_000,
    settings: { CACHE_TTL_DEFAULT: '300', CACHE_TTL_LONG: '600', CACHE_COALESCE_WINDOW: '0' },
  });
});
afterAll(async () => {
  await gateway?.close();
});
beforeEach(() => {
  // Nothing of the test before is fresh any more.
  clock.advanceMs(LONG_MS);
  gateway.clearCalls();
});
afterEach(async () => {
  gateway.salesforce.faults.clear();
  gateway.jira.faults.clear();
  // The breaker lets one call find out that the source is back.
  await expect
    .poll(
      async () => {
        const { data } = await gateway.query('{ gatewayStatus { upstreams { source state } } }');
        await gateway.query(
          '{ account(id: "001000000000000AAA") { name } jiraIssue(key: "PSD-1") { summary } }',
          {},
          fresh,
        );
        return data.gatewayStatus.upstreams.filter(({ state }: { state: string }) => state === 'DOWN');
      },
      { timeout: 30_000, interval: 300 },
    )
    .toEqual([]);
}, 40_000);

const fresh = { 'cache-control': 'no-store' };

interface StaleEntry {
  readonly path: readonly (string | number)[];
  readonly source: string;
  readonly ageSeconds: number;
  readonly reason: string;
}

const entriesOf = (answer: { readonly extensions: Readonly<Record<string, unknown>> }): readonly StaleEntry[] =>
  (answer.extensions.freshness ?? []) as StaleEntry[];
const pathsOf = (answer: { readonly extensions: Readonly<Record<string, unknown>> }): string[] =>
  entriesOf(answer).map(({ path }) => path.join('.'));

const LIST = `{ psRequests(first: 3, orderBy: { field: NUMBER, direction: ASC }) { nodes { id number account { name } } } }`;

async function twoRequests(): Promise<[string, string]> {
  const { data } = await gateway.query(LIST, {}, fresh);
  const [one, other] = data.psRequests.nodes as { id: string }[];
  if (!one || !other) throw new Error('The stand-in has no requests.');
  clock.advanceMs(LONG_MS);
  return [one.id, other.id];
}

describe('extensions.freshness', () => {
  test('is not there while everything is fresh', async () => {
    const { extensions, errors } = await gateway.query(LIST, {}, fresh);
    expect(errors).toEqual([]);
    expect(extensions).toEqual({});
    expect((await gateway.query(LIST, {}, fresh)).extensions).toEqual({});
  });

  test('tells path, source, age and reason of what is served while its source is down, and of nothing else', async () => {
    const query = `{
      mine: psRequests(first: 3, orderBy: { field: NUMBER, direction: ASC }) { rows: edges { node { number account { name } steps { name } } } }
      jiraIssue(key: "PSD-2") { summary }
      mentors(first: 1) { nodes { name } } }`;
    const healthy = await gateway.query(query, {}, fresh);
    expect(healthy.errors).toEqual([]);
    clock.advanceMs(LONG_MS);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    const answer = await gateway.query(query, {}, fresh);
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual(healthy.data);
    const rows = healthy.data.mine.rows as { node: { account: object | null } }[];
    const nodes = rows.flatMap(({ node }, index) => [
      ...(node.account ? [`mine.rows.${index}.node.account`] : []),
      `mine.rows.${index}.node.steps`,
    ]);
    expect(pathsOf(answer).sort()).toEqual(['mine', ...nodes].sort());
    for (const entry of entriesOf(answer))
      expect(entry).toEqual({
        path: entry.path,
        source: 'SALESFORCE',
        state: 'STALE',
        ageSeconds: LONG_MS / 1_000,
        fetchedAt: new Date(clock.now() - LONG_MS).toISOString(),
        reason: expect.stringMatching(/^UPSTREAM_/),
      });
  });

  test('names single records of a list of which only some are stale', async () => {
    const [old, recent] = await twoRequests();
    const one = 'query ($id: ID!) { node(id: $id) { ... on PsRequest { number } } }';
    await gateway.query(one, { id: recent }, fresh);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    const both = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on PsRequest { number } } }';
    expect(pathsOf(await gateway.query(both, { ids: [recent, old] }, fresh))).toEqual(['nodes.1']);
    expect(pathsOf(await gateway.query(one, { id: old }, fresh))).toEqual(['node']);
    expect(pathsOf(await gateway.query(one, { id: recent }, fresh))).toEqual([]);
  });

  test('knows records that were found over links of the other source', async () => {
    const query = '{ jiraIssues(first: 5) { nodes { key psRequest { number jiraIssues { summary } } } } }';
    const healthy = await gateway.query(query, {}, fresh);
    expect(healthy.errors).toEqual([]);
    clock.advanceMs(LONG_MS);
    gateway.jira.faults.add({ kind: 'status', status: 503 });
    const answer = await gateway.query(query, {}, fresh);
    expect(answer.data).toEqual(healthy.data);
    const issues = (healthy.data.jiraIssues.nodes as { psRequest: { jiraIssues: unknown[] } | null }[]).flatMap(
      ({ psRequest }, index) =>
        psRequest?.jiraIssues.length ? [`jiraIssues.nodes.${index}.psRequest.jiraIssues`] : [],
    );
    expect(issues).not.toEqual([]);
    expect(pathsOf(answer).sort()).toEqual(['jiraIssues', ...issues].sort());
    expect(new Set(entriesOf(answer).map(({ source }) => source))).toEqual(new Set(['JIRA']));
  });

  test('says of a value that is served while it is renewed that it is', async () => {
    const query = 'query ($id: ID!) { node(id: $id) { ... on PsRequest { number } } }';
    const [id] = await twoRequests();
    await gateway.query(query, { id }, fresh);
    clock.advanceMs(310_000);
    const answer = await gateway.query(query, { id }, fresh);
    expect(entriesOf(answer)).toMatchObject([{ path: ['node'], ageSeconds: 310, reason: 'REVALIDATING' }]);
    await expect.poll(async () => pathsOf(await gateway.query(query, { id }, fresh))).toEqual([]);
  });

  test('is bounded, and counts the rest', async () => {
    const query = '{ psRequests(first: 120) { nodes { number steps { name } } } }';
    await gateway.query(query, {}, fresh);
    clock.advanceMs(LONG_MS);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    const answer = await gateway.query(query, {}, fresh);
    expect(entriesOf(answer)).toHaveLength(100);
    expect(answer.extensions.freshnessOmitted).toBeGreaterThanOrEqual(21);
  });
});

describe('@freshness', () => {
  const ofNode = (directive: string): string =>
    `query ($id: ID!) ${directive} { node(id: $id) { ... on PsRequest { number account { name } } } }`;

  test('serves, nulls or fails what is stale, as the operation demands', async () => {
    const [id] = await twoRequests();
    const serve = await gateway.query(ofNode(''), { id }, fresh);
    clock.advanceMs(LONG_MS);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    const served = await gateway.query(ofNode('@freshness(onStale: SERVE)'), { id }, fresh);
    expect([served.data, served.errors]).toEqual([serve.data, []]);
    const nulled = await gateway.query(ofNode('@freshness(onStale: NULL)'), { id }, fresh);
    expect([nulled.data, nulled.errors]).toEqual([{ node: null }, []]);
    expect(pathsOf(nulled)).toEqual(['node']);
    const failed = await gateway.query(ofNode('@freshness(onStale: FAIL)'), { id }, fresh);
    expect(failed.data).toEqual({ node: null });
    expect(failed.errors).toMatchObject([
      { path: ['node'], extensions: { code: expect.stringMatching(/^UPSTREAM_/), source: 'SALESFORCE' } },
    ]);
    expect(failed.extensions).toEqual({});
  });

  test('on a field holds for that field alone', async () => {
    const query = (directive: string): string =>
      `query ($id: ID!) { node(id: $id) { ... on PsRequest { number account ${directive} { name } } } }`;
    const [id] = await twoRequests();
    const healthy = await gateway.query(query(''), { id }, fresh);
    expect(healthy.data.node.account.name).toEqual(expect.any(String));
    gateway.clearCalls();
    clock.advanceMs(20_000);
    const renewed = await gateway.query(query('@freshness(maxAgeSeconds: 10)'), { id }, fresh);
    expect(renewed.data).toEqual(healthy.data);
    const asked = gateway.salesforce.calls.all
      .map(({ path, body }) => decodeURIComponent(`${path} ${body}`))
      .join('\n');
    expect(asked).toContain('Account');
    expect(asked).not.toContain('PS_Request__c');
    gateway.clearCalls();
    await gateway.query(query('@freshness(maxAgeSeconds: 10)'), { id }, fresh);
    expect(gateway.salesforce.calls.count()).toBe(0);

    clock.advanceMs(20_000);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    const nulled = await gateway.query(query('@freshness(maxAgeSeconds: 10, onStale: NULL)'), { id }, fresh);
    expect([nulled.data.node, nulled.errors]).toEqual([{ number: healthy.data.node.number, account: null }, []]);
    expect(pathsOf(nulled)).toEqual(['node.account']);
    const failed = await gateway.query(query('@freshness(maxAgeSeconds: 10, onStale: FAIL)'), { id }, fresh);
    expect(failed.errors).toMatchObject([{ path: ['node', 'account'], extensions: { source: 'SALESFORCE' } }]);
    expect(failed.data.node).toEqual({ number: healthy.data.node.number, account: null });
  });

  test('refuses what can not be meant, before anything is asked', async () => {
    const negative = await gateway.query(
      'query @freshness(maxAgeSeconds: -1) { psRequests(first: 1) { nodes { number } } }',
    );
    expect(negative.data).toBeUndefined();
    expect(negative.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'maxAgeSeconds' } }]);
    const byVariable = await gateway.query(
      'query ($age: Int) { psRequests(first: 1) @freshness(maxAgeSeconds: $age) { nodes { number } } }',
      { age: -5 },
    );
    expect(byVariable.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    const unknown = await gateway.query(
      'query @freshness(onStale: MAYBE) { psRequests(first: 1) { nodes { number } } }',
    );
    expect(unknown.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    expect(gateway.salesforce.calls.count()).toBe(0);
  });
});

describe('what is left out because it is not fresh enough', () => {
  const number = 'PSR-00376';
  const old = '@freshness(maxAgeSeconds: 10, onStale: NULL)';
  const fail = '@freshness(maxAgeSeconds: 10, onStale: FAIL)';
  const issues = (directive: string): string =>
    `query ($number: ID!) { psRequest(id: $number) { jiraIssues ${directive} { key } } }`;

  async function issueKeys(): Promise<readonly [string, string]> {
    const { data, errors } = await gateway.query(issues(''), { number }, fresh);
    expect(errors).toEqual([]);
    const [one, other] = (data.psRequest.jiraIssues as { key: string }[]).map(({ key }) => key);
    if (!one || !other) throw new Error(`${number} has less than two issues.`);
    return [one, other];
  }

  test('is no shorter and no empty list of issues, but null, and told at its own path', async () => {
    const query = `query ($number: ID!) { psRequest(id: $number) {
      jiraIssues ${old} { key } jiraLinks { issue ${old} { key } } } }`;
    const [recent] = await issueKeys();
    const { data } = await gateway.query(query, { number }, fresh);
    const links = (data.psRequest.jiraLinks as object[]).map((_, index) => `psRequest.jiraLinks.${index}.issue`);
    expect(links).not.toEqual([]);
    clock.advanceMs(20_000);
    gateway.jira.faults.add({ kind: 'status', status: 503 });
    const none = await gateway.query(query, { number }, fresh);
    expect(none.errors).toEqual([]);
    expect(none.data.psRequest).toEqual({ jiraIssues: null, jiraLinks: links.map(() => ({ issue: null })) });
    expect(pathsOf(none).sort()).toEqual(['psRequest.jiraIssues', ...links].sort());

    gateway.jira.faults.clear();
    const readOne = async () => gateway.query(`{ jiraIssue(key: "${recent}") ${old} { key } }`, {}, fresh);
    await expect.poll(async () => (await readOne()).data.jiraIssue, { timeout: 20_000, interval: 300 }).not.toBeNull();
    gateway.jira.faults.add({ kind: 'status', status: 503 });
    const some = await gateway.query(issues(old), { number }, fresh);
    expect([some.data, some.errors]).toEqual([{ psRequest: { jiraIssues: null } }, []]);
    expect(entriesOf(some)).toMatchObject([{ path: ['psRequest', 'jiraIssues'], source: 'JIRA', ageSeconds: 20 }]);
    const failed = await gateway.query(issues(fail), { number }, fresh);
    expect(failed.data).toEqual({ psRequest: { jiraIssues: null } });
    expect(failed.errors).toMatchObject([
      { path: ['psRequest', 'jiraIssues'], locations: [{ line: 1 }], extensions: { source: 'JIRA' } },
    ]);
  });

  test('is null and told for each list of a record', async () => {
    const query = (directive: string): string => `query ($number: ID!) { psRequest(id: $number) {
      steps ${directive} { name } cases ${directive} { subject } links: jiraLinks ${directive} { jiraKey }
      jiraIssues ${directive} { key } } }`;
    await gateway.query(query(''), { number }, fresh);
    clock.advanceMs(20_000);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    const { data, errors, extensions } = await gateway.query(query(old), { number }, fresh);
    expect([data, errors]).toEqual([{ psRequest: { steps: null, cases: null, links: null, jiraIssues: null } }, []]);
    expect(pathsOf({ extensions }).sort()).toEqual(
      ['cases', 'jiraIssues', 'links', 'steps'].map((field) => `psRequest.${field}`),
    );
  });

  test('makes a list null whose records are too old though the list itself is not', async () => {
    const steps = (fields: string, directive = ''): string =>
      `query ($number: ID!) { psRequest(id: $number) { steps ${directive} { ${fields} } } }`;
    const page = (fields: string, directive = ''): string =>
      `{ psRequests(first: 3) ${directive} { nodes { ${fields} } } }`;
    const found = (fields: string, directive = ''): string =>
      `{ jiraIssues(first: 3) ${directive} { nodes { ${fields} } } }`;
    const asked = [
      [steps, 'name', 'status', 'psRequest.steps', { psRequest: { steps: null } }],
      [page, 'number', 'status', 'psRequests', { psRequests: null }],
      [found, 'key', 'priority', 'jiraIssues', { jiraIssues: null }],
    ] as const;
    for (const [query, now, before] of asked)
      expect((await gateway.query(query(`${now} ${before}`), { number }, fresh)).errors).toEqual([]);
    clock.advanceMs(20_000);
    for (const [query, now] of asked)
      expect((await gateway.query(query(now, old), { number }, fresh)).errors).toEqual([]);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    gateway.jira.faults.add({ kind: 'status', status: 503 });
    for (const [query, now, before, path, nulled] of asked) {
      const answer = await gateway.query(query(`${now} ${before}`, old), { number }, fresh);
      expect([answer.data, answer.errors]).toEqual([nulled, []]);
      expect(entriesOf(answer).map((entry) => [entry.path.join('.'), entry.ageSeconds])).toEqual([[path, 20]]);
      const failed = await gateway.query(query(`${now} ${before}`, fail), { number }, fresh);
      expect([failed.data, failed.errors.length]).toEqual([nulled, 1]);
    }
  });

  test('is no "none" for the request of an issue, and no other request', async () => {
    const [key] = await issueKeys();
    const query = (directive: string): string =>
      `query ($key: String!) { jiraIssue(key: $key) { psRequest ${directive} { number } } psRequest(id: "${number}") { number } }`;
    const healthy = await gateway.query(query(''), { key }, fresh);
    expect(healthy.data.jiraIssue.psRequest).not.toBeNull();
    clock.advanceMs(20_000);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    const answer = await gateway.query(query(old), { key }, fresh);
    expect([answer.data.jiraIssue, answer.errors]).toEqual([{ psRequest: null }, []]);
    // It is the same record that stands at the other field.
    expect(pathsOf(answer)).toEqual(['jiraIssue.psRequest', 'psRequest']);
  });

  test('makes a search null of which some hits are too old', async () => {
    const [key] = await issueKeys();
    const query = (directive: string): string =>
      `query ($key: String!) { search(text: $key) ${directive} { ... on JiraIssue { key } } }`;
    const healthy = await gateway.query(query(''), { key }, fresh);
    expect(healthy.data.search.length).toBeGreaterThan(0);
    clock.advanceMs(20_000);
    gateway.jira.faults.add({ kind: 'status', status: 503 });
    const answer = await gateway.query(query(old), { key }, fresh);
    expect([answer.data, answer.errors]).toEqual([{ search: null }, []]);
    expect(pathsOf(answer)).toEqual(['search']);
  });
});

describe('the headers', () => {
  const header = (answer: { readonly headers: Headers }, name: string) => answer.headers.get(name);

  test('tell the age of the oldest data, and which cache it came from', async () => {
    const query = '{ psRequests(first: 2) { nodes { number id } } }';
    const first = await gateway.query(query);
    expect(header(first, 'cache-status')).toBe('deployment-graph; fwd=miss; stored');
    expect(header(first, 'age')).toBe('0');
    clock.advanceMs(20_000);
    const kept = await gateway.query(query);
    expect(header(kept, 'cache-status')).toMatch(/^deployment-graph; hit; ttl=\d+$/);
    expect(header(kept, 'age')).toBe('20');
    // Another operation, made of the same records.
    const same = await gateway.query('{ psRequests(first: 2) { nodes { number } } }');
    expect(header(same, 'cache-status')).toBe('deployment-graph-records; hit, deployment-graph; fwd=miss; stored');
    expect(header(same, 'age')).toBe('20');
    const more = await gateway.query('{ psRequests(first: 2) { nodes { number status } } }');
    expect(header(more, 'cache-status')).toBe(
      'deployment-graph-records; fwd=partial, deployment-graph; fwd=miss; stored',
    );
    expect(header(more, 'age')).toBe('20');
  });

  test.each([
    ['no-cache', 1],
    ['max-age=10', 1],
    ['max-age=60', 0],
  ])('ask for a receipt as for an answer: `Cache-Control: %s` takes %i calls', async (cacheControl, calls) => {
    const query = '{ psRequests(first: 2) { nodes { number } } }';
    await gateway.query(query, {}, fresh);
    clock.advanceMs(20_000);
    const headers = { 'cache-control': cacheControl, 'x-explain': 'receipt' };
    const { extensions } = await gateway.query(query, {}, headers);
    const { sources } = extensions.receipt as { sources: { SALESFORCE?: { calls: number } } };
    expect(sources.SALESFORCE?.calls ?? 0).toBe(calls);
  });

  test('tell that an answer is stale, and it is not kept as a fresh one', async () => {
    const query = '{ psRequests(first: 2) { nodes { id number } } }';
    const healthy = await gateway.query(query);
    expect([healthy.errors, healthy.extensions, header(healthy, 'age')]).toEqual([[], {}, '0']);
    clock.advanceMs(LONG_MS);
    gateway.salesforce.faults.add({ kind: 'status', status: 503 });
    for (let turn = 0; turn < 2; turn += 1) {
      const stale = await gateway.query(query);
      expect(pathsOf(stale)).toEqual(['psRequests']);
      expect(header(stale, 'cache-status')).toBe(
        'deployment-graph-records; fwd=stale; detail=stale, deployment-graph; fwd=miss',
      );
      expect(header(stale, 'cache-control')).toBe('no-store');
      expect(Number(header(stale, 'age'))).toBe(LONG_MS / 1_000);
    }
  });
});

describe('a stale answer that is given again', () => {
  const query = '{ psRequests(first: 2) { nodes { id number } } }';
  const statusOf = (answer: { readonly headers: Headers }) => answer.headers.get('cache-status');

  /** The outage is known: reads are refused, so the answer can be given again. */
  async function outage() {
    await gateway.query(query);
    clock.advanceMs(LONG_MS);
    gateway.salesforce.faults.add({ kind: 'down' });
    await expect
      .poll(async () => statusOf(await gateway.query(query)), { interval: 20, timeout: 5_000 })
      .toBe('deployment-graph; hit; detail=stale');
  }

  test('is not for whoever asks for fresh data, is as old as it is, and is made anew without anybody waiting for it', async () => {
    await outage();
    const unread = await gateway.query(query, {}, { 'cache-control': 'no-cache' });
    expect(statusOf(unread)).toContain('deployment-graph; fwd=request');
    const failed = await gateway.query(`query @freshness(onStale: FAIL) ${query}`);
    expect(failed.errors).toMatchObject([{ path: ['psRequests'], extensions: { source: 'SALESFORCE' } }]);
    const beganAtMs = clock.now();
    // Longer than one lasts: made anew meanwhile.
    for (let turn = 0; turn <= 40; turn += 1) {
      const answer = await gateway.query(query);
      const ageMs = LONG_MS + clock.now() - beganAtMs;
      expect(statusOf(answer)).toBe('deployment-graph; hit; detail=stale');
      expect(entriesOf(answer)).toMatchObject([
        { path: ['psRequests'], source: 'SALESFORCE', ageSeconds: Math.round(ageMs / 1_000) },
      ]);
      expect(Number(answer.headers.get('age'))).toBe(Math.floor(ageMs / 1_000));
      expect(answer.headers.get('cache-control')).toBe('no-store');
      await new Promise((resolve) => setTimeout(resolve, 20));
      clock.advanceMs(1_900);
    }
    clock.advanceMs(8_000);
    // Nobody asked, so it was not made anew.
    expect(statusOf(await gateway.query(query))).toContain('deployment-graph; fwd=miss');
  });

  test('is given to all who ask while what is stale in it is read anew, and gives way to the fresh one', async () => {
    await gateway.query(query);
    clock.advanceMs(310_000);
    gateway.salesforce.faults.add({ kind: 'slow', delayMs: 1_000 });
    const first = await gateway.query(query);
    expect(statusOf(first)).toBe('deployment-graph-records; hit; detail=stale, deployment-graph; fwd=miss');
    for (let turn = 0; turn < 10; turn += 1) {
      const again = await gateway.query(query);
      expect(statusOf(again)).toBe('deployment-graph; hit; detail=stale');
      expect(entriesOf(again)).toMatchObject([{ path: ['psRequests'], ageSeconds: 310, reason: 'REVALIDATING' }]);
      expect(again.data).toEqual(first.data);
    }
    await expect.poll(async () => (await gateway.query(query)).extensions, { timeout: 10_000 }).toEqual({});
    expect(statusOf(await gateway.query(query))).toMatch(/^deployment-graph; hit; ttl=/);
  });

  test('is not given any more once its source was found to be back', async () => {
    await outage();
    gateway.salesforce.faults.clear();
    // Another operation finds it out; without that this one would be given for seconds.
    await expect
      .poll(
        async () => {
          const { errors } = await gateway.query('{ psRequests(first: 1) { nodes { number } } }', {}, fresh);
          return errors.length;
        },
        { interval: 50, timeout: 10_000 },
      )
      .toBe(0);
    const answer = await gateway.query(query);
    expect([statusOf(answer), answer.extensions]).toEqual(['deployment-graph; fwd=miss; stored', {}]);
  });
});
