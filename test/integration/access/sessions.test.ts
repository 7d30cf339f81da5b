import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { type BegunSession, bearerOf, beginSession, codeOf } from '../../support/signed-in.ts';

const WHO = '{ viewer { id name email tenant roles } }';
const SESSIONS = '{ viewer { sessions { id current userAgent createdAt lastAccessedAt expiresAt } } }';

let gateway: TestGateway;
const database = () => {
  if (!gateway.database) throw new Error('The gateway has a database of its own here.');
  return gateway.database;
};
beforeAll(async () => {
  gateway = await startTestGateway({ responseCacheBytes: 1_000_000 });
});
afterAll(() => gateway.close());

describe('a session', () => {
  test('stands for whoever showed the bearer token, with the same name, tenant and roles', async () => {
    const bearer = await bearerOf(gateway, { subject: 'same', roles: ['OPERATOR'] });
    const { headers } = await beginSession(gateway, bearer);
    const byBearer = await gateway.query(WHO, {}, bearer);
    expect((await gateway.query(WHO, {}, headers)).data).toEqual(byBearer.data);
    expect(byBearer.data.viewer).toMatchObject({ id: 'same', roles: ['VIEWER', 'ANALYST', 'OPERATOR'] });
  });

  test('has a token of 256 bits that only its own answer ever holds; PostgreSQL and the log have its hash at most', async () => {
    const { token, answer } = await beginSession(gateway, await bearerOf(gateway, { subject: 'hashed' }));
    expect(token).toMatch(/^dgs_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(token.slice(4), 'base64url')).toHaveLength(32);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    const rows = await database().query<{ row: string; token_hash: Buffer }>(
      "select user_sessions::text as row, token_hash from user_sessions where viewer_id = 'hashed'",
    );
    expect(rows.map(({ token_hash }) => token_hash.toString('hex'))).toEqual([
      createHash('sha256').update(token).digest('hex'),
    ]);
    expect(rows[0]?.row).not.toContain(token.slice(4));
    expect(JSON.stringify(gateway.logLines)).not.toContain(token.slice(4));
  });

  test('has a token of its own each time, and the ones that were not used for longest make room', async () => {
    const tokens = new Set<string>();
    const bearer = await bearerOf(gateway, { subject: 'many' });
    const aliases = Array.from({ length: 20 }, (_, index) => `a${index}: createSession { token }`).join(' ');
    for (let round = 0; round < 5; round += 1) {
      const { data } = await gateway.query(`mutation { ${aliases} }`, {}, bearer);
      for (const { token } of Object.values(data as Record<string, { token: string }>)) tokens.add(token);
    }
    expect(tokens.size).toBe(100);
    const [row] = await database().query<{ count: string }>(
      "select count(*) from user_sessions where viewer_id = 'many'",
    );
    expect(Number(row?.count)).toBe(50);
  });

  test.each([
    ['of nobody', `dgs_${'A'.repeat(43)}`],
    ['in no form of ours', 'x'],
    ['that is empty', ''],
    ['that is a bearer token', 'eyJhbGciOiJub25lIn0.e30.'],
    ['with a quote', `dgs_${'A'.repeat(42)}'`],
  ])('is not made up for a token %s, even where requests without credentials are let in', async (_what, token) => {
    const answer = await gateway.query(WHO, {}, { 'x-session-token': token });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
    if (token.length > 5) expect(JSON.stringify(answer)).not.toContain(token);
  });

  test('is not begun by who showed no bearer token', async () => {
    const { headers } = await beginSession(gateway, await bearerOf(gateway, { subject: 'again' }));
    for (const who of [{}, headers]) {
      const answer = await gateway.query('mutation { createSession { token } }', {}, who);
      expect(answer.data).toEqual({ createSession: null });
      expect(codeOf(answer)).toBe('UNAUTHENTICATED');
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });

  test('has a token that the client can not choose, and the one that it had before does not outlive the sign-in', async () => {
    const bearer = await bearerOf(gateway, { subject: 'fixed' });
    const before = await beginSession(gateway, bearer);
    const chosen = `dgs_${'B'.repeat(43)}`;
    for (const planted of [chosen, before.token]) {
      const after = await beginSession(gateway, {
        ...bearer,
        'x-session-token': planted,
        cookie: `sessionToken=${chosen}`,
      });
      expect(after.token).not.toBe(planted);
      expect((await gateway.query(WHO, {}, after.headers)).status).toBe(200);
      expect((await gateway.query(WHO, {}, { 'x-session-token': planted })).status).toBe(401);
    }
  });

  test("leaves somebody else's session alone that came along", async () => {
    const other = await beginSession(gateway, await bearerOf(gateway, { subject: 'other' }));
    await beginSession(gateway, { ...(await bearerOf(gateway, { subject: 'fresh' })), ...other.headers });
    expect((await gateway.query(WHO, {}, other.headers)).status).toBe(200);
  });

  test('counts less than a bearer token beside it, and more than a cookie', async () => {
    const [first, second] = await Promise.all(
      ['first', 'second'].map(async (subject) => await beginSession(gateway, await bearerOf(gateway, { subject }))),
    );
    const idOf = async (headers: Record<string, string>) => {
      const answer = await gateway.query(WHO, {}, { 'sec-fetch-site': 'same-origin', ...headers });
      return answer.data?.viewer?.id ?? codeOf(answer);
    };
    const bearer = await bearerOf(gateway, { subject: 'third' });
    const cookie = `sessionToken=${second?.token}`;
    expect(await idOf({ ...bearer, ...first?.headers, cookie })).toBe('third');
    expect(await idOf({ ...first?.headers, cookie })).toBe('first');
    expect(await idOf({ cookie })).toBe('second');
    expect(await idOf({ authorization: 'Bearer nothing', ...first?.headers, cookie })).toBe('UNAUTHENTICATED');
    expect(await idOf({ 'x-session-token': 'nothing', cookie })).toBe('UNAUTHENTICATED');
  });
});

describe('the list of sessions', () => {
  test("shows the person's own, and which one is asking", async () => {
    const bearer = { ...(await bearerOf(gateway, { subject: 'lists' })), 'user-agent': 'Agent/1' };
    const one = await beginSession(gateway, bearer);
    const two = await beginSession(gateway, { ...bearer, 'user-agent': 'x'.repeat(900) });
    await beginSession(gateway, await bearerOf(gateway, { subject: 'lists', tenant: 'other' }));
    const { data } = await gateway.query(SESSIONS, {}, one.headers);
    const { sessions } = data.viewer;
    expect(sessions.map(({ id }: { id: string }) => id).sort()).toEqual([one.id, two.id].sort());
    const own = sessions.find(({ current }: { current: boolean }) => current);
    expect(own).toMatchObject({ id: one.id, userAgent: 'Agent/1' });
    expect(Date.parse(own.expiresAt) - Date.parse(own.createdAt)).toBe(2_592_000_000);
    expect((await gateway.query(SESSIONS, {}, bearer)).data.viewer.sessions).toHaveLength(2);
    expect((await gateway.query(SESSIONS)).data.viewer.sessions).toEqual([]);
  });
});

describe('ending sessions', () => {
  const revoke = 'mutation ($id: ID!) { revokeSession(input: { id: $id }) { viewer { sessions { id } } } }';

  test('by id ends that one at once, and answers what is left', async () => {
    const bearer = await bearerOf(gateway, { subject: 'ends' });
    const one = await beginSession(gateway, bearer);
    const two = await beginSession(gateway, bearer);
    expect((await gateway.query(WHO, {}, two.headers)).status).toBe(200);
    const { data } = await gateway.query(revoke, { id: two.id }, one.headers);
    expect(data.revokeSession.viewer.sessions).toEqual([{ id: one.id }]);
    expect((await gateway.query(WHO, {}, two.headers)).status).toBe(401);
    expect((await gateway.query(WHO, {}, one.headers)).status).toBe(200);
  });

  test("says the same of a session that never was, has ended, is somebody else's, or another tenant's", async () => {
    const bearer = await bearerOf(gateway, { subject: 'mine' });
    const gone = await beginSession(gateway, bearer);
    await gateway.query(revoke, { id: gone.id }, bearer);
    const others = await beginSession(gateway, await bearerOf(gateway, { subject: 'theirs' }));
    const elsewhere = await beginSession(gateway, await bearerOf(gateway, { subject: 'mine', tenant: 'other' }));
    const never = Buffer.from('Session:987654').toString('base64url');
    const answers = [];
    for (const id of [never, gone.id, others.id, elsewhere.id]) {
      const { data, errors } = await gateway.query(revoke, { id }, { ...bearer, 'x-request-id': 'same' });
      answers.push(JSON.stringify({ data, errors }));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('BAD_USER_INPUT');
    for (const { headers } of [others, elsewhere]) expect((await gateway.query(WHO, {}, headers)).status).toBe(200);
  });

  test('refuses what is no id of a session, and says what to send', async () => {
    const bearer = await bearerOf(gateway);
    for (const id of ['7', 'PSR-00042', Buffer.from('Mentor:1').toString('base64url')]) {
      const answer = await gateway.query(revoke, { id }, bearer);
      expect([codeOf(answer), answer.errors[0]?.extensions.argument]).toEqual(['BAD_USER_INPUT', 'input.id']);
    }
  });

  test('all at once ends them all, or all but the one that asks', async () => {
    const bearer = await bearerOf(gateway, { subject: 'all' });
    const sessions: BegunSession[] = [];
    for (let index = 0; index < 4; index += 1) sessions.push(await beginSession(gateway, bearer));
    const [one] = sessions;
    const statuses = async () =>
      await Promise.all(sessions.map(async ({ headers }) => (await gateway.query(WHO, {}, headers)).status));
    const document = 'mutation ($keep: Boolean) { revokeAllSessions(input: { keepCurrent: $keep }) { revoked } }';
    expect((await gateway.query(document, { keep: true }, one?.headers)).data.revokeAllSessions.revoked).toBe(3);
    expect(await statuses()).toEqual([200, 401, 401, 401]);
    expect((await gateway.query('mutation { revokeAllSessions { revoked } }', {}, one?.headers)).data).toEqual({
      revokeAllSessions: { revoked: 1 },
    });
    expect(await statuses()).toEqual([401, 401, 401, 401]);
  });

  test('of somebody else is for administrators, and within their tenant', async () => {
    const theirs = await beginSession(gateway, await bearerOf(gateway, { subject: 'leaver' }));
    const document = 'mutation { revokeAllSessions(input: { viewerId: "leaver" }) { revoked } }';
    for (const role of ['VIEWER', 'ANALYST', 'OPERATOR'] as const) {
      const answer = await gateway.query(
        document,
        {},
        await bearerOf(gateway, { subject: `no ${role}`, roles: [role] }),
      );
      expect(codeOf(answer)).toBe('FORBIDDEN');
    }
    const admin = { subject: 'boss', roles: ['ADMIN'] } as const;
    const foreign = await gateway.query(document, {}, await bearerOf(gateway, { ...admin, tenant: 'other' }));
    expect(foreign.data).toEqual({ revokeAllSessions: { revoked: 0 } });
    expect((await gateway.query(WHO, {}, theirs.headers)).status).toBe(200);
    const { data } = await gateway.query(document, {}, await bearerOf(gateway, admin));
    expect(data).toEqual({ revokeAllSessions: { revoked: 1 } });
    expect((await gateway.query(WHO, {}, theirs.headers)).status).toBe(401);
  });

  test('by signing out ends the session that asks, and nothing without one', async () => {
    const bearer = await bearerOf(gateway, { subject: 'out' });
    const { headers } = await beginSession(gateway, bearer);
    expect(codeOf(await gateway.query('mutation { signOut { signedOut } }', {}, bearer))).toBe('BAD_USER_INPUT');
    expect((await gateway.query('mutation { signOut { signedOut } }', {}, headers)).data.signOut.signedOut).toBe(true);
    expect((await gateway.query(WHO, {}, headers)).status).toBe(401);
  });

  test('is in the audit log in the same transaction: beginning, revoking and signing out', async () => {
    const bearer = await bearerOf(gateway, { subject: 'audited' });
    const one = await beginSession(gateway, { ...bearer, 'x-request-id': 'a0d17000000000001' });
    const two = await beginSession(gateway, { ...bearer, 'x-request-id': 'a0d17000000000002' });
    await gateway.query(revoke, { id: two.id }, { ...one.headers, 'x-request-id': 'a0d17000000000003' });
    await gateway.query(
      'mutation { signOut { signedOut } }',
      {},
      { ...one.headers, 'x-request-id': 'a0d17000000000004' },
    );
    const rows = await database().query(
      `select request_id, actions, resource_id, outcome from audit_logs where request_id like 'a0d1700000000000%' order by sequence`,
    );
    expect(rows).toEqual([
      { request_id: 'a0d17000000000001', actions: ['createSession'], resource_id: one.id, outcome: 'ALLOWED' },
      { request_id: 'a0d17000000000002', actions: ['createSession'], resource_id: two.id, outcome: 'ALLOWED' },
      { request_id: 'a0d17000000000003', actions: ['revokeSession'], resource_id: two.id, outcome: 'ALLOWED' },
      { request_id: 'a0d17000000000004', actions: ['signOut'], resource_id: one.id, outcome: 'ALLOWED' },
    ]);
  });
});

describe('roles that change', () => {
  test('end the sessions that began with others, as soon as a later token of the person says so', async () => {
    const person = { subject: 'demoted' };
    const before = await beginSession(
      gateway,
      await bearerOf(gateway, { ...person, roles: ['ADMIN'], issuedSecondsAgo: 60 }),
    );
    const secret = '{ viewer { roles } validationTrend(timeFrame: YEAR) { day } }';
    expect(codeOf(await gateway.query(secret, {}, before.headers))).toBeNull();
    const later = await bearerOf(gateway, { ...person, roles: ['VIEWER'] });
    const answer = await gateway.query(secret, {}, later);
    expect([answer.data.validationTrend, codeOf(answer)]).toEqual([null, 'FORBIDDEN']);
    await expect.poll(async () => (await gateway.query(secret, {}, before.headers)).status).toBe(401);
    const after = await beginSession(gateway, later);
    expect((await gateway.query(secret, {}, after.headers)).data.viewer.roles).toEqual(['VIEWER']);
  });

  test('of an earlier token end nothing that a later one began', async () => {
    const person = { subject: 'promoted' };
    const now = await beginSession(gateway, await bearerOf(gateway, { ...person, roles: ['ANALYST'] }));
    const old = await bearerOf(gateway, { ...person, roles: ['VIEWER'], issuedSecondsAgo: 600 });
    await beginSession(gateway, old);
    await gateway.query(WHO, {}, old);
    expect((await gateway.query(WHO, {}, now.headers)).data.viewer.roles).toEqual(['VIEWER', 'ANALYST']);
  });
});

describe('a token that a newer one of the same person has taken roles from', () => {
  const begin = async (headers: Record<string, string>) =>
    codeOf(await gateway.query('mutation { createSession { token } }', {}, headers));
  const admin = (subject: string, issuedSecondsAgo: number) =>
    bearerOf(gateway, { subject, roles: ['ADMIN'], issuedSecondsAgo });
  const viewer = (subject: string, issuedSecondsAgo: number) =>
    bearerOf(gateway, { subject, roles: ['VIEWER'], issuedSecondsAgo });
  /** Of the database alone: another instance has never seen a token of the person. */
  async function elsewhere(work: (other: TestGateway) => Promise<void>): Promise<void> {
    const { issuer, audience } = gateway.identity;
    const settings = { DATABASE_URL: database().url, OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience };
    const other = await startTestGateway({ settings });
    try {
      await work(other);
    } finally {
      await other.close();
    }
  }

  test('is refused, as it is and for a session, and the newer one goes on', async () => {
    const before = await admin('older', 600);
    const session = await beginSession(gateway, before);
    const newer = await viewer('older', 300);
    expect((await gateway.query(WHO, {}, newer)).data.viewer.roles).toEqual(['VIEWER']);
    await expect.poll(async () => (await gateway.query(WHO, {}, session.headers)).status).toBe(401);
    expect(await begin(before)).toBe('UNAUTHENTICATED');
    const refused = await gateway.query(WHO, {}, before);
    expect([refused.status, codeOf(refused)]).toEqual([401, 'UNAUTHENTICATED']);
    expect(refused.errors[0]?.message).toContain('newer token');
    expect([await begin(newer), (await gateway.query(WHO, {}, newer)).status]).toEqual([null, 200]);
    expect(await begin(await admin('older', 0))).toBeNull();
  });

  test('begins no session on an instance that has not seen the newer one, and is refused there from then on', async () => {
    await gateway.query(WHO, {}, await viewer('roaming', 300));
    await expect
      .poll(() => database().query("select roles from known_roles where viewer_id = 'roaming'"))
      .toEqual([{ roles: ['VIEWER'] }]);
    const before = await admin('roaming', 600);
    await elsewhere(async (other) => {
      const refused = await other.query('mutation { createSession { token } }', {}, before);
      expect(codeOf(refused)).toBe('UNAUTHENTICATED');
      await expect.poll(async () => (await other.query(WHO, {}, before)).status).toBe(401);
    });
    const rows = await database().query("select 1 from user_sessions where viewer_id = 'roaming'");
    expect(rows).toEqual([]);
  });

  test('of the same second counts as the older one if it says more roles, whichever came first', async () => {
    for (const [subject, first, second] of [
      ['tie-up', viewer, admin],
      ['tie-down', admin, viewer],
    ] as const) {
      const nowMs = Date.now();
      if (nowMs % 1_000 > 700) await new Promise((resolve) => setTimeout(resolve, 1_000 - (nowMs % 1_000)));
      const [one, two] = [await first(subject, 60), await second(subject, 60)];
      const session = await gateway.query('mutation { createSession { token } }', {}, one);
      expect(codeOf(session)).toBeNull();
      const headers = { 'x-session-token': session.data.createSession.token };
      const answer = await begin(two);
      if (subject === 'tie-up') expect(answer).toBe('UNAUTHENTICATED');
      else {
        expect(answer).toBeNull();
        await expect.poll(async () => (await gateway.query(WHO, {}, headers)).status).toBe(401);
        expect(await begin(one)).toBe('UNAUTHENTICATED');
      }
    }
  });

  test('leaves nobody behind: sessions that begin in the same moment as the newer token comes hold its roles or end', async () => {
    for (let round = 0; round < 5; round += 1) {
      const subject = `race-${round}`;
      const [before, newer] = [await admin(subject, 600), await viewer(subject, 300)];
      await Promise.all([begin(before), begin(newer), begin(before)]);
      await expect
        .poll(() => database().query('select distinct roles from user_sessions where viewer_id = $1', [subject]))
        .toEqual([{ roles: ['VIEWER'] }]);
    }
  });

  test('is forgotten with everything when no token of that age would be taken any more', async () => {
    await database().query(
      `insert into known_roles (tenant, viewer_id, roles, token_issued_at)
       values ('demo', 'long-gone', '{VIEWER}', now() - interval '400 days')`,
    );
    await gateway.query(WHO, {}, await viewer('who-comes-by', 0));
    const left = () => database().query("select 1 from known_roles where viewer_id = 'long-gone'");
    await expect.poll(left).toEqual([]);
  });
});

describe('what a session holds of a person', () => {
  test('is sealed in PostgreSQL, and read by the gateway as it was', async () => {
    const bearer = { ...(await bearerOf(gateway, { subject: 'sealed' })), 'user-agent': 'Sealed Agent/1' };
    const { headers } = await beginSession(gateway, bearer);
    const [row] = await database().query("select * from user_sessions where viewer_id = 'sealed'");
    expect(JSON.stringify(row)).not.toMatch(/Maya|brightwell|Sealed Agent/);
    const { data } = await gateway.query('{ viewer { name email sessions { userAgent } } }', {}, headers);
    expect(data.viewer).toEqual({
      name: 'Maya Olsen',
      email: 'maya@brightwell.example',
      sessions: [{ userAgent: 'Sealed Agent/1' }],
    });
  });
});

describe('two Authorization headers', () => {
  test('are refused as a bad request, whatever they say', async () => {
    const { authorization = '' } = await bearerOf(gateway, { subject: 'twice' });
    for (const second of [authorization, 'Bearer other']) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const body = JSON.stringify({ query: WHO });
        const headers = ['host', 'localhost', 'content-type', 'application/json'];
        headers.push('content-length', String(body.length), 'authorization', authorization, 'authorization', second);
        request(`${gateway.url}/graphql`, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end(body);
      });
      expect(status).toBe(400);
    }
  });
});

describe('expiry, by the clock of PostgreSQL', () => {
  test('ends a session by its time, and one that was not used for long, held or not', async () => {
    const bearer = await bearerOf(gateway, { subject: 'late' });
    const used = await beginSession(gateway, bearer);
    const unused = await beginSession(gateway, bearer);
    expect((await gateway.query(WHO, {}, used.headers)).status).toBe(200);
    await database().query(
      "update user_sessions set expires_at = now(), created_at = now() - interval '1 day' where token_hash = $1",
      [createHash('sha256').update(used.token).digest()],
    );
    await database().query(
      "update user_sessions set last_accessed_at = now() - interval '7 days' where token_hash = $1",
      [createHash('sha256').update(unused.token).digest()],
    );
    await expect.poll(async () => (await gateway.query(WHO, {}, used.headers)).status).toBe(401);
    expect((await gateway.query(WHO, {}, unused.headers)).status).toBe(401);
    expect((await gateway.query(SESSIONS, {}, bearer)).data.viewer.sessions).toEqual([]);
  });
});
