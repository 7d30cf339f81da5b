import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { type BegunSession, bearerOf, beginSession, codeOf, type Headers } from '../../support/signed-in.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

const WHO = '{ viewer { id roles } }';
/** What is promised. */
const WITHIN_MS = 1_000;

let database: TestDatabase;
let proxy: TcpProxy;
let one: TestGateway;
/** Reaches PostgreSQL through the proxy, and takes the tokens of the first one's issuer. */
let two: TestGateway;

const settingsOf = (issuer: TestGateway | null, url: string): Record<string, string> => ({
  DATABASE_URL: url,
  ...(issuer ? { OIDC_ISSUER: issuer.identity.issuer, OIDC_AUDIENCE: issuer.identity.audience } : {}),
});

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startTcpProxy(Number(new URL(database.url).port));
  const through = new URL(database.url);
  through.port = String(proxy.port);
  one = await startTestGateway({ settings: settingsOf(null, database.url) });
  two = await startTestGateway({ settings: settingsOf(one, through.href), responseCacheBytes: 1_000_000 });
});
afterAll(async () => {
  await two?.close();
  await one?.close();
  await proxy?.close();
  await database?.drop();
});
afterEach(() => {
  proxy.pass();
  one.identity.faults.clear();
});

const statusAt = async (gateway: TestGateway, headers: Headers): Promise<number> =>
  (await gateway.query(WHO, {}, headers)).status;

async function begin(subject: string): Promise<BegunSession> {
  return await beginSession(one, await bearerOf(one, { subject }));
}

const endedBySql = (subject: string) => database.query('delete from user_sessions where viewer_id = $1', [subject]);

/** How long another instance still takes a session that it holds, while it is asked all the time. */
async function heldForMs(end: () => Promise<unknown>, { headers }: BegunSession): Promise<number> {
  expect(await statusAt(two, headers)).toBe(200);
  await pause(400);
  expect(await statusAt(two, headers)).toBe(200);
  await end();
  const endedAtMs = performance.now();
  let lastTakenAtMs = endedAtMs;
  while (performance.now() - endedAtMs < 3 * WITHIN_MS) {
    const askedAtMs = performance.now();
    if ((await statusAt(two, headers)) !== 200) break;
    lastTakenAtMs = askedAtMs;
    await pause(5);
  }
  return lastTakenAtMs - endedAtMs;
}

describe('a revocation, without Redis', () => {
  test('holds on another instance that has just served the session, within a second', async () => {
    const session = await begin('revoked');
    const heldMs = await heldForMs(() => one.query('mutation { signOut { signedOut } }', {}, session.headers), session);
    expect(heldMs).toBeLessThan(WITHIN_MS);
    expect(codeOf(await two.query(WHO, {}, session.headers))).toBe('UNAUTHENTICATED');
  });

  test('holds within a second when whoever listens has lost the connection and nothing notifies', async () => {
    const session = await begin('unheard');
    expect(await statusAt(two, session.headers)).toBe(200);
    await database.query('alter table user_sessions disable trigger tell_ended');
    try {
      const heldMs = await heldForMs(async () => {
        await endedBySql('unheard');
        // What the trigger would have written, without its notice.
        await database.query('insert into ended_sessions (token_hash) values (sha256($1::text::bytea))', [
          session.token,
        ]);
      }, session);
      expect(heldMs).toBeLessThan(WITHIN_MS);
    } finally {
      await database.query('alter table user_sessions enable trigger tell_ended');
    }
  });

  test('by whoever deletes the row holds just the same', async () => {
    const session = await begin('by-sql');
    expect(await heldForMs(() => endedBySql('by-sql'), session)).toBeLessThan(WITHIN_MS);
  });

  test('survives a restart, and so do the sessions that were not revoked', async () => {
    const [gone, stays] = [await begin('restarted'), await begin('stays')];
    const third = await startTestGateway({ settings: settingsOf(one, database.url) });
    expect([await statusAt(third, gone.headers), await statusAt(third, stays.headers)]).toEqual([200, 200]);
    await third.query('mutation { signOut { signedOut } }', {}, gone.headers);
    await third.close();
    const fourth = await startTestGateway({ settings: settingsOf(one, database.url) });
    try {
      expect([await statusAt(fourth, gone.headers), await statusAt(fourth, stays.headers)]).toEqual([401, 200]);
    } finally {
      await fourth.close();
    }
  });

  test('reaches answers that are kept: the next request gets none of them', async () => {
    const person = { subject: 'cached', roles: ['ANALYST'] } as const;
    const session = await beginSession(one, await bearerOf(one, person));
    const document = '{ viewer { id } validationTrend(timeFrame: WEEK) { day } }';
    await two.query(document, {}, session.headers);
    const kept = await two.query(document, {}, session.headers);
    expect(kept.headers.get('cache-status')).toContain('hit');
    await one.query('mutation { signOut { signedOut } }', {}, session.headers);
    await expect
      .poll(async () => (await two.query(document, {}, session.headers)).data, { timeout: WITHIN_MS, interval: 10 })
      .toBeUndefined();
  });
});

describe('while PostgreSQL is out of reach for one instance', () => {
  test.each(['hang', 'cut'] as const)(
    'a session is unavailable there within a second and not gone, a bearer token goes on, and what was revoked meanwhile stays revoked (%s)',
    async (fault) => {
      const [gone, stays] = [await begin(`gone-${fault}`), await begin(`stays-${fault}`)];
      const bearer = await bearerOf(one, { subject: `bearer-${fault}` });
      for (const { headers } of [gone, stays]) expect(await statusAt(two, headers)).toBe(200);
      proxy[fault]();
      const heldMs = await heldUntilRefused(gone, fault);
      expect(heldMs).toBeLessThan(WITHIN_MS);
      // Looked up a moment later than the other, it is certain for a moment longer.
      await expect.poll(() => statusAt(two, stays.headers), { timeout: 3_000, interval: 20 }).toBe(503);
      const refused = await two.query(WHO, {}, stays.headers);
      expect([refused.status, codeOf(refused)]).toEqual([503, 'DATABASE_UNAVAILABLE']);
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await statusAt(two, bearer)).toBe(200);

      proxy.pass();
      await expect.poll(() => statusAt(two, stays.headers), { timeout: 10_000 }).toBe(200);
      expect(await statusAt(two, gone.headers)).toBe(401);
    },
  );

  /** Revokes at the other instance, then asks the one that can't know; how long it still takes the session. */
  async function heldUntilRefused({ headers }: BegunSession, fault: string): Promise<number> {
    await endedBySql(`gone-${fault}`);
    const endedAtMs = performance.now();
    let lastTakenAtMs = endedAtMs;
    for (;;) {
      const askedAtMs = performance.now();
      if ((await statusAt(two, headers)) !== 200) return lastTakenAtMs - endedAtMs;
      lastTakenAtMs = askedAtMs;
      await pause(20);
    }
  }
});

describe('while the identity provider is down', () => {
  test('sessions go on, a new one is unavailable without its keys, and nobody is let in unchecked', async () => {
    const session = await begin('idp-down');
    const bearer = await bearerOf(one, { subject: 'idp-down' });
    one.identity.faults.add({ kind: 'down' });
    const late = await startTestGateway({ settings: { ...settingsOf(one, database.url), ANONYMOUS_ROLE: 'viewer' } });
    try {
      expect(await statusAt(late, session.headers)).toBe(200);
      const refused = await late.query('mutation { createSession { token } }', {}, bearer);
      expect([refused.status, codeOf(refused)]).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
    } finally {
      await late.close();
    }
  });
});

describe('what has ended', () => {
  test('is removed for every tenant by the cleaning, and nothing else is', async () => {
    const [late, idle, fresh] = [await begin('late'), await begin('idle'), await begin('fresh')];
    const other = await beginSession(one, await bearerOf(one, { subject: 'late', tenant: 'other' }));
    await database.query(
      "update user_sessions set created_at = now() - interval '31 days', expires_at = now() - interval '1 day' where viewer_id = 'late'",
    );
    await database.query(
      "update user_sessions set last_accessed_at = now() - interval '8 days' where viewer_id = 'idle'",
    );
    const third = await startTestGateway({
      settings: { ...settingsOf(one, database.url), SESSION_CLEANUP_INTERVAL: '1' },
    });
    const left = async () =>
      (
        await database.query<{ viewer_id: string }>(
          "select viewer_id from user_sessions where viewer_id in ('late', 'idle', 'fresh')",
        )
      ).map((row) => row.viewer_id);
    try {
      await expect.poll(left, { timeout: 5_000 }).toEqual(['fresh']);
      for (const { headers } of [late, idle, other]) expect(await statusAt(third, headers)).toBe(401);
      expect(await statusAt(third, fresh.headers)).toBe(200);
    } finally {
      await third.close();
    }
  });
});
