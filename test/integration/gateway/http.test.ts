import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { GraphQLResolveInfo } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../src/gateway/request-context.ts';
import { badUserInput, GatewayError } from '../../../src/platform/errors.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';

interface ErrorAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Record<string, unknown>;
  }[];
}

const sdl = `
  scalar DateTime
  type Query { hello: String slow: String hangs: String refused(first: Int): String down: String broken: String partial: [String!] at(time: DateTime!): String many(numbers: [Int!]): String }
  type Mutation { change: String }
`;
let gateway: SmallGateway;
let aborted: Promise<unknown> | undefined;

beforeAll(async () => {
  gateway = await startSmallGateway({
    sdl,
    limits: { operationDeadlineMs: 400, deadlineGraceMs: 100, headersTimeoutMs: 1_000, requestTimeoutMs: 1_500 },
    resolvers: {
      Query: {
        hello: () => 'world',
        slow: (_parent: unknown, _args: unknown, context: RequestContext) =>
          (aborted = new Promise((resolve) => {
            context.scope.signal.addEventListener('abort', () => resolve(String(context.scope.signal.reason)));
          })),
        hangs: () => new Promise(() => {}),
        refused: () => badUserInput('`first` is -1, but must be between 1 and 200.', { argument: 'first' }),
        down: () => {
          throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Jira could not be reached.', {
            source: 'JIRA',
            retryAfterSeconds: 7,
            cause: new Error('connect ECONNREFUSED 10.1.2.3:443'),
          });
        },
        broken: () => {
          throw new Error('password=hunter2 in /srv/secret.ts');
        },
        partial: (_parent: unknown, _args: unknown, context: RequestContext, info: GraphQLResolveInfo) => {
          context.reportPartialError(new GatewayError('UPSTREAM_TIMEOUT', 'Jira was late.', { source: 'JIRA' }), info);
          return ['found'];
        },
      },
      Mutation: { change: () => 'changed' },
    },
  });
});
afterAll(async () => {
  await gateway.close();
});

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${gateway.http.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

async function ask(
  query: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; answer: ErrorAnswer }> {
  const response = await post(JSON.stringify({ query }), headers);
  return { status: response.status, answer: (await response.json()) as ErrorAnswer };
}

async function expectRefusal(response: Response, status: number, code: string): Promise<ErrorAnswer> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/(json|graphql-response\+json)/);
  const answer = (await response.json()) as ErrorAnswer;
  expect(answer.errors[0]?.extensions.code).toBe(code);
  expect(answer.errors[0]?.extensions.requestId).toBe(response.headers.get('x-request-id'));
  return answer;
}

describe('refusals', () => {
  test('an unknown path is 404 as JSON', async () => {
    await expectRefusal(await fetch(`${gateway.http.url}/nowhere?x=1`), 404, 'NOT_FOUND');
  });

  test('a method that /graphql does not take is 405 and names those it takes', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const response = await fetch(`${gateway.http.url}/graphql`, { method });
      expect(response.headers.get('allow')).toBe('GET, POST, OPTIONS');
      await expectRefusal(response, 405, 'METHOD_NOT_ALLOWED');
    }
  });

  test('a mutation by GET is 405 and not run', async () => {
    const url = `${gateway.http.url}/graphql?query=${encodeURIComponent('mutation { change }')}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'yes' } });
    expect(response.headers.get('allow')).toBe('POST');
    await expectRefusal(response, 405, 'BAD_REQUEST');
  });

  test('a GET that a page of another origin could send is refused', async () => {
    await expectRefusal(await fetch(`${gateway.http.url}/graphql?query={hello}`), 400, 'BAD_REQUEST');
  });

  test('no answer allows another origin', async () => {
    const preflight = await fetch(`${gateway.http.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    const answer = await post('{"query":"{hello}"}', { origin: 'https://evil.example' });
    for (const response of [preflight, answer]) expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    ['malformed JSON', '{"query": ', {}, 400, 'BAD_REQUEST'],
    ['an empty body', '', {}, 400, 'BAD_REQUEST'],
    ['a JSON array', '[{"query":"{hello}"}]', {}, 400, 'BAD_REQUEST'],
    ['a JSON null', 'null', {}, 400, 'BAD_REQUEST'],
    ['an object without anything', '{}', {}, 400, 'BAD_REQUEST'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), {}, 400, 'BAD_REQUEST'],
    ['another charset', '{}', { 'content-type': 'application/json; charset=utf-16' }, 400, 'BAD_REQUEST'],
    ['text/plain', '{"query":"{hello}"}', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'query={hello}', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a compressed body', '{"query":"{hello}"}', { 'content-encoding': 'gzip' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('%s is refused as JSON', async (_what, body, headers, status, code) => {
    await expectRefusal(await post(body, headers as Record<string, string>), status, code);
  });

  test('an answer in no type that the client accepts is 406', async () => {
    await expectRefusal(await post('{"query":"{hello}"}', { accept: 'text/csv' }), 406, 'BAD_REQUEST');
  });

  test('a document of more tokens than allowed is refused before it is validated', async () => {
    const { answer } = await ask(`{ ${'hello '.repeat(10_001)} }`);
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]?.extensions).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', limit: 'tokens', max: 8_000 });
  });
});

describe('bodies', () => {
  test('10 MB are refused with 413 that the client gets to read', async () => {
    const response = await post(JSON.stringify({ query: '{hello}', padding: 'x'.repeat(10_000_000) }));
    const answer = await expectRefusal(response, 413, 'PAYLOAD_TOO_LARGE');
    expect(answer.errors[0]?.extensions.maxBytes).toBe(1_048_576);
  });

  test('a body without a length is refused as soon as it is too long', async () => {
    const answer = await new Promise<{ status: number; sentBytes: number }>((resolve, reject) => {
      let sentBytes = 0;
      const request = httpRequest(`${gateway.http.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      });
      request.on('response', (response) => {
        clearInterval(timer);
        response.resume().on('end', () => {
          request.destroy();
          resolve({ status: response.statusCode ?? 0, sentBytes });
        });
      });
      request.on('error', reject);
      const timer = setInterval(() => {
        sentBytes += 200_000;
        request.write(Buffer.alloc(200_000, 0x20));
      }, 5);
    });
    expect(answer.status).toBe(413);
    expect(answer.sentBytes).toBeLessThan(10_000_000);
  });

  test('a client that waits for permission to send is refused before it sends', async () => {
    const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10000000\r\nexpect: 100-continue\r\n\r\n`;
    const answer = await sendRaw(gateway.http.port, head, 500);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).not.toContain('100 Continue');
  });

  test('a short body with permission asked for is answered', async () => {
    const body = '{"query":"{hello}"}';
    const text = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n${body}`;
    const answer = await sendRaw(gateway.http.port, text);
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  test('a body that never ends is answered with 408', async () => {
    const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query":`;
    const answer = await sendRaw(gateway.http.port, head, 6_000);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('REQUEST_TIMEOUT');
  }, 10_000);

  test('what is not HTTP is answered with 400 as JSON', async () => {
    const answer = await sendRaw(gateway.http.port, 'GARBAGE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });

  test('headers that are too long are answered with 431', async () => {
    const answer = await sendRaw(
      gateway.http.port,
      `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'y'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('request ids', () => {
  test('a sane id of the client comes back in the header and in errors', async () => {
    const response = await post('{', { 'x-request-id': 'ui-42.7' });
    expect(response.headers.get('x-request-id')).toBe('ui-42.7');
    await expectRefusal(response, 400, 'BAD_REQUEST');
  });

  test('any other id is replaced', async () => {
    const response = await post('{"query":"{hello}"}', { 'x-request-id': 'a b{"x":1}' });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('errors of fields', () => {
  test('bad input is an error of its field at status 200', async () => {
    const { status, answer } = await ask('{ hello refused(first: -1) }', {
      accept: 'application/graphql-response+json',
    });
    expect(status).toBe(200);
    expect(answer.data).toEqual({ hello: 'world', refused: null });
    expect(answer.errors).toEqual([
      expect.objectContaining({
        message: '`first` is -1, but must be between 1 and 200.',
        path: ['refused'],
        extensions: { code: 'BAD_USER_INPUT', argument: 'first', requestId: expect.any(String) },
      }),
    ]);
  });

  test('a failed source is named with its code and no internals', async () => {
    const { answer } = await ask('{ hello down }');
    expect(answer.data).toEqual({ hello: 'world', down: null });
    expect(answer.errors[0]?.extensions).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      source: 'JIRA',
      retryAfterSeconds: 7,
      requestId: expect.any(String),
    });
    expect(JSON.stringify(answer)).not.toContain('10.1.2.3');
  });

  test('a defect is masked, and its reason is logged under the request id', async () => {
    const { answer } = await ask('{ broken }', { 'x-request-id': 'defect-1' });
    expect(answer.errors[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId: 'defect-1' });
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|secret\.ts/);
    expect(gateway.logLines).toContainEqual(
      expect.objectContaining({
        requestId: 'defect-1',
        error: expect.objectContaining({ message: 'password=hunter2 in /srv/secret.ts' }),
      }),
    );
  });

  test('one failure of many fields is one line in the log', async () => {
    const aliases = Array.from({ length: 20 }, (_, index) => `a${index}: down`).join(' ');
    await ask(`{ ${aliases} }`, { 'x-request-id': 'down-20' });
    const WARN = 40;
    const lines = gateway.logLines.filter(({ requestId, level }) => requestId === 'down-20' && Number(level) >= WARN);
    expect(lines).toHaveLength(1);
  });

  test('a partial error joins an answer that keeps its data', async () => {
    const { answer } = await ask('{ partial }');
    expect(answer.data).toEqual({ partial: ['found'] });
    expect(answer.errors).toEqual([
      {
        message: 'Jira was late.',
        path: ['partial'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'UPSTREAM_TIMEOUT', source: 'JIRA', requestId: expect.any(String) },
      },
    ]);
  });

  test('an argument left out through a variable is the fault of the request, not of the gateway', async () => {
    const { answer } = await ask('query ($time: DateTime!) { at(time: $time) }');
    expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('more wrong variables than are listed are the fault of the request too', async () => {
    const withWrong = async (count: number): Promise<ErrorAnswer['errors']> => {
      const query = 'query ($numbers: [Int!]) { many(numbers: $numbers) }';
      const response = await post(JSON.stringify({ query, variables: { numbers: Array(count).fill('x') } }));
      return ((await response.json()) as ErrorAnswer).errors;
    };
    const [ten, hundred] = [await withWrong(10), await withWrong(100)];
    expect(ten).toHaveLength(6);
    expect(ten[5]?.message).toBe('Not listed: 5 more. Mend these first.');
    expect(hundred).toHaveLength(1);
    expect(hundred[0]?.message).toMatch(/^The variables do not fit their types: `\$numbers\.0` is no Int\./);
    const codes = [...ten, ...hundred].map(({ extensions }) => extensions.code);
    expect(new Set(codes)).toEqual(new Set(['BAD_USER_INPUT']));
  });

  test('a document nested deeper than can be read is told so', async () => {
    const { answer } = await ask(`${'{a'.repeat(4_000)}${'}'.repeat(4_000)}`);
    expect(answer.errors).toMatchObject([
      { message: expect.stringContaining('nested in each other'), extensions: { code: 'OPERATION_TOO_COMPLEX' } },
    ]);
  });

  test('a long value that the client sent does not come back in full', async () => {
    const response = await post(
      JSON.stringify({ query: 'query ($n: Int) { refused(first: $n) }', variables: { n: 'x'.repeat(100_000) } }),
    );
    expect((await response.text()).length).toBeLessThan(1_000);
  });
});

describe('ends of an operation', () => {
  test('the signal aborts when the client leaves', async () => {
    const controller = new AbortController();
    const pending = fetch(`${gateway.http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{slow}"}',
      signal: controller.signal,
    }).catch((error: unknown) => error);
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(1);
    controller.abort();
    await pending;
    expect(await aborted).toContain('the client left');
  });

  test('the signal aborts at the deadline, and fields that heed it still answer', async () => {
    const { status, answer } = await ask('{ hello slow }');
    expect(status).toBe(200);
    expect(answer.data?.hello).toBe('world');
    expect(String(answer.data?.slow)).toContain('longer than the 0.4 s');
  });

  test('a field that heeds no deadline costs the request, which ends with 503', async () => {
    await expectRefusal(await post('{"query":"{hangs}"}'), 503, 'REQUEST_TIMEOUT');
    expect(gateway.operationsUnderWay.count).toBe(0);
  });

  test('a client that vanishes in the middle of its body leaves nothing behind', async () => {
    const socket = connect(gateway.http.port, '127.0.0.1');
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query":',
    );
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(1);
    socket.destroy();
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(0);
  });
});

test('requests and operations are counted under bounded labels', async () => {
  await ask('{ hello }');
  await fetch(`${gateway.http.url}/some/random/path/${Math.random()}`);
  await expect
    .poll(async () => (await gateway.metrics.expose()).text)
    .toMatch(/http_requests_total\{path="other",status="404"\} \d+/);
  const { text } = await gateway.metrics.expose();
  expect(text).toMatch(/graphql_operations_total\{type="query",outcome="ok"\} \d+/);
  expect(text).not.toContain('random/path');
});
