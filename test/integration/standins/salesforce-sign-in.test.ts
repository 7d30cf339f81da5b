import { generateKeyPairSync, sign } from 'node:crypto';
import { Connection } from 'jsforce';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SalesforceStandIn, startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { connectSalesforce, errorCodeOf } from '../../support/salesforce-connection.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangersKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwtPublicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

let standIn: SalesforceStandIn;
beforeEach(async () => {
  standIn = await startSalesforceStandIn({ jwtPublicKey, refreshTokens: ['5Aep861-refresh'] });
});
afterEach(() => standIn.close());

function assertion(changes: Record<string, unknown> = {}, privateKey = keys.privateKey): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: standIn.clientId,
    sub: standIn.username,
    aud: standIn.url,
    exp: Math.floor(Date.now() / 1000) + 120,
    ...changes,
  };
  const unsigned = `${part({ alg: 'RS256' })}.${part(claims)}`;
  return `${unsigned}.${sign('RSA-SHA256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
}

async function askForToken(form: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${standIn.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const jwtBearer = (token: string) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: token });

test('jsforce signs in with client credentials and finds its instance, user and organization', async () => {
  const connection = await connectSalesforce(standIn);
  expect(connection.instanceUrl).toBe(standIn.url);
  expect(connection.userInfo?.organizationId).toMatch(/^00D\w{15}$/);
  expect((await connection.identity()).username).toBe(standIn.username);
  expect((await connection.query('SELECT COUNT() FROM Account')).totalSize).toBe(40);
});

test('jsforce signs in with a signed assertion', async () => {
  const connection = new Connection({ loginUrl: standIn.url, version: '62.0' });
  await connection.authorize(jwtBearer(assertion()));
  expect((await connection.query('SELECT COUNT() FROM User')).totalSize).toBe(60);
});

test('jsforce renews an expired session with its refresh token and repeats the call', async () => {
  const connection = new Connection({
    instanceUrl: standIn.url,
    version: '62.0',
    accessToken: '00D5g000004zvCO!expired',
    refreshToken: '5Aep861-refresh',
    oauth2: { loginUrl: standIn.url, clientId: standIn.clientId, clientSecret: standIn.clientSecret },
  });
  expect((await connection.query('SELECT COUNT() FROM Account')).totalSize).toBe(40);
  expect(standIn.signIns).toBe(1);
});

test.each<[string, Record<string, string>, Record<string, string>]>([
  [
    'an unknown grant',
    { grant_type: 'password' },
    { error: 'unsupported_grant_type', error_description: 'grant type not supported' },
  ],
  [
    'an unknown client',
    { grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' },
    { error: 'invalid_client_id', error_description: 'client identifier invalid' },
  ],
  [
    'a wrong secret',
    { grant_type: 'client_credentials', client_id: 'deployment-graph', client_secret: 'y' },
    { error: 'invalid_client', error_description: 'invalid client credentials' },
  ],
  [
    'an unknown refresh token',
    { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'deployment-graph' },
    { error: 'invalid_grant', error_description: 'expired access/refresh token' },
  ],
])('%s is refused', async (_, form, body) => {
  expect(await askForToken(form)).toEqual({ status: 400, body });
});

test.each<[string, () => string, string, string]>([
  ['signed by somebody else', () => assertion({}, strangersKeys.privateKey), 'invalid_grant', 'invalid assertion'],
  ['that is no token', () => 'a.b.c', 'invalid_grant', 'invalid assertion'],
  [
    'for another audience',
    () => assertion({ aud: 'https://elsewhere.example' }),
    'invalid_grant',
    'audience is invalid',
  ],
  ['of another client', () => assertion({ iss: 'someone' }), 'invalid_client_id', 'client identifier invalid'],
  [
    'for a user nobody approved',
    () => assertion({ sub: 'nobody@brightwell.example' }),
    'invalid_grant',
    "user hasn't approved this consumer",
  ],
  [
    'for a user who left',
    () => assertion({ sub: String(standIn.rows('User').find((user) => user.IsActive === false)?.Username) }),
    'invalid_grant',
    "user hasn't approved this consumer",
  ],
])('an assertion %s is refused', async (_, make, error, description) => {
  expect(await askForToken(jwtBearer(make()))).toEqual({
    status: 400,
    body: { error, error_description: description },
  });
});

test('an assertion that expired, or that lives too long, is refused', async () => {
  const nowSeconds = Math.floor(Date.now() / 1000);
  for (const exp of [nowSeconds - 1, nowSeconds + 3600]) {
    expect((await askForToken(jwtBearer(assertion({ exp })))).body.error).toBe('invalid_grant');
  }
});

test('without a token, with a wrong, an expired or a revoked one, every call is refused with INVALID_SESSION_ID', async () => {
  const connection = await connectSalesforce(standIn);
  const token = connection.accessToken ?? '';
  const status = async (authorization?: string) => {
    const response = await fetch(`${standIn.url}/services/data/v62.0/limits`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    return [response.status, await response.json()];
  };
  const refused = [401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]];
  expect(await status()).toEqual(refused);
  expect(await status('Bearer nonsense')).toEqual(refused);
  expect((await status(`Bearer ${token}`))[0]).toBe(200);
  standIn.expireSessions();
  expect(await status(`Bearer ${token}`)).toEqual(refused);
  const again = await connectSalesforce(standIn);
  const revoked = again.accessToken ?? '';
  // jsforce revokes the access token here; logout(true) would revoke the refresh token.
  await again.logout();
  expect(await status(`Bearer ${revoked}`)).toEqual(refused);
});

test('a session ends by itself when its time is over', async () => {
  let now = Date.now();
  await using ended = await startSalesforceStandIn({ sessionLifetimeMs: 60_000, clock: { now: () => now } }).then(
    (server) => ({
      server,
      [Symbol.asyncDispose]: () => server.close(),
    }),
  );
  const connection = await connectSalesforce(ended.server);
  now += 59_000;
  await connection.limits();
  now += 2_000;
  expect(await errorCodeOf(() => connection.limits())).toBe('INVALID_SESSION_ID');
});

test('sign-ins are counted apart from calls, and can be refused on command', async () => {
  standIn.refuseSignIns(true);
  expect(await errorCodeOf(() => connectSalesforce(standIn))).toMatch(/invalid_grant/);
  standIn.refuseSignIns(false);
  await connectSalesforce(standIn);
  expect(standIn.signIns).toBe(2);
  expect(standIn.calls.count()).toBe(0);
});
