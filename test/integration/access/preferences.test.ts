import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { bearerOf, beginSession, codeOf, type Headers } from '../../support/signed-in.ts';

const READ = '{ viewer { preferences preferencesVersion } }';
const CHANGE = `mutation ($patch: JSONObject!, $version: Int!) {
  updatePreferences(input: { patch: $patch, version: $version }) { viewer { preferences preferencesVersion } }
}`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ responseCacheBytes: 1_000_000 });
});
afterAll(() => gateway.close());

const read = async (headers: Headers) => (await gateway.query(READ, {}, headers)).data.viewer;
const change = (headers: Headers, version: number, patch: unknown) =>
  gateway.query(CHANGE, { patch, version }, headers);

describe('preferences', () => {
  test('are empty at version 0 first, and then what the patches made of them', async () => {
    const headers = await bearerOf(gateway, { subject: 'first' });
    expect(await read(headers)).toEqual({ preferences: {}, preferencesVersion: 0 });
    await change(headers, 0, { theme: 'dark', columns: { risk: true, owner: true }, order: [1, 2] });
    const answer = await change(headers, 1, { theme: null, columns: { risk: null, product: 2 }, order: [3] });
    const expected = { preferences: { columns: { owner: true, product: 2 }, order: [3] }, preferencesVersion: 2 };
    expect(answer.data.updatePreferences.viewer).toEqual(expected);
    expect(await read(headers)).toEqual(expected);
  });

  test("are the person's in this tenant: neither others nor other tenants see them, by whichever credential", async () => {
    const headers = await bearerOf(gateway, { subject: 'mine' });
    await change(headers, 0, { secret: 'mine' });
    const session = await beginSession(gateway, headers);
    expect((await read(session.headers)).preferences).toEqual({ secret: 'mine' });
    for (const other of [{ subject: 'other' }, { subject: 'mine', tenant: 'other' }])
      expect(await read(await bearerOf(gateway, other))).toEqual({ preferences: {}, preferencesVersion: 0 });
  });

  test('of a request without credentials are null, and can not be changed', async () => {
    expect(await read({})).toEqual({ preferences: null, preferencesVersion: null });
    const answer = await change({}, 0, { theme: 'dark' });
    expect([answer.data.updatePreferences, codeOf(answer)]).toEqual([null, 'UNAUTHENTICATED']);
  });

  test('changed from a version that is not the current one are CONFLICT with the current ones, and nothing is stored', async () => {
    const headers = await bearerOf(gateway, { subject: 'conflict' });
    await change(headers, 0, { a: 1 });
    for (const version of [0, 2, -1, 2_147_483_647]) {
      const answer = await change(headers, version, { b: 2 });
      expect(answer.data.updatePreferences).toBeNull();
      expect(answer.errors[0]?.extensions).toMatchObject({
        code: 'CONFLICT',
        currentVersion: 1,
        currentPreferences: { a: 1 },
      });
    }
    expect(await read(headers)).toEqual({ preferences: { a: 1 }, preferencesVersion: 1 });
  });

  test('are in the audit log with their change, and without what was changed', async () => {
    const headers = {
      ...(await bearerOf(gateway, { subject: 'audited' })),
      'x-request-id': '0000000000000000707265661',
    };
    await change(headers, 0, { canary: 'value-of-a-person' });
    const rows = await gateway.database?.query<{ row: string }>(
      "select audit_logs::text as row from audit_logs where request_id = '0000000000000000707265661'",
    );
    expect(rows).toHaveLength(1);
    expect(rows?.[0]?.row).toContain('updatePreferences');
    expect(rows?.[0]?.row).not.toMatch(/canary|value-of-a-person/);
  });

  test.each([
    ['too many bytes', { text: 'x'.repeat(32_768) }, /32768|32780/],
    ['too many bytes of other scripts', { text: '部'.repeat(11_000) }, /more than the 32768/],
    ['the key __proto__', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), /__proto__/],
    ['the key constructor', { constructor: { prototype: { admin: true } } }, /constructor/],
    ['the character U+0000', { text: 'a\0b' }, /U\+0000/],
    ['the character U+0000 in a key', { 'a\0b': 1 }, /U\+0000/],
    ['half a surrogate pair', { text: '\ud800' }, /surrogate/],
    ['a list', [1], /object/],
    ['a text', 'dark', /object/],
  ])('with %s are refused, with the reason', async (what, patch, reason) => {
    const headers = await bearerOf(gateway, { subject: `refused ${what}` });
    const answer = await change(headers, 0, patch);
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer.errors[0]?.message).toMatch(reason);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect((await read(headers)).preferencesVersion).toBe(0);
  });

  test('that nest too deeply are refused, in variables and in the document', async () => {
    const headers = await bearerOf(gateway, { subject: 'deep' });
    for (const levels of [33, 60, 5_000]) {
      const deep = `${'{a:'.repeat(levels)}1${'}'.repeat(levels)}`;
      const variable = await change(headers, 0, JSON.parse(deep.replaceAll('a', '"a"')));
      const literal = await gateway.query(
        `mutation { updatePreferences(input: { patch: ${deep}, version: 0 }) { viewer { id } } }`,
        {},
        headers,
      );
      for (const answer of [variable, literal]) {
        expect(answer.status).toBeLessThan(500);
        expect(codeOf(answer)).toMatch(
          /^(?:BAD_USER_INPUT|OPERATION_TOO_COMPLEX|GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED)$/,
        );
      }
    }
    expect((await read(headers)).preferencesVersion).toBe(0);
  });

  test('with numbers that no JSON holds, in the document itself, are refused', async () => {
    const headers = await bearerOf(gateway, { subject: 'infinite' });
    const answer = await gateway.query(
      `mutation { updatePreferences(input: { patch: { n: 1${'0'.repeat(400)} }, version: 0 }) { viewer { id } } }`,
      {},
      headers,
    );
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
  });

  test('keep texts that look like escapes, and everything else that JSON holds', async () => {
    const headers = await bearerOf(gateway, { subject: 'texts' });
    const patch = { a: '\\u0000', b: '\\\\ud800', c: '😀\u2028"', d: [null, 1.5e300, -0.1, { e: [] }], '': '' };
    expect(codeOf(await change(headers, 0, patch))).toBeNull();
    expect((await read(headers)).preferences).toEqual(patch);
  });

  test('asked for twice in one operation are read once', async () => {
    const headers = { ...(await bearerOf(gateway, { subject: 'once', roles: ['ANALYST'] })), 'x-explain': 'receipt' };
    const { extensions } = await gateway.query(`{ a: viewer { preferences } ${READ.slice(1)}`, {}, headers);
    const { sources } = extensions.receipt as { sources: { POSTGRES?: { calls: number } } };
    expect(sources.POSTGRES?.calls).toBe(3);
  });
});
