import { get, type IncomingHttpHeaders, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidationLedger } from '../../../src/cache/invalidation-ledger.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import { MovableClock } from '../../support/identity.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';

const sdl = `
  enum CacheControlScope { PUBLIC PRIVATE }
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT
  interface Node { id: ID! }
  type Thing implements Node @cacheControl(maxAge: 60) { id: ID! text: String slow: String broken: String serial: Int }
  type Bare { text: String }
  type Query { thing(id: ID): Thing things: [Thing!] bare: Bare }
  type Mutation { change: Int }
`;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly json: () => {
    readonly data?: { readonly thing?: Record<string, unknown> | null };
    readonly errors?: readonly unknown[];
  };
}

let gateway: SmallGateway;
let clock: MovableClock;
let ledger: InvalidationLedger;
let executions: number;
let aborted: number;
let released: PromiseWithResolvers<void>;

beforeEach(async () => {
  clock = new MovableClock();
  ledger = new InvalidationLedger();
  executions = 0;
  aborted = 0;
  released = Promise.withResolvers();
  const thing = (id: string): object => {
    executions += 1;
    return { __typename: 'Thing', id: toGlobalId('Thing', id), serial: executions, text: 'text '.repeat(500) };
  };
  gateway = await startSmallGateway({
    sdl,
    clock,
    ledger,
    responseCacheBytes: 1_000_000,
    // Who may ask for a receipt.
    viewerOf: () => ({ id: 'tester', name: null, email: null, tenant: 'demo', roles: ['VIEWER', 'ANALYST'] }),
    resolvers: {
      Query: {
        thing: (_parent: unknown, { id }: { id: string }) => (id === 'none' ? null : thing(id)),
        things: () => [thing('1'), thing('2')],
        bare: () => {
          executions += 1;
          return { text: 'bare' };
        },
      },
      Mutation: { change: () => 1 },
      Thing: {
        broken: () => {
          throw new GatewayError('UPSTREAM_TIMEOUT', 'Jira did not answer.', { source: 'JIRA' });
        },
        slow: async (_parent: unknown, _args: unknown, { scope }: { scope: { signal: AbortSignal } }) => {
          scope.signal.addEventListener('abort', () => {
            aborted += 1;
          });
          await Promise.race([
            released.promise,
            new Promise((resolve) => scope.signal.addEventListener('abort', resolve)),
          ]);
          return 'done';
        },
      },
    },
  });
});
afterEach(async () => {
  released.resolve();
  await gateway.close();
});

/** By node:http, which neither decompresses nor caches by itself. */
function send(query: string, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${gateway.http.url}/graphql`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, ...(signal ? { signal } : {}) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const json = (): ReturnType<Answer['json']> => JSON.parse(bytes.toString('utf8'));
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, json });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ query }));
  });
}

const QUERY = '{ thing(id: "1") { id text serial } }';

describe('an answer given again', () => {
  test('is the same bytes, without any execution, and says so', async () => {
    const first = await send(QUERY);
    clock.advanceMs(12_000);
    const again = await send(`# the same\n${QUERY}`);
    expect(executions).toBe(1);
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(first.headers).toMatchObject({ 'cache-status': 'deployment-graph; fwd=miss; stored', age: '0' });
    expect(again.headers).toMatchObject({
      'cache-status': 'deployment-graph; hit; ttl=48',
      'cache-control': 'public, max-age=60',
      age: '12',
      vary: 'accept, accept-encoding, authorization, cookie, x-session-token',
      'content-type': first.headers['content-type'],
      'x-content-type-options': 'nosniff',
    });
    clock.advanceMs(48_000);
    expect((await send(QUERY)).headers['cache-status']).toBe('deployment-graph; fwd=miss; stored');
  });

  test('is private to who is signed in', async () => {
    await send(QUERY, { authorization: 'Bearer x' });
    for (const credentials of [{ authorization: 'Bearer x' }, { cookie: 'sessionToken=x' }, { 'x-session-token': 'x' }])
      expect((await send(QUERY, credentials)).headers['cache-control']).toBe('private, max-age=60');
  });

  test('is compressed once, and unpacks to the plain bytes', async () => {
    const plain = await send(QUERY, { 'accept-encoding': 'gzip;q=0' });
    const packed = await send(QUERY, { 'accept-encoding': 'br, gzip' });
    const packedAgain = await send(QUERY, { 'accept-encoding': '*' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 5);
    expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
    expect(packedAgain.bytes.equals(packed.bytes)).toBe(true);
    expect(packed.headers.etag).not.toBe(plain.headers.etag);
    expect(executions).toBe(1);
  });

  test('is 304 to who has it, by either entity tag, until it changes', async () => {
    const plain = await send(QUERY);
    const packed = await send(QUERY, { 'accept-encoding': 'gzip' });
    for (const tag of [
      plain.headers.etag,
      packed.headers.etag,
      `W/${plain.headers.etag}`,
      `"x", ${plain.headers.etag}`,
    ]) {
      const answer = await send(QUERY, { 'if-none-match': String(tag) });
      expect(answer).toMatchObject({ status: 304, headers: { etag: plain.headers.etag, age: '0' } });
      expect(answer.bytes).toHaveLength(0);
    }
    expect((await send(QUERY, { 'if-none-match': '"other"' })).status).toBe(200);
    ledger.applyOwn(['Thing:1']);
    const changed = await send(QUERY, { 'if-none-match': String(plain.headers.etag) });
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(plain.headers.etag);
  });

  test('keeps the media type that each client wants', async () => {
    const wanted = ['application/json', 'application/graphql-response+json', '*/*', 'text/html, */*;q=0.1'];
    const direct = await Promise.all(
      wanted.map((accept) => send(`{ thing(id: "${accept.length}") { id } }`, { accept })),
    );
    for (const [index, accept] of wanted.entries()) {
      await send(QUERY, { accept });
      const hit = await send(QUERY, { accept });
      expect(hit.headers['cache-status']).toContain('hit');
      expect(hit.headers['content-type']).toBe(direct[index]?.headers['content-type']);
    }
    expect((await send(QUERY, { accept: 'text/html' })).status).toBe(406);
    expect((await send(QUERY, { accept: 'text/html' })).status).toBe(406);
  });

  test('counts as an operation', async () => {
    await send(QUERY);
    await send(QUERY);
    const { text } = await gateway.metrics.expose();
    expect(text).toContain('graphql_operations_total{type="query",outcome="ok"} 2');
    expect(text).toContain('response_cache_answers_total{origin="memory"} 1');
  });
});

describe('what is never given again', () => {
  test.each([
    ['an answer with an error', '{ thing(id: "1") { id broken } }', 'miss'],
    ['a field without a policy', '{ bare { text } }', 'bypass'],
    ['a mutation', 'mutation { change }', 'bypass'],
    ['introspection', '{ __schema { queryType { name } } }', 'bypass'],
    ['an operation that is refused', '{ thing(id: "1") { unknown } }', 'bypass'],
  ])('%s', async (_what, query, reason) => {
    for (let turn = 0; turn < 2; turn += 1) {
      const { headers } = await send(query);
      expect(headers['cache-status']).toBe(`deployment-graph; fwd=${reason}`);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers.etag).toBeUndefined();
    }
    expect(gateway.responseCache?.usage.answers).toBe(0);
  });

  test('what a client wants explained', async () => {
    await send(QUERY);
    const { headers } = await send(QUERY, { 'x-explain': 'receipt' });
    expect(headers['cache-status']).toBe('deployment-graph; fwd=bypass');
    expect(executions).toBe(2);
  });

  test('anything by a GET that another page could have sent', async () => {
    const url = `${gateway.http.url}/graphql?query=${encodeURIComponent(QUERY)}`;
    const fetchIt = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        get(url, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject);
      });
    expect(await fetchIt({ 'apollo-require-preflight': 'true' })).toBe(200);
    expect(await fetchIt({ 'apollo-require-preflight': 'true' })).toBe(200);
    expect(executions).toBe(1);
    expect(await fetchIt({})).toBe(400);
    expect(await fetchIt({ 'apollo-require-preflight': 'true', 'content-type': 'text/html' })).toBe(415);
  });
});

describe('Cache-Control of a request', () => {
  test('no-cache executes anew, and what it brings is stored', async () => {
    await send(QUERY);
    const fresh = await send(QUERY, { 'cache-control': 'no-cache' });
    expect(fresh.headers['cache-status']).toBe('deployment-graph; fwd=request; stored');
    expect((await send(QUERY)).bytes.equals(fresh.bytes)).toBe(true);
    expect(executions).toBe(2);
  });

  test('no-store neither reads nor stores', async () => {
    const first = await send(QUERY, { 'cache-control': 'no-store' });
    expect(first.headers).toMatchObject({
      'cache-status': 'deployment-graph; fwd=request',
      'cache-control': 'no-store',
    });
    expect(gateway.responseCache?.usage.answers).toBe(0);
    await send(QUERY);
    await send(QUERY, { 'cache-control': 'no-store' });
    expect(executions).toBe(3);
  });

  test('only-if-cached is 504 when there is nothing, and executes nothing', async () => {
    const refused = await send(QUERY, { 'cache-control': 'only-if-cached' });
    expect(refused.status).toBe(504);
    expect(refused.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_CACHED' } }] });
    expect(executions).toBe(0);
    await send(QUERY);
    expect((await send(QUERY, { 'cache-control': 'only-if-cached' })).status).toBe(200);
  });
});

describe('a mutation', () => {
  test('that nobody has declared the effects of makes the tenant see everything anew', async () => {
    await send(QUERY);
    await send('mutation { change }');
    expect((await send(QUERY)).headers['cache-status']).toContain('fwd=miss');
    expect(executions).toBe(2);
  });
});

describe('equal operations under way', () => {
  const SLOW = '{ thing(id: "1") { id slow serial } }';
  const underWay = (): Promise<void> => expect.poll(() => gateway.responseCache?.usage.underWay).toBe(1);

  test('are executed once, for all', async () => {
    await send('{ thing(id: "0") { id } }');
    const waiting = Array.from({ length: 50 }, () => send(SLOW));
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(50);
    released.resolve();
    const answers = await Promise.all(waiting);
    expect(executions).toBe(2);
    expect(new Set(answers.map(({ bytes }) => bytes.toString()))).toHaveProperty('size', 1);
    const statuses = answers.map(({ headers }) => headers['cache-status']);
    expect(statuses.filter((status) => status === 'deployment-graph; fwd=miss; stored')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'deployment-graph; fwd=miss; collapsed')).toHaveLength(49);
  });

  test('go on for those who stay when the one who came first leaves', async () => {
    const leaving = new AbortController();
    const first = send(SLOW, {}, leaving.signal).catch((error: Error) => error);
    await underWay();
    const second = send(SLOW);
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(2);
    leaving.abort();
    expect(await first).toBeInstanceOf(Error);
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(1);
    expect(aborted).toBe(0);
    released.resolve();
    expect((await second).json().data?.thing?.slow).toBe('done');
    expect(executions).toBe(1);
  });

  test('end when all have left', async () => {
    const leaving = new AbortController();
    const waiting = [send(SLOW, {}, leaving.signal), send(SLOW, {}, leaving.signal)].map((one) =>
      one.catch(() => null),
    );
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(2);
    await underWay();
    leaving.abort();
    await Promise.all(waiting);
    await expect.poll(() => aborted).toBe(1);
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(0);
    expect(gateway.responseCache?.usage).toMatchObject({ answers: 0, underWay: 0 });
  });

  test('that fail, fail for all, and are not stored', async () => {
    const query = '{ thing(id: "1") { id slow broken serial } }';
    const waiting = [send(query), send(query), send(query)];
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(3);
    released.resolve();
    for (const answer of await Promise.all(waiting)) {
      expect(answer.json().errors).toHaveLength(1);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    expect(executions).toBe(1);
    await send(query);
    expect(executions).toBe(2);
  });

  test('are executed apart when they are mutations', async () => {
    const answers = await Promise.all([send('mutation { change }'), send('mutation { change }')]);
    for (const { headers } of answers) expect(headers['cache-status']).toBe('deployment-graph; fwd=bypass');
  });
});
