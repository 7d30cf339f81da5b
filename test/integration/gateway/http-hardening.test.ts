import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from '../../support/raw-http.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await startSmallGateway({
    sdl: 'type Query { hello: String }',
    resolvers: { Query: { hello: () => 'world' } },
    limits: { maxBodyBytes: 10_000, maxRequestsPerConnection: 3 },
  });
});
afterAll(() => gateway.close());

const body = '{"query":"{hello}"}';
const post = (headers: string, text = body): string =>
  `POST /graphql HTTP/1.1\r\n${headers}content-type: application/json\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`;
const get = (headers: string, version = '1.1'): string =>
  `GET /livez HTTP/${version}\r\n${headers}connection: close\r\n\r\n`;
const chunked = (framing: string): string =>
  `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${framing}\r\n`;

const smuggled = 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n';

describe('a request that two servers may read in two ways', () => {
  it.each<readonly [string, string]>([
    ['a length and chunks', `${chunked('content-length: 5\r\ntransfer-encoding: chunked\r\n')}0\r\n\r\n${smuggled}`],
    ['chunks and a length', `${chunked('transfer-encoding: chunked\r\ncontent-length: 5\r\n')}0\r\n\r\n${smuggled}`],
    ['two lengths', post('host: x\r\ncontent-length: 3\r\n')],
    ['a length with a sign', `${chunked('content-length: +5\r\n')}{"a"}${smuggled}`],
    ['a length below zero', `${chunked('content-length: -1\r\n')}${smuggled}`],
    ['an unknown coding', `${chunked('transfer-encoding: xchunked\r\n')}0\r\n\r\n${smuggled}`],
    ['chunks that are not last', `${chunked('transfer-encoding: chunked, identity\r\n')}0\r\n\r\n${smuggled}`],
    ['a chunk of no length', `${chunked('transfer-encoding: chunked\r\n')}zz\r\n{}\r\n0\r\n\r\n${smuggled}`],
    [
      'a chunk with a long extension',
      `${chunked('transfer-encoding: chunked\r\n')}2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    ],
    ['line feeds alone', `GET /livez HTTP/1.1\nhost: x\n\n${smuggled}`],
    ['a folded header', get('host: x\r\n folded: y\r\n')],
    ['a space before the colon', get('host : x\r\n')],
    ['a zero in a header', get('host: x\r\nx-a: b\0c\r\n')],
    ['no host', get('')],
    ['two hosts', get('host: x\r\nhost: y\r\n')],
    ['a version that is none', get('host: x\r\n', '3.0')],
    ['a method that is none', `FOO /graphql HTTP/1.1\r\nhost: x\r\n\r\n${smuggled}`],
  ])('is refused as JSON, and what follows it is not served: %s', async (_what, text) => {
    const answer = await sendRaw(gateway.http.port, text, 2_000);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(answer.toLowerCase()).toContain('content-type: application/json');
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(answer.length).toBeLessThan(2_048);
  });

  it('is served where its form is good', async () => {
    expect(await sendRaw(gateway.http.port, post('host: x\r\n'))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await sendRaw(gateway.http.port, get('', '1.0'))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('what is HTTP, but not served', () => {
  it.each<readonly [string, string, RegExp]>([
    ['an expectation that is not known', post('host: x\r\nexpect: 200-maybe\r\n'), /Expect/],
    [
      'an upgrade to WebSockets',
      `GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade, close\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      /WebSockets are not served/,
    ],
    ['a batch', post('host: x\r\n', `[${body},${body}]`), /not taken in batches/],
  ])('is refused with advice: %s', async (_what, text, message) => {
    const answer = await sendRaw(gateway.http.port, text, 2_000);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(message);
  });

  it('passes over an upgrade that a client only offers', async () => {
    const answer = await sendRaw(gateway.http.port, post('host: x\r\nupgrade: h2c\r\n'), 2_000);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('bodies', () => {
  const send = (bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    fetch(`${gateway.http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: bytes,
    });
  const bomb = Buffer.alloc(20_000_000, 0x20);

  it.each<readonly [string, Uint8Array<ArrayBuffer>, string]>([
    ['gzip', new Uint8Array(gzipSync(bomb)), 'gzip'],
    ['Brotli', new Uint8Array(brotliCompressSync(bomb)), 'br'],
    ['gzip in gzip', new Uint8Array(gzipSync(gzipSync(bomb))), 'gzip, gzip'],
  ])('that are packed are refused unread: %s', async (_what, bytes, encoding) => {
    const before = process.memoryUsage().rss;
    const response = await send(bytes, { 'content-encoding': encoding });
    expect([413, 415]).toContain(response.status);
    expect((await response.text()).length).toBeLessThan(2_048);
    expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
  });

  it('with a key twice mean the last one, as everywhere in JSON', async () => {
    const response = await send(new TextEncoder().encode('{"query":"{nothing}","query":"{hello}"}'), {});
    expect(await response.json()).toEqual({ data: { hello: 'world' } });
  });
});

it('says of every answer that it is no page, refusals before the body was read included', async () => {
  const answers = [
    await fetch(`${gateway.http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }),
    await fetch(`${gateway.http.url}/nowhere`),
    await fetch(`${gateway.http.url}/graphql`, { method: 'POST', body: 'x'.repeat(100_000) }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 415]);
  for (const { headers } of answers) {
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  }
});

it('closes a connection after so many requests', async () => {
  const keep = (close = ''): string => `GET /livez HTTP/1.1\r\nhost: x\r\n${close}\r\n`;
  const answer = await sendRaw(gateway.http.port, keep().repeat(3), 2_000);
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  expect(answer.slice(answer.lastIndexOf('HTTP/1.1 200'))).toMatch(/connection: close/i);
});
