import { afterEach, expect, test } from 'vitest';
import { GatewayError } from '../../../src/platform/errors.ts';
import { noBudgets } from '../../support/no-budgets.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';

let gateway: SmallGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

/** `authorization` names the person and the tenant; `bad` is refused. */
async function start(
  settings: Readonly<Record<string, string>>,
  clock = { now: () => Date.now() },
  isSessionGood = () => true,
) {
  gateway = await startSmallGateway({
    sdl: `
      directive @cacheControl(maxAge: Int) on OBJECT | FIELD_DEFINITION
      type Query { hello: String things: [Thing!] kept: String @cacheControl(maxAge: 60) }
      type Thing { id: ID! }
      type Mutation { createSession(token: String): String }`,
    resolvers: {
      Query: { hello: () => 'world', things: () => [], kept: () => 'kept' },
      Mutation: { createSession: () => 'session' },
    },
    responseCacheBytes: 1_000_000,
    clock,
    settings: { ...noBudgets, ...settings },
    viewerOf: ({ authorization = 'somebody demo', ...headers }) => {
      if (headers['x-session-token'] !== undefined && !isSessionGood())
        throw new GatewayError('UNAUTHENTICATED', 'The session has ended.');
      const [id = '', tenant = 'demo'] = authorization.split(' ');
      if (id === 'bad') throw new GatewayError('UNAUTHENTICATED', 'The token is not good.');
      return { id, name: null, email: null, tenant, roles: ['VIEWER'] };
    },
  });
  return gateway;
}

async function ask(query = '{ hello }', headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return await fetch(`${gateway?.http.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
}

async function statuses(count: number, send: (index: number) => Promise<Response>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push((await send(index)).status);
  return found;
}

const ok = (count: number) => Array<number>(count).fill(200);
const refused = (count: number) => Array<number>(count).fill(429);

test('beyond so many requests a minute a person is told to wait, and then goes on', async () => {
  let nowMs = 1_000_000;
  await start({ BUDGET_PERSON_REQUESTS: '3/0' }, { now: () => nowMs });
  const first = await ask();
  expect(first.headers.get('ratelimit')).toBe('"person-requests-minute";r=2;t=60');
  expect(first.headers.get('ratelimit-policy')).toBe('"person-requests-minute";q=3;w=60');
  expect(await statuses(2, () => ask())).toEqual(ok(2));
  nowMs += 20_000;
  const answer = await ask();
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('40');
  expect(answer.headers.get('ratelimit')).toBe('"person-requests-minute";r=0;t=40');
  const text = await answer.text();
  expect(text.length).toBeLessThan(2_048);
  expect(JSON.parse(text)).toMatchObject({
    errors: [
      {
        message: expect.stringMatching(/You have sent as many requests as a minute allows \(3\)\. Wait 40 s/),
        extensions: { code: 'RATE_LIMITED', limit: 'person-requests-minute', retryAfterSeconds: 40 },
      },
    ],
  });
  nowMs += 40_000;
  expect((await ask()).status).toBe(200);
});

test('the hour counts when minutes do not', async () => {
  let nowMs = 1_000_000;
  await start({ BUDGET_PERSON_REQUESTS: '3/5' }, { now: () => nowMs });
  expect(await statuses(3, () => ask())).toEqual(ok(3));
  nowMs += 61_000;
  expect(await statuses(3, () => ask())).toEqual([200, 200, 429]);
  expect((await ask()).headers.get('retry-after')).toBe(String(3_600 - 61));
});

test('a person is one under every name of operation, client and address, and nobody else', async () => {
  await start({ BUDGET_PERSON_REQUESTS: '4/0', TRUSTED_PROXIES: '127.0.0.1' });
  const alice = { authorization: 'alice demo' };
  const dressed = (index: number) =>
    ask(`query Q${index} { hello }`, {
      ...alice,
      'x-forwarded-for': `203.0.113.${index}`,
      'apollographql-client-name': `client-${index}`,
    });
  expect(await statuses(6, dressed)).toEqual([...ok(4), ...refused(2)]);
  expect((await ask('{ hello }', { authorization: 'bob demo' })).status).toBe(200);
  expect((await ask('{ hello }', { authorization: 'alice other' })).status).toBe(200);
});

test('who does not sign in is the address, and no header of the client changes it', async () => {
  await start({ BUDGET_PERSON_REQUESTS: '3/0' });
  const spoofed = (index: number) =>
    ask('{ hello }', { 'x-forwarded-for': `203.0.113.${index}`, forwarded: `for=203.0.113.${index}` });
  expect(await statuses(5, spoofed)).toEqual([...ok(3), ...refused(2)]);
});

test('behind a trusted proxy it is the address that the proxy saw, an IPv6 network of 64 bits being one', async () => {
  await start({ BUDGET_PERSON_REQUESTS: '2/0', TRUSTED_PROXIES: '127.0.0.0/8 10.0.0.0/8' });
  const from = (chain: string) => ask('{ hello }', { 'x-forwarded-for': chain });
  expect(await statuses(3, (index) => from(`198.51.100.${index}, 203.0.113.7`))).toEqual([200, 200, 429]);
  expect((await from('203.0.113.8, 10.1.2.3')).status).toBe(200);
  expect(await statuses(3, (index) => from(`2001:db8:1:2::${index + 1}`))).toEqual([200, 200, 429]);
  expect((await from('2001:db8:1:3::1')).status).toBe(200);
});

test('a program that gives itself a name has a budget over all who use it, within its tenant', async () => {
  await start({ BUDGET_CLIENT_REQUESTS: '3/0' });
  const by = (person: string, name: string) =>
    ask('{ hello }', { authorization: person, 'apollographql-client-name': name });
  expect(await statuses(4, (index) => by(`person-${index} demo`, 'robot'))).toEqual([...ok(3), 429]);
  expect((await by('alice demo', 'assistant')).status).toBe(200);
  expect((await by('alice other', 'robot')).status).toBe(200);
  expect(await statuses(5, () => ask())).toEqual(ok(5));
});

test('points are those of what is executed; what is kept already costs none', async () => {
  // A root field with a list of which nothing is known: 10 points and 20 objects.
  await start({ BUDGET_PERSON_POINTS: '60/0' });
  const anew = { 'cache-control': 'no-store' };
  expect(await statuses(4, () => ask('{ things { id } }', anew))).toEqual([...ok(2), ...refused(2)]);
  expect((await ask('{ kept }')).status).toBe(429);
  await gateway?.close();
  await start({ BUDGET_PERSON_POINTS: '60/0' });
  expect(await statuses(30, () => ask('{ kept }'))).toEqual(ok(30));
});

test('an address whose sign-ins fail too often is refused unread, and who shows no credentials is not', async () => {
  await start({ BUDGET_FAILED_SIGN_INS: '3/0' });
  const bad = () => ask('{ hello }', { authorization: 'bad demo' });
  expect(await statuses(5, bad)).toEqual([401, 401, 401, 429, 429]);
  expect((await ask('{ hello }', { authorization: 'alice demo' })).status).toBe(429);
  expect((await ask()).status).toBe(200);
});

test('who was let in lately goes on behind an address whose sign-ins fail', async () => {
  let isSessionGood = true;
  await start({ BUDGET_FAILED_SIGN_INS: '3/0' }, undefined, () => isSessionGood);
  const session = { 'x-session-token': 'a-session' };
  const alice = { authorization: 'alice demo' };
  const byCookie = { cookie: 'theme=dark; sessionToken=another-session' };
  expect(await statuses(3, (index) => ask('{ hello }', [session, alice, byCookie][index]))).toEqual(ok(3));
  await statuses(3, () => ask('{ hello }', { authorization: 'bad demo' }));
  expect((await ask('{ hello }', { authorization: 'bad demo' })).status).toBe(429);
  expect(await statuses(3, (index) => ask('{ hello }', [session, alice, byCookie][index]))).toEqual(ok(3));
  // Nobody signs in by a cookie of another name.
  expect((await ask('{ hello }', { cookie: 'theme=dark' })).status).toBe(200);
  expect((await ask('{ hello }', { cookie: 'sessionToken=a-guess' })).status).toBe(429);
  isSessionGood = false;
  expect(await statuses(2, () => ask('{ hello }', session))).toEqual([401, 429]);
});

test('a hundred sign-ins in one document count as a hundred', async () => {
  await start({ BUDGET_SIGN_INS: '150/0' });
  const signIns = (count: number) =>
    `mutation { ${Array.from({ length: count }, (_, index) => `a${index}: createSession(token: "x")`).join(' ')} }`;
  const hidden = `mutation { ...F ... { b: createSession } } fragment F on Mutation { ${Array.from({ length: 60 }, (_, index) => `a${index}: createSession`).join(' ')} }`;
  expect((await ask(signIns(100))).status).toBe(200);
  expect((await ask(hidden)).status).toBe(429);
  expect((await ask(signIns(1))).status).toBe(429);
  expect((await ask()).status).toBe(200);
});
