import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import { JsonHttpClient, type JsonHttpClientOptions } from '../../../src/upstream/http-client.ts';
import { createUpstream } from '../../../src/upstream/policed-upstream.ts';
import { testDurations } from '../../support/jira-source.ts';
import { answerJson, startUpstreamServer, type UpstreamServer } from '../../support/upstream-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const one of open.splice(0).reverse()) await one.close();
});

async function serve(answer: Parameters<typeof startUpstreamServer>[0]): Promise<UpstreamServer> {
  const server = await startUpstreamServer(answer);
  open.push(server);
  return server;
}

type Changes = Partial<JsonHttpClientOptions<'test'>> & { readonly deadlineMs?: number };

function clientOf(server: { readonly url: string }, changes: Changes = {}): JsonHttpClient<'test'> {
  const { deadlineMs = 2_000 } = changes;
  const client = new JsonHttpClient({
    upstream: createUpstream({
      source: 'JIRA',
      endpointClasses: { test: { deadlineMs, concurrency: 20 } },
      durations: testDurations(),
      log: createLogger('silent'),
      clock: systemClock,
    }),
    origin: server.url,
    connections: 4,
    connectTimeoutMs: 1_000,
    headers: { authorization: 'Basic c2VjcmV0' },
    translateFailure: ({ status }) => new GatewayError('UPSTREAM_REJECTED', `status ${status}`, { source: 'JIRA' }),
    ...changes,
  });
  open.push(client);
  return client;
}

const call = { operation: 'test', receipts: [] } as const;
const asIs = (json: unknown) => json;
const get = (client: JsonHttpClient<'test'>, nullStatuses: number[] = []) =>
  client.send({ method: 'GET', path: '/x', nullStatuses }, call, asIs);

describe('JsonHttpClient', () => {
  it('sends JSON and gives what the parser makes of the answer, with the call on the receipt', async () => {
    const server = await serve((_request, response, body) => answerJson(response, { said: JSON.parse(body) }));
    const receipt = new Receipt();
    const answer = await clientOf(server).send(
      { method: 'POST', path: '/a?b=1', body: { q: 'ü"\\' } },
      { operation: 'test', receipts: [receipt] },
      (json) => (json as { said: { q: string } }).said.q,
      () => 7,
    );
    expect(answer).toBe('ü"\\');
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/a?b=1' });
    expect(receipt.calls).toMatchObject([{ source: 'JIRA', operation: 'test', billedCalls: 1, records: 7 }]);
  });

  it('never opens more sockets than its bound, however many calls wait', async () => {
    let inFlight = 0;
    let most = 0;
    const server = await serve((_request, response) => {
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight -= 1;
        answerJson(response, {});
      }, 10);
    });
    const client = clientOf(server, { connections: 3 });
    await Promise.all(Array.from({ length: 20 }, () => get(client)));
    expect(most).toBe(3);
    expect(server.connections()).toBeLessThanOrEqual(3);
  });

  it('gives null for the statuses that mean nothing is there, and the translated failure for others', async () => {
    const server = await serve((_request, response) => answerJson(response, { errorMessages: ['secret'] }, 404));
    await expect(get(clientOf(server), [404])).resolves.toBeNull();
    await expect(get(clientOf(server))).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED', message: 'status 404' });
  });

  it('refuses HTML with a typed error that holds nothing of the page', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>maintenance: token abc</html>');
    });
    const failure = await get(clientOf(server)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', source: 'JIRA' });
    expect(String((failure as Error).message)).not.toContain('maintenance');
  });

  it.each([
    ['broken JSON', '{"a":', 'UPSTREAM_BAD_RESPONSE'],
    ['an empty body', '', 'UPSTREAM_BAD_RESPONSE'],
  ])('reports %s as a bad response', async (_name, text, code) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text);
    });
    await expect(get(clientOf(server))).rejects.toMatchObject({ code });
  });

  it('reports an answer that the parser does not know as a bad response', async () => {
    const server = await serve((_request, response) => answerJson(response, {}));
    const failing = clientOf(server).send({ method: 'GET', path: '/x' }, call, () => {
      throw new TypeError('no such shape');
    });
    await expect(failing).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  });

  it('cuts an endless answer off at the limit', async () => {
    let isClosed = false;
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => {
        isClosed = true;
        clearInterval(timer);
      });
    });
    await expect(get(clientOf(server, { maxResponseBytes: 50_000 }))).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
    });
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });

  it('asks for gzip and reads it, and plain text just as well', async () => {
    const server = await serve((request, response) => {
      const body = JSON.stringify({ text: 'ü'.repeat(5_000) });
      const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding']));
      response.writeHead(200, { 'content-type': 'application/json', ...(gzip ? { 'content-encoding': 'gzip' } : {}) });
      response.end(gzip ? gzipSync(body) : body);
    });
    await expect(get(clientOf(server))).resolves.toEqual({ text: 'ü'.repeat(5_000) });
    const plain = clientOf(server, { headers: { 'accept-encoding': 'identity' } });
    await expect(get(plain)).resolves.toEqual({ text: 'ü'.repeat(5_000) });
  });

  it.each([
    ['becomes too much when inflated', gzipSync('x'.repeat(5_000_000))],
    ['is cut off', gzipSync(JSON.stringify({ text: 'abc'.repeat(100) })).subarray(0, 30)],
    ['is no gzip at all', Buffer.from('{"a":1}')],
  ])('reports a compressed body that %s as a bad response', async (_name, body) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(body);
    });
    await expect(get(clientOf(server, { maxResponseBytes: 100_000 }))).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
    });
  });

  it('shows the headers of every answer, failures too', async () => {
    const server = await serve((_request, response) => {
      response.setHeader('x-ratelimit-remaining', '17');
      answerJson(response, {}, 500);
    });
    const seen: unknown[] = [];
    const client = clientOf(server, { onHeaders: (headers) => seen.push(headers['x-ratelimit-remaining']) });
    await expect(get(client)).rejects.toBeInstanceOf(GatewayError);
    expect(seen).toEqual(['17']);
  });

  it('gives up at the deadline when nothing is answered, and lets go of the socket', async () => {
    let isClosed = false;
    const server = await serve((_request, response) => {
      response.on('close', () => {
        isClosed = true;
      });
    });
    await expect(get(clientOf(server, { deadlineMs: 150 }))).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });

  it('ends a call when its asker goes away', async () => {
    const server = await serve(() => {});
    const abort = new AbortController();
    const pending = clientOf(server).send({ method: 'GET', path: '/x' }, { ...call, signal: abort.signal }, asIs);
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    abort.abort();
    await expect(pending).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  it('reports a reset connection and a refused one as unavailable', async () => {
    const server = await serve((request) => request.socket.destroy());
    await expect(get(clientOf(server))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await server.close();
    await expect(get(clientOf(server))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('follows no redirect and ignores proxies of the environment', async () => {
    const elsewhere = await serve((_request, response) => answerJson(response, {}));
    vi.stubEnv('HTTP_PROXY', elsewhere.url);
    vi.stubEnv('http_proxy', elsewhere.url);
    const server = await serve((_request, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/stolen` });
      response.end();
    });
    await expect(get(clientOf(server))).rejects.toMatchObject({ message: 'status 302' });
    expect(server.requests).toHaveLength(1);
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('is usable after failures of every kind', async () => {
    let count = 0;
    const server = await serve((request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else if (count === 2) {
        response.writeHead(500, { 'content-type': 'text/html' });
        response.end('<html>');
      } else answerJson(response, { ok: true });
    });
    const client = clientOf(server, { connections: 1 });
    await expect(get(client)).rejects.toBeInstanceOf(GatewayError);
    await expect(get(client)).rejects.toBeInstanceOf(GatewayError);
    await expect(get(client)).resolves.toEqual({ ok: true });
  });
});
