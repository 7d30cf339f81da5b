import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorTable, GatewayError } from '../../../src/platform/errors.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { noBudgets } from '../../support/no-budgets.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';

/** What failures have in their messages, causes and stacks. */
const canaries = [
  'canary-host.internal',
  '10.11.12.13',
  'canary-token-6f6f',
  'canary_table',
  '/srv/canary/path.ts',
  'canary-upstream-body',
];
const [HOST, ADDRESS, TOKEN, TABLE, PATH, BODY] = canaries;

function leaky(): Error {
  const error = new Error(
    `connect ECONNREFUSED ${HOST} ${ADDRESS}:5432 select * from ${TABLE} with Bearer ${TOKEN} at ${PATH}:12`,
  );
  error.stack = `Error: ${TOKEN}\n    at ${PATH}:12:3`;
  return Object.assign(error, { code: TOKEN, address: ADDRESS, hostname: HOST, query: TABLE, path: PATH });
}

interface Told {
  readonly status: number;
  readonly contentType: string;
  readonly codes: readonly unknown[];
  readonly requestIds: readonly unknown[];
  readonly requestIdHeader: string | null;
  /** Everything that came back. */
  readonly whole: string;
}

function toldBy(status: number, headers: Headers, text: string): Told {
  const { errors = [] } = JSON.parse(text) as { errors?: { extensions: Record<string, unknown> }[] };
  return {
    status,
    contentType: headers.get('content-type') ?? '',
    codes: errors.map(({ extensions }) => extensions.code),
    requestIds: errors.map(({ extensions }) => extensions.requestId),
    requestIdHeader: headers.get('x-request-id'),
    whole: `${[...headers].join('\n')}\n${text}`,
  };
}

async function told(response: Response): Promise<Told> {
  return toldBy(response.status, response.headers, await response.text());
}

async function toldRaw(port: number, bytes: string): Promise<Told> {
  const answer = await sendRaw(port, bytes);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => [line.split(': ')[0] ?? '', line.split(': ')[1] ?? '']));
  return toldBy(Number(first.split(' ')[1]), headers, body);
}

function expectClean(answer: Told, status: number, code: string): void {
  expect(answer).toMatchObject({ status, codes: [code] });
  expect(answer.contentType).toMatch(/^application\/(graphql-response\+)?json/);
  expect(answer.requestIdHeader).toMatch(/^[\w.:-]{8,128}$/);
  expect(answer.requestIds).toEqual([answer.requestIdHeader]);
  expect(canaries.filter((canary) => answer.whole.includes(canary))).toEqual([]);
  expect(answer.whole).not.toMatch(/node_modules|\.ts:\d|stacktrace|x-powered-by/i);
}

describe('every way in which a request fails as a whole', () => {
  let gateway: SmallGateway;
  beforeAll(async () => {
    gateway = await startSmallGateway({
      sdl: 'type Query { hello: String! broken: String! down: String! slow: String! }',
      production: true,
      limits: { operationDeadlineMs: 1_000, deadlineGraceMs: 50, headersTimeoutMs: 600, requestTimeoutMs: 800 },
      settings: { ...noBudgets, BUDGET_PERSON_REQUESTS: '40/0', OPERATIONS_UNDER_WAY: '1' },
      resolvers: {
        Query: {
          hello: () => 'world',
          slow: () => new Promise(() => {}),
          broken: () => {
            throw leaky();
          },
          down: () => {
            throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Jira could not be reached.', { cause: leaky() });
          },
        },
      },
      viewerOf: ({ authorization = 'somebody' }) => {
        if (authorization === 'unknown') throw new GatewayError('UNAUTHENTICATED', 'No.', { cause: leaky() });
        if (authorization === 'foreign') throw new GatewayError('FORBIDDEN', 'No.', { cause: leaky() });
        if (authorization === 'away') throw new GatewayError('UPSTREAM_UNAVAILABLE', 'No.', { cause: leaky() });
        if (authorization === 'defect') throw leaky();
        return { id: authorization, name: null, email: null, tenant: 'demo', roles: ['VIEWER'] };
      },
    });
  });
  afterAll(async () => {
    await gateway.close();
  });

  const post = async (body: string, headers: Record<string, string> = {}): Promise<Told> =>
    await told(
      await fetch(`${gateway.http.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body,
      }),
    );
  const ask = (query: string, headers: Record<string, string> = {}): Promise<Told> =>
    post(JSON.stringify({ query }), headers);

  test.each([
    [400, 'BAD_REQUEST', 'malformed JSON', () => post(`{"query": ${TOKEN}`)],
    [400, 'BAD_REQUEST', 'a document that is none', () => post('{"query": 5}')],
    [400, 'GRAPHQL_PARSE_FAILED', 'wrong grammar', () => ask('{ hello')],
    [400, 'GRAPHQL_VALIDATION_FAILED', 'an unknown field', () => ask('{ nothing }')],
    [400, 'OPERATION_RESOLUTION_FAILURE', 'no clear operation', () => ask('query A { hello } query B { hello }')],
    [401, 'UNAUTHENTICATED', 'who is not known', () => ask('{ hello }', { authorization: 'unknown' })],
    [403, 'FORBIDDEN', 'who may not', () => ask('{ hello }', { authorization: 'foreign' })],
    [413, 'PAYLOAD_TOO_LARGE', 'too much', () => post(`{"query": "${'x'.repeat(1_100_000)}"}`)],
    [415, 'UNSUPPORTED_MEDIA_TYPE', 'another type', () => post('{}', { 'content-type': `text/${TOKEN}` })],
    [500, 'INTERNAL_SERVER_ERROR', 'a defect at the door', () => ask('{ hello }', { authorization: 'defect' })],
    [503, 'UPSTREAM_UNAVAILABLE', 'no identity provider', () => ask('{ hello }', { authorization: 'away' })],
  ])('%i %s: %s', async (status, code, _what, send) => {
    expectClean(await send(), status, code);
  });

  test.each([
    [404, 'NOT_FOUND', 'GET', `/${TOKEN}`],
    [405, 'METHOD_NOT_ALLOWED', 'DELETE', '/graphql'],
  ])('%i %s: %s %s', async (status, code, method, path) => {
    const answer = await told(await fetch(gateway.http.url + path, { method }));
    expectClean(answer, status, code);
  });

  test.each([
    ['a resolver that fails', '{ broken }', 'INTERNAL_SERVER_ERROR'],
    ['a source that fails', '{ down }', 'UPSTREAM_UNAVAILABLE'],
  ])('%s tells its code alone, and the log the reason', async (_what, query, code) => {
    expectClean(await ask(query), 200, code);
    expect(JSON.stringify(gateway.logLines)).toContain(code === 'INTERNAL_SERVER_ERROR' ? HOST : '');
  });

  test('503 OVERLOADED and REQUEST_TIMEOUT: more than may be under way, and what takes too long', async () => {
    const slow = ask('{ slow }', { authorization: 'slow' });
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(1);
    expectClean(await ask('{ hello }', { authorization: 'next' }), 503, 'OVERLOADED');
    expectClean(await slow, 503, 'REQUEST_TIMEOUT');
  });

  test('429 RATE_LIMITED: more than somebody may ask', async () => {
    for (let sent = 0; sent < 40; sent += 1) await ask('{ hello }', { authorization: 'eager' });
    expectClean(await ask('{ hello }', { authorization: 'eager' }), 429, 'RATE_LIMITED');
  });

  test.each([
    [400, 'BAD_REQUEST', 'what is no HTTP', `${TOKEN} nonsense\r\n\r\n`],
    [408, 'REQUEST_TIMEOUT', 'headers that do not end', `POST /graphql HTTP/1.1\r\nhost: x\r\nx-a: ${TOKEN}\r\n`],
    [431, 'BAD_REQUEST', 'too long headers', `GET / HTTP/1.1\r\nhost: x\r\nx-a: ${TOKEN}${'x'.repeat(40_000)}\r\n\r\n`],
  ])('%i %s: %s, on the bare socket', async (status, code, _what, bytes) => {
    expectClean(await toldRaw(gateway.http.port, bytes), status, code);
  });
});

describe('what sources and PostgreSQL say of their failures', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      settings: { NODE_ENV: 'production', ALLOW_STANDINS: 'true', ...noBudgets },
      stopTimes: { lameDuckMs: 0 },
    });
  });
  afterAll(async () => {
    await gateway.close();
  });

  const failing = (headers: Record<string, string>) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        query: `{ psRequests(first: 2) { nodes { number } } jiraIssues(first: 2) { nodes { key } } mentors(first: 2) { nodes { name } } }`,
      }),
    });

  test.each([
    ['an error of their own', { kind: 'status', status: 500, body: { message: `${BODY} ${TOKEN} ${PATH}` } }],
    ['a refusal', { kind: 'status', status: 400, body: [{ errorCode: TABLE, message: `${BODY} ${TOKEN}` }] }],
    ['a refusal of the credentials', { kind: 'status', status: 401, body: { message: `${BODY} ${TOKEN}` } }],
    ['a page', { kind: 'status', status: 502, body: `<h1>${HOST} ${BODY}</h1>`, contentType: 'text/html' }],
    ['something that is no JSON', { kind: 'status', status: 200, body: BODY, contentType: 'text/plain' }],
    ['a redirect', { kind: 'status', status: 302, body: '', headers: { location: `https://${HOST}/${TOKEN}` } }],
  ] as const)('%s is not told on', async (_what, fault) => {
    const headers = await gateway.as('ADMIN');
    for (const source of [gateway.salesforce, gateway.jira]) source.faults.add(fault);
    await gateway.database?.query('alter table mentors rename column name to canary_table');
    try {
      const answer = await told(await failing({ ...headers, 'cache-control': 'no-cache' }));
      expect(answer.codes).toHaveLength(3);
      for (const code of answer.codes) expect(Object.keys(errorTable)).toContain(code);
      expect(new Set(answer.requestIds)).toEqual(new Set([answer.requestIdHeader]));
      expect([...canaries, 'does not exist'].filter((canary) => answer.whole.includes(canary))).toEqual([]);
    } finally {
      await gateway.database?.query('alter table mentors rename column canary_table to name');
      for (const source of [gateway.salesforce, gateway.jira]) source.faults.clear();
    }
  });
});
