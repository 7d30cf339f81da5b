import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type IdentityStandIn, startIdentityStandIn } from '../../../src/standins/identity/identity-stand-in.ts';
import { identityAgainst, rejectionOf } from '../../support/identity.ts';

let provider: IdentityStandIn;
beforeEach(async () => {
  provider = await startIdentityStandIn();
});
afterEach(() => provider.close());

/** A token in the form of the provider's, but with a key id that it never had. */
function withKeyId(token: string, kid: string): string {
  const [, payload, signature] = token.split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid })).toString('base64url');
  return `${header}.${payload}.${signature}`;
}

describe('invented key ids', () => {
  test('a flood of them costs one fetch of keys per cool-down, and good tokens go on being let in', async () => {
    const { identity, clock } = identityAgainst(provider);
    const good = await provider.tokenFor('VIEWER');
    await identity.viewerOf(`Bearer ${good}`);
    provider.calls.clear();

    for (let window = 1; window <= 3; window += 1) {
      clock.advanceMs(10_000);
      const flood = Array.from({ length: 50 }, (_, index) =>
        identity.viewerOf(`Bearer ${withKeyId(good, `k-${window}-${index}`)}`),
      );
      for (const attempt of flood) expect((await rejectionOf(attempt)).code).toBe('UNAUTHENTICATED');
      for (let index = 0; index < 20; index += 1)
        await rejectionOf(identity.viewerOf(`Bearer ${withKeyId(good, `later-${window}-${index}`)}`));
      expect(provider.calls.count('/jwks')).toBe(window);
    }
    expect(provider.calls.count()).toBe(3);
    expect(await identity.viewerOf(`Bearer ${good}`)).toMatchObject({ tenant: 'demo' });
  });

  test('while the provider is down a flood still costs one attempt per cool-down', async () => {
    const { identity, clock } = identityAgainst(provider);
    const good = await provider.tokenFor('VIEWER');
    await identity.viewerOf(`Bearer ${good}`);
    provider.faults.add({ kind: 'down' });
    provider.calls.clear();
    clock.advanceMs(10_000);
    for (let index = 0; index < 20; index += 1) {
      const failure = await rejectionOf(identity.viewerOf(`Bearer ${withKeyId(good, `k-${index}`)}`));
      expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', source: 'IDENTITY' });
      expect(failure.retryAfterSeconds).toBeGreaterThan(0);
    }
    expect(provider.calls.count()).toBe(1);
  });
});

describe('rotation of keys', () => {
  test('a token signed with a new key is let in as soon as the cool-down has passed, one of the old key still too', async () => {
    const { identity, clock } = identityAgainst(provider);
    const before = await provider.tokenFor('ANALYST');
    await identity.viewerOf(`Bearer ${before}`);
    await provider.rotateKeys();
    const after = await provider.tokenFor('ANALYST');
    clock.advanceMs(10_000);
    expect(await identity.viewerOf(`Bearer ${after}`)).toMatchObject({ roles: ['VIEWER', 'ANALYST'] });
    expect(await identity.viewerOf(`Bearer ${before}`)).toMatchObject({ roles: ['VIEWER', 'ANALYST'] });
  });

  test('a withdrawn key is refused ten minutes after the last fetch at the latest', async () => {
    const { identity, clock } = identityAgainst(provider);
    const token = await provider.tokenFor('ADMIN');
    await identity.viewerOf(`Bearer ${token}`);
    await provider.rotateKeys({ withdrawOld: true });
    clock.advanceMs(10 * 60_000);
    expect((await rejectionOf(identity.viewerOf(`Bearer ${token}`))).code).toBe('UNAUTHENTICATED');
  });

  test('keys can be rotated over HTTP', async () => {
    const { identity, clock } = identityAgainst(provider);
    const token = await provider.tokenFor('VIEWER');
    await identity.viewerOf(`Bearer ${token}`);
    const answer = await fetch(`${provider.url}/keys/rotate?withdrawOld=true`, { method: 'POST' });
    expect(answer.status).toBe(200);
    clock.advanceMs(10 * 60_000);
    expect((await rejectionOf(identity.viewerOf(`Bearer ${token}`))).code).toBe('UNAUTHENTICATED');
  });
});

describe('a provider that fails', () => {
  const faults = {
    down: { kind: 'down' },
    'never answering': { kind: 'hang' },
    'answering 503': { kind: 'status', status: 503, body: 'down for maintenance', contentType: 'text/html' },
    'cut off': { kind: 'truncated' },
    'reset in the middle': { kind: 'reset' },
    'answering too much': { kind: 'oversize', bytes: 3_000_000 },
    'redirecting elsewhere': { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:9/' } },
    'without any key': { kind: 'status', status: 200, body: { keys: [] } },
    'answering with a list': { kind: 'status', status: 200, body: [] },
  } as const;

  test.each(Object.entries(faults))(
    '%s at start: nobody is let in unchecked, and it recovers',
    async (_name, fault) => {
      const { identity, clock } = identityAgainst(provider, { anonymousRole: 'VIEWER' });
      const token = await provider.tokenFor('OPERATOR');
      provider.faults.add(fault);
      await identity.warmUp();
      expect(identity.health()).toMatchObject({ name: 'identity', state: 'down', standIn: true });
      const failure = await rejectionOf(identity.viewerOf(`Bearer ${token}`));
      expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', source: 'IDENTITY' });
      expect(failure.message).not.toContain(provider.url);

      provider.faults.clear();
      clock.advanceMs(10_000);
      expect(await identity.viewerOf(`Bearer ${token}`)).toMatchObject({ roles: ['VIEWER', 'ANALYST', 'OPERATOR'] });
      expect(identity.health()).toMatchObject({ state: 'up' });
    },
  );

  test.each(Object.entries(faults))(
    '%s later: the keys fetched before go on serving for a day',
    async (_name, fault) => {
      const { identity, clock, logged } = identityAgainst(provider);
      const token = await provider.sign({
        iss: provider.issuer,
        aud: provider.audience,
        sub: 'user-1',
        tenant: 'demo',
        roles: ['viewer'],
        iat: Math.floor(Date.now() / 1000),
        exp: Math.floor(Date.now() / 1000) + 7 * 86_400,
      });
      await identity.viewerOf(`Bearer ${token}`);
      provider.faults.add(fault);
      clock.advanceMs(11 * 60_000);
      expect(await identity.viewerOf(`Bearer ${token}`)).toMatchObject({ id: 'user-1' });
      expect(identity.health()).toMatchObject({ state: 'degraded' });
      expect(logged.join('')).toContain('Tokens are checked with the keys fetched before.');

      clock.advanceMs(24 * 3_600_000);
      expect((await rejectionOf(identity.viewerOf(`Bearer ${token}`))).code).toBe('UPSTREAM_UNAVAILABLE');
    },
  );

  test('health asks again by itself, so that a gateway without traffic recovers too', async () => {
    const { identity, clock } = identityAgainst(provider);
    provider.faults.add({ kind: 'down' });
    await identity.warmUp();
    provider.faults.clear();
    clock.advanceMs(10_000);
    await expect.poll(() => identity.health().state, { timeout: 3_000 }).toBe('up');
  });

  test('a discovery document of another issuer is not trusted', async () => {
    const { identity } = identityAgainst(provider);
    const body = { issuer: 'https://evil.example', jwks_uri: `${provider.url}/jwks` };
    provider.faults.add({ kind: 'status', status: 200, body, path: 'openid-configuration' });
    const token = await provider.tokenFor('ADMIN');
    expect((await rejectionOf(identity.viewerOf(`Bearer ${token}`))).code).toBe('UPSTREAM_UNAVAILABLE');
    expect(identity.health().detail).toContain('OIDC_ISSUER');
    expect(provider.calls.count('/jwks')).toBe(0);
  });

  test('while it never answers, many requests wait for one fetch together and are all answered in time', async () => {
    const { identity } = identityAgainst(provider);
    const token = await provider.tokenFor('VIEWER');
    provider.faults.add({ kind: 'hang' });
    const startedAt = performance.now();
    const failures = await Promise.all(
      Array.from({ length: 50 }, () => rejectionOf(identity.viewerOf(`Bearer ${token}`))),
    );
    expect(failures.every((failure) => failure.code === 'UPSTREAM_UNAVAILABLE')).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(provider.calls.count()).toBe(1);
  });

  test('neither tokens nor keys reach the log', async () => {
    const { identity, logged } = identityAgainst(provider);
    const token = await provider.tokenFor('ADMIN');
    provider.faults.add({ kind: 'down' });
    await rejectionOf(identity.viewerOf(`Bearer ${token}`));
    expect(logged.length).toBeGreaterThan(0);
    for (const part of token.split('.')) expect(logged.join('')).not.toContain(part);
  });
});
