import { execFile } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import {
  type CallFor,
  SalesforceClient,
  type SalesforceClientOptions,
} from '../../../src/sources/salesforce/client.ts';
import { QueryQueue } from '../../../src/sources/salesforce/query-queue.ts';
import { startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { collectLog, newDurations, settingsOf, startSalesforceGraph } from '../../support/salesforce-graph.ts';

const forTest = (operation: CallFor['operation'] = 'query'): CallFor => ({ operation, receipts: [new Receipt()] });

/** The real client against a server of a few lines, for answers that no Salesforce would give. */
async function clientOf(listener: RequestListener, options: Partial<SalesforceClientOptions> = {}) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (request.url === '/services/oauth2/token') {
      const { port } = server.address() as AddressInfo;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'token', instance_url: `http://127.0.0.1:${port}` }));
    } else listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const logLines: Record<string, unknown>[] = [];
  const client = new SalesforceClient({
    settings: {
      loginUrl: `http://127.0.0.1:${port}`,
      clientId: 'client',
      credentials: { kind: 'clientCredentials', clientSecret: 'very-secret' },
      apiVersion: '62.0',
    },
    log: collectLog(logLines),
    clock: systemClock,
    durations: newDurations(),
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, seen, logLines, calls: () => seen.filter((line) => !line.includes('oauth2')) };
}

async function standInClient(options: Partial<SalesforceClientOptions> = {}) {
  const standIn = await startSalesforceStandIn();
  const client = new SalesforceClient({
    settings: settingsOf(standIn),
    log: collectLog([]),
    clock: systemClock,
    durations: newDurations(),
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    await standIn.close();
  });
  return {
    standIn,
    client,
    query: () => client.get('/services/data/v62.0/query?q=SELECT+Id+FROM+Account+LIMIT+1', forTest()),
  };
}

test('quotes and backslashes in a filter find what holds them, and nothing else', async () => {
  await using graph = await startSalesforceGraph();
  const product = "O'Brien\\";
  for (const text of [
    product,
    "x\\' OR Name != '",
    "' OR Name LIKE '%",
    '\\',
    "'",
    '%',
    '_',
    '\u0000',
    '\ud800',
    '😀',
  ]) {
    const { data, errors } = await graph.run(
      'query ($text: String!) { psRequests(first: 200, filter: { text: $text }) { totalCount nodes { number product version } } }',
      { text },
    );
    expect(errors).toEqual([]);
    for (const { number, product: found, version } of data.psRequests.nodes) {
      expect(`${number} ${found} ${version}`.toLowerCase()).toContain(text.toLowerCase());
    }
    const holding = graph.standIn
      .rows('PS_Request__c')
      .filter((row) => row.IsDeleted !== true)
      .filter((row) =>
        [row.Name, row.Product__c, row.Version__c].some((value) =>
          String(value ?? '')
            .toLowerCase()
            .includes(text.toLowerCase()),
        ),
      );
    expect(data.psRequests.totalCount, text).toBe(holding.length);
  }
});

test('an empty list matches nothing and costs no call', async () => {
  await using graph = await startSalesforceGraph();
  const { data, errors } = await graph.run(
    '{ psRequests(filter: { status: [] }) { totalCount nodes { id } pageInfo { hasNextPage } } accounts(filter: { region: [] }) { totalCount nodes { id } } }',
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({
    psRequests: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } },
    accounts: { totalCount: 0, nodes: [] },
  });
  expect(graph.standIn.calls.all).toEqual([]);
});

test('spans of dates reach Salesforce as dates, both ends of them', async () => {
  await using graph = await startSalesforceGraph();
  const { data } = await graph.run(
    '{ psRequests(first: 200, filter: { goLiveDate: { from: "2026-01-01", to: "2026-06-30" } }) { totalCount nodes { goLiveDate } } }',
  );
  const days: string[] = data.psRequests.nodes.map((node: { goLiveDate: string }) => node.goLiveDate);
  const expected = graph.standIn
    .rows('PS_Request__c')
    .filter(
      (row) =>
        row.IsDeleted !== true &&
        String(row.Go_Live_Date__c) >= '2026-01-01' &&
        String(row.Go_Live_Date__c) <= '2026-06-30' &&
        row.Go_Live_Date__c !== null,
    );
  expect(days.length).toBeGreaterThan(0);
  expect(days.every((day) => day >= '2026-01-01' && day <= '2026-06-30')).toBe(true);
  expect(data.psRequests.totalCount).toBe(expected.length);
});

test('a call ends at its deadline, before the headers and while the body arrives', async () => {
  const { client } = await clientOf(
    (request, response) => {
      if (request.url?.includes('body')) {
        response.setHeader('content-type', 'application/json');
        response.write('{"records":[');
      }
    },
    { deadlineMs: 200 },
  );
  for (const path of ['/services/data/v62.0/head', '/services/data/v62.0/body']) {
    const startedAt = performance.now();
    await expect(client.get(path, forTest())).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', source: 'SALESFORCE' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  }
});

test.each([420, 429, 500, 502, 503, 504])('status %i alone has earned no retry', async (status) => {
  const { client, calls } = await clientOf((_request, response) => {
    response.statusCode = status;
    response.end('down');
  });
  await expect(client.get('/services/data/v62.0/query?q=x', forTest())).rejects.toMatchObject({ source: 'SALESFORCE' });
  expect(calls()).toHaveLength(1);
});

test('a connection that is refused or reset has earned no retry, and ends only its own call', async () => {
  const { client, calls } = await clientOf((request) => request.socket.resetAndDestroy());
  await expect(client.get('/services/data/v62.0/query?q=x', forTest())).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
  });
  expect(calls()).toHaveLength(1);
});

test('a connection that breaks in the middle of a body ends only its own call', async () => {
  const uncaught = vi.fn();
  process.on('uncaughtException', uncaught);
  onTestFinished(() => void process.off('uncaughtException', uncaught));
  const { standIn, client, query } = await standInClient();
  await query();
  standIn.faults.add({ kind: 'reset', path: '/query', times: 1 });
  await expect(query()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await expect(query()).resolves.toMatchObject({ totalSize: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(uncaught).not.toHaveBeenCalled();
  expect(client.lastFailure).toBeNull();
});

test('a server that answers every call with 401 gets each call twice at most, and few sign-ins', async () => {
  const { client, seen, calls } = await clientOf((_request, response) => {
    response.statusCode = 401;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify([{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]));
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) => client.get(`/services/data/v62.0/query?q=${index}`, forTest())),
  );
  expect(
    outcomes.every(
      (outcome) => outcome.status === 'rejected' && outcome.reason.code === 'UPSTREAM_AUTHENTICATION_FAILED',
    ),
  ).toBe(true);
  expect(calls().length).toBeLessThanOrEqual(100);
  expect(seen.filter((line) => line.includes('oauth2')).length).toBeLessThanOrEqual(2);
});

test('never more sockets than calls are allowed at once, and the rest waits its turn', async () => {
  let open = 0;
  let most = 0;
  const { client, calls } = await clientOf(
    (_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.setHeader('content-type', 'application/json');
        response.end('{}');
      }, 5);
    },
    { maxConcurrentCalls: 4 },
  );
  await Promise.all(Array.from({ length: 60 }, (_, index) => client.get(`/services/data/v62.0/${index}`, forTest())));
  expect(calls()).toHaveLength(60);
  expect(most).toBe(4);
});

test('calls beyond those that may wait are refused at once, with the time to wait', async () => {
  const { client } = await clientOf(() => {}, { maxConcurrentCalls: 1, maxWaitingCalls: 1, deadlineMs: 300 });
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map((call) => client.get(`/services/data/v62.0/${call}`, forTest())),
  );
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual([
    'UPSTREAM_TIMEOUT',
    'UPSTREAM_TIMEOUT',
    'UPSTREAM_UNAVAILABLE',
  ]);
});

test('a list is read to its end, beyond the 10,000 rows where jsforce stops by itself', async () => {
  const pages = 13;
  const { client } = await clientOf((request, response) => {
    const page = Number(/-(\d+)$/.exec(request.url ?? '')?.[1] ?? 0);
    const done = page === pages - 1;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        totalSize: pages * 1_000,
        done,
        ...(done ? {} : { nextRecordsUrl: `/services/data/v62.0/query/0r8xx-${page + 1}` }),
        records: Array.from({ length: 1_000 }, (_, row) => ({ Id: `${page}/${row}` })),
      }),
    );
  });
  const asker = { signal: new AbortController().signal, receipt: new Receipt() };
  const { records } = await new QueryQueue(client).query('SELECT Id FROM Account', [asker]);
  expect(new Set(records.map((record) => record.Id)).size).toBe(13_000);
});

test('a list whose pages go round in a circle fails instead of growing', async () => {
  const { client } = await clientOf((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ totalSize: 5, done: false, nextRecordsUrl: '/services/data/v62.0/query/0r8xx-1', records: [] }),
    );
  });
  const asker = { signal: new AbortController().signal, receipt: new Receipt() };
  await expect(new QueryQueue(client).query('SELECT Id FROM Account', [asker])).rejects.toMatchObject({
    code: 'UPSTREAM_BAD_RESPONSE',
  });
});

test('a proxy in the environment is not asked for what runs on this machine', async () => {
  const { standIn } = await standInClient();
  // jsforce reads the environment when it is loaded, so this takes a process of its own.
  const script = `
    import { SalesforceClient } from '${new URL('../../../src/sources/salesforce/client.ts', import.meta.url)}';
    const client = new SalesforceClient({
      settings: ${JSON.stringify(settingsOf(standIn))},
      log: { warn() {} }, clock: { now: () => 0 }, durations: { observe() {} },
    });
    const answer = await client.get('/services/data/v62.0/query?q=SELECT+Id+FROM+Account+LIMIT+1', { operation: 'query', receipts: [] });
    console.log(answer.totalSize);
    await client.close();`;
  const proxy = 'http://127.0.0.1:9';
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 30_000,
    env: { HTTP_PROXY: proxy, http_proxy: proxy, HTTPS_PROXY: proxy, https_proxy: proxy },
  });
  expect(stdout.trim()).toBe('1');
});

test('the usage that Salesforce tells with each answer is known', async () => {
  const { standIn, client, query } = await standInClient();
  expect(client.usage).toBeNull();
  standIn.setUsage(17, 15_000);
  await query();
  expect(client.usage).toMatchObject({ usedCalls: 18, allowedCalls: 15_000 });
});

test.each<[string, RequestListener]>([
  [
    'an HTML page with status 200',
    (_request, response) => void response.setHeader('content-type', 'text/html').end('<html>Login</html>'),
  ],
  [
    'JSON that ends in the middle',
    (_request, response) => void response.setHeader('content-type', 'application/json').end('{"records":['),
  ],
  ['no body at all', (_request, response) => void response.end()],
  [
    'JSON that is no object',
    (_request, response) => void response.setHeader('content-type', 'application/json').end('"hello"'),
  ],
])('%s is a bad answer, told without its wording', async (_what, listener) => {
  const { client } = await clientOf(listener);
  const failure = client.get('/services/data/v62.0/query?q=x', forTest());
  await expect(failure).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('html') });
});

test('an answer over the limit of bytes is cut off, compressed or not', async () => {
  const { client } = await clientOf(
    (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.write('"');
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    },
    { maxAnswerBytes: 1_000_000 },
  );
  await expect(client.get('/services/data/v62.0/endless', forTest())).rejects.toMatchObject({
    code: 'UPSTREAM_BAD_RESPONSE',
  });
  const bomb = gzipSync(Buffer.alloc(50_000_000, 'x'));
  const compressed = await clientOf(
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bomb);
    },
    { maxAnswerBytes: 1_000_000 },
  );
  await expect(compressed.client.get('/services/data/v62.0/bomb', forTest())).rejects.toMatchObject({
    code: 'UPSTREAM_BAD_RESPONSE',
  });
});

test('no secret reaches a log line or an error', async () => {
  const { client, logLines } = await clientOf((_request, response) => {
    response.statusCode = 401;
    response.end('no');
  });
  const error = await client.get('/services/data/v62.0/query?q=x', forTest()).catch((reason: unknown) => reason);
  expect(JSON.stringify(logLines)).not.toMatch(/very-secret|Bearer|"token"/);
  expect(`${error} ${(error as Error).cause}`).not.toMatch(/very-secret|Bearer/);
});
