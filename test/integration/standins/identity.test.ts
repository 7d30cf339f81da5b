import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { type IdentityStandIn, startIdentityStandIn } from '../../../src/standins/identity/identity-stand-in.ts';

let provider: IdentityStandIn;
const company = generateCompany();
beforeAll(async () => {
  provider = await startIdentityStandIn({ company });
});
afterAll(() => provider.close());

async function askToken(form: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${provider.url}/token`, { method: 'POST', body: new URLSearchParams(form), headers });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

describe('discovery', () => {
  test('names the issuer that its tokens carry, and where the keys are', async () => {
    const document = (await (await fetch(`${provider.url}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
    expect(document.issuer).toBe(provider.issuer);
    expect(decodeJwt(await provider.tokenFor('VIEWER')).iss).toBe(provider.issuer);
    const keys = createRemoteJWKSet(new URL(String(document.jwks_uri)));
    const checks = { issuer: provider.issuer, audience: provider.audience };
    await jwtVerify(await provider.tokenFor('ADMIN'), keys, checks);
    await jwtVerify(await provider.sign({ iss: provider.issuer, aud: provider.audience }, 'RS256'), keys, checks);
  });

  test('publishes no private part of a key', async () => {
    const { keys } = (await (await fetch(`${provider.url}/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(keys.map((key) => key.alg)).toEqual(['RS256', 'ES256']);
    for (const key of keys) expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['d']));
  });
});

describe('tokenFor', () => {
  test('gives each role a person of the company who still works there, in the demo tenant, for 12 hours', async () => {
    const staff = company.salesforce.User.filter((user) => user.IsActive === true).map((user) => user.Email);
    const emails = new Set<unknown>();
    for (const role of ['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'] as const) {
      const claims = decodeJwt(await provider.tokenFor(role));
      expect(claims).toMatchObject({ tenant: 'demo', roles: [role.toLowerCase()], aud: provider.audience });
      expect(Number(claims.exp) - Number(claims.iat)).toBe(12 * 3600);
      expect(staff).toContain(claims.email);
      emails.add(claims.email);
    }
    expect(emails.size).toBe(4);
  });
});

describe('the token endpoint', () => {
  test('gives a client its token, with the secret in the form or by Basic', async () => {
    const form = { grant_type: 'client_credentials', client_id: 'analyst', client_secret: 'demo' };
    const byForm = await askToken(form);
    expect(byForm.status).toBe(200);
    expect(byForm.headers.get('cache-control')).toBe('no-store');
    expect(byForm.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(decodeJwt(String(byForm.body.access_token)).roles).toEqual(['analyst']);
    const authorization = `Basic ${Buffer.from('admin:demo').toString('base64')}`;
    const byBasic = await askToken({ grant_type: 'client_credentials' }, { authorization });
    expect(decodeJwt(String(byBasic.body.access_token)).roles).toEqual(['admin']);
  });

  test.each([
    [
      'an unknown client',
      { grant_type: 'client_credentials', client_id: 'root', client_secret: 'demo' },
      401,
      'invalid_client',
    ],
    [
      'a wrong secret',
      { grant_type: 'client_credentials', client_id: 'admin', client_secret: 'x' },
      401,
      'invalid_client',
    ],
    [
      'another grant',
      { grant_type: 'password', client_id: 'admin', client_secret: 'demo' },
      400,
      'unsupported_grant_type',
    ],
    ['no grant', { client_id: 'admin', client_secret: 'demo' }, 400, 'unsupported_grant_type'],
  ])('refuses %s as RFC 6749 has it', async (_name, form, status, error) => {
    const answer = await askToken(form as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toBe(error);
    expect(answer.body.access_token).toBeUndefined();
  });

  test('refuses a GET and a body that is no form', async () => {
    const get = await fetch(`${provider.url}/token`);
    expect(get.status).toBe(405);
    const json = await fetch(`${provider.url}/token`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).toBe(400);
    await Promise.all([get.body?.cancel(), json.body?.cancel()]);
  });

  test('is not counted among the calls', async () => {
    provider.calls.clear();
    await askToken({ grant_type: 'client_credentials', client_id: 'viewer', client_secret: 'demo' });
    expect(provider.calls.count()).toBe(0);
    expect(provider.calls.all).toHaveLength(1);
  });
});
