import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type IdentityStandIn, startIdentityStandIn } from '../../../src/standins/identity/identity-stand-in.ts';
import { identityAgainst, rejectionOf } from '../../support/identity.ts';

let provider: IdentityStandIn;
beforeAll(async () => {
  provider = await startIdentityStandIn();
});
afterAll(() => provider.close());
beforeEach(() => {
  provider.faults.clear();
  provider.calls.clear();
});

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

function goodClaims(): Record<string, unknown> {
  return {
    iss: provider.issuer,
    aud: provider.audience,
    sub: 'user-1',
    tenant: 'demo',
    roles: ['operator'],
    iat: nowSeconds(),
    exp: nowSeconds() + 600,
  };
}

async function without(claim: string): Promise<string> {
  const { [claim]: _dropped, ...rest } = goodClaims();
  return provider.sign(rest);
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function publicKeyOf(algorithm: string): Promise<{ kid: string; jwk: JWK }> {
  const { keys } = (await (await fetch(`${provider.url}/jwks`)).json()) as {
    keys: (JWK & { alg: string; kid: string })[];
  };
  const key = keys.find((one) => one.alg === algorithm);
  if (!key) throw new Error(`There is no ${algorithm} key.`);
  return { kid: key.kid, jwk: key };
}

describe('tokens that are let in', () => {
  test.each(['RS256', 'ES256'] as const)('a good %s token says who is asking', async (algorithm) => {
    const { identity } = identityAgainst(provider);
    const token = await provider.sign(
      { ...goodClaims(), name: 'Ines Albrecht', email: 'ines@acme.example' },
      algorithm,
    );
    expect(await identity.viewerOf(`Bearer ${token}`)).toEqual({
      id: 'user-1',
      name: 'Ines Albrecht',
      email: 'ines@acme.example',
      tenant: 'demo',
      roles: ['VIEWER', 'ANALYST', 'OPERATOR'],
    });
    expect(await identity.viewerOf(`bearer   ${token}`)).toMatchObject({ id: 'user-1' });
  });

  test('one audience of several is enough, and the clocks may differ by a few seconds', async () => {
    const { identity } = identityAgainst(provider);
    const claims = { ...goodClaims(), aud: ['other', provider.audience], nbf: nowSeconds() + 3, exp: nowSeconds() - 2 };
    expect(await identity.viewerOf(`Bearer ${await provider.sign(claims)}`)).toMatchObject({ tenant: 'demo' });
  });

  test('the keys are fetched once for a hundred requests', async () => {
    const { identity } = identityAgainst(provider);
    const token = await provider.sign(goodClaims());
    await Promise.all(Array.from({ length: 100 }, () => identity.viewerOf(`Bearer ${token}`)));
    expect(provider.calls.count('/jwks')).toBe(1);
    expect(provider.calls.count('/.well-known')).toBe(1);
  });
});

describe('tokens that are refused with 401, even where requests without a token are let in', () => {
  const forged: Record<string, () => Promise<string> | string> = {
    'no signature (alg none)': () => `${base64url({ alg: 'none' })}.${base64url(goodClaims())}.`,
    'no signature, but a key id': async () =>
      `${base64url({ alg: 'none', kid: (await publicKeyOf('RS256')).kid })}.${base64url(goodClaims())}.`,
    'HS256 with the public RSA key as the secret': async () => {
      const { kid, jwk } = await publicKeyOf('RS256');
      const pem = await exportSPKI((await importJWK(jwk)) as CryptoKey);
      const body = `${base64url({ alg: 'HS256', kid })}.${base64url(goodClaims())}`;
      return `${body}.${createHmac('sha256', pem).update(body).digest('base64url')}`;
    },
    'the signature of another token': async () => {
      const [header, , signature] = (await provider.sign(goodClaims())).split('.');
      return `${header}.${base64url({ ...goodClaims(), roles: ['admin'] })}.${signature}`;
    },
    'a key of its own in the header': async () => {
      const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
        'sign',
        'verify',
      ]);
      const jwk = await crypto.subtle.exportKey('jwk', publicKey);
      return new SignJWT(goodClaims())
        .setProtectedHeader({ alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: jwk.x ?? '', y: jwk.y ?? '' } })
        .sign(privateKey);
    },
    'the address of its own keys in the header': async () => {
      const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
        'sign',
        'verify',
      ]);
      return new SignJWT(goodClaims())
        .setProtectedHeader({
          alg: 'ES256',
          jku: `${provider.url}/evil`,
          x5u: `${provider.url}/evil`,
          kid: '../../etc/passwd',
        })
        .sign(privateKey);
    },
    'another issuer': () => provider.sign({ ...goodClaims(), iss: 'https://evil.example' }),
    'the issuer with a slash': () => provider.sign({ ...goodClaims(), iss: `${provider.issuer}/` }),
    'no issuer': () => without('iss'),
    'another audience': () => provider.sign({ ...goodClaims(), aud: 'another-service' }),
    'no audience': () => without('aud'),
    'no expiry': () => without('exp'),
    'an expiry that is no number': () => provider.sign({ ...goodClaims(), exp: 'tomorrow' }),
    'long expired': () => provider.sign({ ...goodClaims(), exp: nowSeconds() - 60 }),
    'not valid before a minute has passed': () => provider.sign({ ...goodClaims(), nbf: nowSeconds() + 60 }),
    'no time of issue': () => without('iat'),
    'a time of issue that is no number': () => provider.sign({ ...goodClaims(), iat: 'today' }),
    'issued in a minute': () => provider.sign({ ...goodClaims(), iat: nowSeconds() + 60 }),
    'issued more than a day ago, and good for another year': () =>
      provider.sign({ ...goodClaims(), iat: nowSeconds() - 86_500, exp: nowSeconds() + 31_536_000 }),
    'no subject': () => without('sub'),
    'an empty subject': () => provider.sign({ ...goodClaims(), sub: '' }),
    'a subject that is no text': () => provider.sign({ ...goodClaims(), sub: { id: 1 } }),
    'a huge token': () => `${base64url({ alg: 'RS256' })}.${'A'.repeat(20_000)}.AAAA`,
    'no JWT at all': () => 'opaque-token',
    'five parts': () => 'a.b.c.d.e',
    'a critical extension that nobody knows': () =>
      `${base64url({ alg: 'RS256', crit: ['exp2'], exp2: 1 })}.${base64url(goodClaims())}.AAAA`,
  };

  test.each(Object.entries(forged))('%s', async (_name, make) => {
    const { identity } = identityAgainst(provider, { anonymousRole: 'ANALYST' });
    const token = await make();
    const failure = await rejectionOf(identity.viewerOf(`Bearer ${token}`));
    expect(failure.code).toBe('UNAUTHENTICATED');
    expect(failure.message).not.toContain(token.slice(0, 20));
    expect(provider.calls.count('evil')).toBe(0);
  });

  test.each(['', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'Bearer a b', 'Token abc'])(
    'a header that is no bearer token: "%s"',
    async (header) => {
      const { identity } = identityAgainst(provider, { anonymousRole: 'ANALYST' });
      expect((await rejectionOf(identity.viewerOf(header))).code).toBe('UNAUTHENTICATED');
      expect(provider.calls.count()).toBe(0);
    },
  );

  test.each(['none', 'HS256', 'RS1', 'ML-DSA-44'])(
    'a method of signing that is not on the list (%s) is refused before any key is looked for',
    async (alg) => {
      const { identity } = identityAgainst(provider);
      const token = `${base64url({ alg, kid: 'k' })}.${base64url(goodClaims())}.AAAA`;
      expect((await rejectionOf(identity.viewerOf(`Bearer ${token}`))).code).toBe('UNAUTHENTICATED');
      expect(provider.calls.count()).toBe(0);
    },
  );

  test('the message tells what is wrong and what to do', async () => {
    const { identity } = identityAgainst(provider);
    const messageOf = async (token: string) => (await rejectionOf(identity.viewerOf(`Bearer ${token}`))).message;
    expect(await messageOf(await provider.sign({ ...goodClaims(), exp: nowSeconds() - 60 }))).toMatch(
      /expired.*Get a new one/,
    );
    expect(await messageOf(await provider.sign({ ...goodClaims(), aud: 'x' }))).toMatch(/another service.*audience/);
    expect(await messageOf(await provider.sign({ ...goodClaims(), iat: nowSeconds() - 90_000 }))).toMatch(
      /issued too long ago.*Get a new one/,
    );
    expect(await messageOf(await without('iat'))).toMatch(/does not say when it was issued/);
    expect(await messageOf(await without('exp'))).toMatch(/does not say when it expires/);
  });
});

describe('requests without a token', () => {
  test('get the anonymous role and the demo tenant where the settings name one', async () => {
    const { identity } = identityAgainst(provider, { anonymousRole: 'ANALYST' });
    expect(await identity.viewerOf(undefined)).toEqual({
      id: 'anonymous',
      name: null,
      email: null,
      tenant: 'demo',
      isAnonymous: true,
      roles: ['VIEWER', 'ANALYST'],
    });
    expect(provider.calls.count()).toBe(0);
  });

  test('are refused with 401 otherwise', async () => {
    const { identity } = identityAgainst(provider);
    expect((await rejectionOf(identity.viewerOf(undefined))).code).toBe('UNAUTHENTICATED');
  });
});

describe('good tokens that are of no use here', () => {
  test.each(['tenant', 'roles'])('without %s are refused with 403', async (claim) => {
    const { identity } = identityAgainst(provider, { anonymousRole: 'ANALYST' });
    expect((await rejectionOf(identity.viewerOf(`Bearer ${await without(claim)}`))).code).toBe('FORBIDDEN');
  });
});
