import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { bearerOf, beginSession, codeOf, type Headers } from '../../support/signed-in.ts';

const QUERY = '{ viewer { id } }';
const MUTATION = 'mutation { updatePreferences(input: { patch: { touched: true }, version: 0 }) { viewer { id } } }';

let gateway: TestGateway;
let behindProxy: TestGateway;
let own: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  own = gateway.url;
  behindProxy = await startTestGateway({
    settings: {
      NODE_ENV: 'production',
      ALLOW_STANDINS: 'true',
      PUBLIC_ORIGIN: 'https://Graph.example.com/',
    },
    stopTimes: { lameDuckMs: 0 },
  });
});
afterAll(async () => {
  await gateway?.close();
  await behindProxy?.close();
});

interface Sent {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Headers;
  readonly body?: string;
  readonly document?: string;
}

/** Sends what a page could make a browser send; node's fetch would not let these headers through everywhere, so each is said as it is. */
async function send(to: TestGateway, cookie: string, { method = 'POST', headers = {}, body, document = QUERY }: Sent) {
  const search = method === 'GET' ? `?query=${encodeURIComponent(document)}` : '';
  const response = await fetch(`${to.url}/graphql${search}`, {
    method,
    headers: { cookie, ...headers },
    ...(method === 'POST' ? { body: body ?? JSON.stringify({ query: document }) } : {}),
  });
  const text = await response.text();
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  return { status: response.status, text };
}

async function cookieOf(to: TestGateway, subject: string): Promise<string> {
  return `sessionToken=${(await beginSession(to, await bearerOf(to, { subject }))).token}`;
}

const json = { 'content-type': 'application/json' };
const preflighted = { 'apollo-require-preflight': 'yes' };

describe('a request that comes in by the cookie', () => {
  const cases: readonly (readonly [string, number, () => Sent])[] = [
    ['a POST of an own page', 200, () => ({ headers: { ...json, origin: own, 'sec-fetch-site': 'same-origin' } })],
    ['a POST of an own page in a browser without Sec-Fetch-Site', 200, () => ({ headers: { ...json, origin: own } })],
    ['a POST that says only same-origin', 200, () => ({ headers: { ...json, 'sec-fetch-site': 'same-origin' } })],
    ['a mutation of an own page', 200, () => ({ headers: { ...json, origin: own }, document: MUTATION })],
    ['a POST that says nothing of its page', 403, () => ({ headers: json })],
    ['a POST of another site', 403, () => ({ headers: { ...json, origin: 'https://evil.example' } })],
    ['a POST of another port of this host', 403, () => ({ headers: { ...json, origin: 'http://127.0.0.1:1' } })],
    ['a POST of a page without an origin', 403, () => ({ headers: { ...json, origin: 'null' } })],
    ['a POST of what begins like the own origin', 403, () => ({ headers: { ...json, origin: `${own}.evil.example` } })],
    ['a POST of what hides the own host', 403, () => ({ headers: { ...json, origin: `http://evil.example/${own}` } })],
    [
      'a POST of the own host with a user',
      403,
      () => ({ headers: { ...json, origin: own.replace('//', '//evil@x.') } }),
    ],
    [
      'a POST whose origin is own, but cross-site',
      403,
      () => ({ headers: { ...json, origin: own, 'sec-fetch-site': 'cross-site' } }),
    ],
    ['a POST of a neighbouring host', 403, () => ({ headers: { ...json, 'sec-fetch-site': 'same-site' } })],
    ['a POST whose Sec-Fetch-Site is made up', 403, () => ({ headers: { ...json, 'sec-fetch-site': 'yes' } })],
    [
      'a form',
      415,
      () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded', origin: own }, body: 'query=x' }),
    ],
    ['a text', 415, () => ({ headers: { 'content-type': 'text/plain', origin: own } })],
    [
      'an upload',
      415,
      () => ({ headers: { 'content-type': 'multipart/form-data; boundary=x', origin: own }, body: '--x--' }),
    ],
    ['a POST without a type', 415, () => ({ headers: { origin: own, 'content-type': '' } })],
    [
      'a GET of an own page',
      200,
      () => ({ method: 'GET', headers: { ...preflighted, 'sec-fetch-site': 'same-origin' } }),
    ],
    ['a GET of a program with the header that is preflighted', 200, () => ({ method: 'GET', headers: preflighted })],
    ['a GET as a link or an image makes it', 400, () => ({ method: 'GET' })],
    [
      'a GET of another site',
      403,
      () => ({ method: 'GET', headers: { ...preflighted, 'sec-fetch-site': 'cross-site' } }),
    ],
    ['a mutation by GET', 405, () => ({ method: 'GET', headers: { ...preflighted, origin: own }, document: MUTATION })],
  ];

  test.each(cases)('%s: %i', async (_what, status, sent) => {
    const subject = `csrf-${cases.findIndex(([what]) => what === _what)}`;
    const cookie = await cookieOf(gateway, subject);
    const answer = await send(gateway, cookie, sent());
    expect(answer.status, answer.text).toBe(status);
    const changed = await gateway.database?.query('select 1 from preferences where viewer_id = $1', [subject]);
    expect(changed).toHaveLength(status === 200 && sent().document === MUTATION ? 1 : 0);
    if (status === 200) expect(answer.text).toContain(subject);
    else expect(answer.text).not.toContain(subject);
  });

  test('a preflight is granted to nobody', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('is not asked for its page when the token comes in the header', async () => {
    const { headers } = await beginSession(gateway, await bearerOf(gateway, { subject: 'program' }));
    expect((await gateway.query(QUERY, {}, headers)).status).toBe(200);
  });
});

describe('the cookie', () => {
  const setCookies = (headers: globalThis.Headers): string[] => headers.getSetCookie();

  test('is set by createSession for the whole host, out of reach of scripts and of other sites', async () => {
    const { answer, token } = await beginSession(gateway, await bearerOf(gateway));
    expect(setCookies(answer.headers)).toEqual([
      `sessionToken=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000`,
    ]);
  });

  test('is for TLS alone in production, and there under a name that only this host can set, which counts', async () => {
    const { answer, token } = await beginSession(behindProxy, await bearerOf(behindProxy));
    const rest = 'Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure';
    expect(setCookies(answer.headers)).toEqual([
      `sessionToken=${token}; ${rest}`,
      `__Host-sessionToken=${token}; ${rest}`,
    ]);
    const planted = await cookieOf(behindProxy, 'attacker');
    const own = { ...json, origin: 'https://graph.example.com' };
    const { text } = await send(behindProxy, `${planted}; __Host-sessionToken=${token}`, { headers: own });
    expect(JSON.parse(text)).toEqual({ data: { viewer: { id: 'maya' } } });
  });

  test('is taken from pages of PUBLIC_ORIGIN, whatever Host says, and from no other', async () => {
    const cookie = await cookieOf(behindProxy, 'proxied');
    const statusOf = async (origin: string) =>
      (await send(behindProxy, cookie, { headers: { ...json, origin } })).status;
    expect(await statusOf('https://graph.example.com')).toBe(200);
    expect(await statusOf('http://graph.example.com')).toBe(403);
    expect(await statusOf(behindProxy.url)).toBe(403);
  });

  test('is not set for a page of another site', async () => {
    const headers = { ...(await bearerOf(gateway)), origin: 'https://evil.example' };
    const { answer } = await beginSession(gateway, headers);
    expect(setCookies(answer.headers)).toEqual([]);
  });

  test('is removed by signing out and by ending its session, and kept when another one ends', async () => {
    const bearer = await bearerOf(gateway, { subject: 'leaving' });
    const page = { origin: own };
    const forgotten = ['sessionToken=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0'];
    const ask = async (document: string, token: string) =>
      setCookies((await gateway.query(document, {}, { cookie: `sessionToken=${token}`, ...page })).headers);
    const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map(() => beginSession(gateway, bearer)));
    const revoke = (id = '') => `mutation { revokeSession(input: { id: "${id}" }) { viewer { id } } }`;
    expect(await ask(revoke(d?.id), a?.token ?? '')).toEqual([]);
    expect(await ask(revoke(a?.id), a?.token ?? '')).toEqual(forgotten);
    expect(await ask('mutation { signOut { signedOut } }', b?.token ?? '')).toEqual(forgotten);
    expect(await ask('mutation { revokeAllSessions { revoked } }', c?.token ?? '')).toEqual(forgotten);
  });

  test('of a session that has ended is removed with the refusal, so that the next request is let in as anybody', async () => {
    const answer = await gateway.query(QUERY, {}, { cookie: 'other=1; sessionToken=gone', origin: own });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
    expect(setCookies(answer.headers)).toEqual(['sessionToken=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0']);
    expect((await gateway.query(QUERY, {}, { cookie: 'other=1' })).data.viewer.id).toBe('anonymous');
  });

  test('that is there twice with different values is refused and removed', async () => {
    const [mine, planted] = [await cookieOf(gateway, 'mine'), await cookieOf(gateway, 'planted')];
    const twice = await gateway.query(QUERY, {}, { cookie: `${planted}; ${mine}`, origin: own });
    expect([twice.status, setCookies(twice.headers).length]).toEqual([401, 1]);
    const same = await gateway.query(QUERY, {}, { cookie: `${mine}; ${mine}`, origin: own });
    expect(same.data.viewer.id).toBe('mine');
  });
});
