import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    settings: { NODE_ENV: 'production', ALLOW_STANDINS: 'true' },
    stopTimes: { lameDuckMs: 0 },
  });
});
afterAll(async () => {
  await gateway.close();
});

/** What is wrong, what stands in for it, and what of the schema the answer must not name. */
const guesses: readonly [what: string, query: string, wrong: string, hidden: string, variables?: object][] = [
  ['a field of the root', '{ psRequsts { totalCount } }', 'psRequsts', 'psRequests'],
  ['a field', '{ psRequests(first: 1) { nodes { numbr } } }', 'numbr', 'number'],
  ['an argument', '{ psRequests(frst: 1) { totalCount } }', 'frst', 'first'],
  ['a value', '{ psRequests(first: 1, filter: { status: [SCHEDULD] }) { totalCount } }', 'SCHEDULD', 'SCHEDULED'],
  ['a type', '{ search(text: "x", first: 1) { ... on Accont { name } } }', 'Accont', 'Account'],
  ['a directive', '{ viewer { id @incude(if: true) } }', 'incude', 'include'],
  ['a fragment', '{ viewer { ...Cart } } fragment Card on Viewer { id }', 'Cart', '\\"Card\\"?'],
  [
    'a value in a variable',
    'query ($f: PsRequestFilter) { psRequests(first: 1, filter: $f) { totalCount } }',
    'SCHEDULD',
    'SCHEDULED',
    { f: { status: ['SCHEDULD'] } },
  ],
  [
    'a key in a variable',
    'query ($f: PsRequestFilter) { psRequests(first: 1, filter: $f) { totalCount } }',
    'statuss',
    '\\"status\\"',
    { f: { statuss: ['SCHEDULED'] } },
  ],
];

describe('in production, unless introspection is allowed by name', () => {
  test('there is no explorer', async () => {
    for (const path of ['/', '/graphiql', '/graphiql/graphiql.js', '/sandbox.js']) {
      const response = await fetch(gateway.url + path, { headers: { accept: 'text/html' } });
      expect(response.status, path).toBe(404);
    }
  });

  test('the schema is told in no way', async () => {
    const headers = await gateway.as('ADMIN');
    const introspected = await gateway.query('{ __schema { types { name } } }', {}, headers);
    expect(introspected.data).toBeUndefined();
    const service = await gateway.query('{ _service { sdl } }', {}, headers);
    expect(service.errors[0]?.extensions.code).toBe('FORBIDDEN');
  });

  test.each(guesses)(
    'who guesses %s is told no more than who is far off',
    async (_what, query, wrong, hidden, sent) => {
      const headers = await gateway.as('ADMIN');
      const messageOf = async (word: string, more: Record<string, string> = {}): Promise<string> => {
        const variables = JSON.parse(JSON.stringify(sent ?? {}).replaceAll(wrong, word)) as Record<string, unknown>;
        const answer = await gateway.query(query.replaceAll(wrong, word), variables, { ...headers, ...more });
        expect(answer.data).toBeUndefined();
        return JSON.stringify(answer.errors.map(({ message }) => message)).replaceAll(word, '…');
      };
      const near = await messageOf(wrong);
      expect(near).toBe(await messageOf('zzzzzzzzz'));
      expect(near).not.toContain(hidden);
      expect(near).not.toContain('Did you mean');
      expect(await messageOf(wrong, { 'x-explain': 'plan' })).toBe(near);
    },
  );

  test.each([
    ['{ __schema { types { name } } }'],
    ['{ __type(name: "PsRequest") { name } }'],
    ['query ($a: Boolean = true) { viewer { id } __schema @include(if: $a) { queryType { name } } }'],
    ['{ ...F } fragment F on Query { a: __schema { queryType { name } } }'],
  ])('%s is refused in the words of this gateway', async (query) => {
    const { data, errors } = await gateway.query(query, {}, await gateway.as('ADMIN'));
    expect(data).toBeUndefined();
    expect(errors[0]?.message).toBe('This gateway does not tell its schema. Ask whoever runs it for the SDL.');
  });

  test('no header tells what it is built with, and no extension how it works', async () => {
    const headers = {
      ...(await gateway.as('ADMIN')),
      'apollo-federation-include-trace': 'ftv1',
      'apollo-query-plan-experimental': '1',
      'x-apollo-tracing': '1',
    };
    const answer = await gateway.query('{ viewer { id } psRequests(first: 1) { nodes { number } } }', {}, headers);
    expect(answer.errors).toEqual([]);
    expect(answer.extensions).toEqual({});
    expect([...answer.headers.keys()].filter((name) => /powered|server|apollo|via|runtime/.test(name))).toEqual([]);
    const broken = await gateway.query('{ nothing }', {}, headers);
    expect(JSON.stringify(broken.errors)).not.toMatch(/stacktrace|node_modules|at \w+ \(/);
  });

  test('a request without a token is refused', async () => {
    const { status, errors } = await gateway.query('{ viewer { id } }');
    expect(status).toBe(401);
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  test('other services still get their records', async () => {
    const { data, errors } = await gateway.query(
      '{ _entities(representations: [{ __typename: "PsRequest", number: "PSR-00042" }]) { ... on PsRequest { number } } }',
      {},
      await gateway.as('VIEWER'),
    );
    expect(errors).toEqual([]);
    expect(data._entities).toEqual([{ number: 'PSR-00042' }]);
  });
});

test('in production, who is allowed by name has the schema and its explorers', async () => {
  const open = await startTestGateway({
    settings: { NODE_ENV: 'production', ALLOW_STANDINS: 'true', ALLOW_INTROSPECTION: 'true' },
    stopTimes: { lameDuckMs: 0 },
  });
  try {
    const headers = await open.as('VIEWER');
    expect((await open.query('{ __schema { queryType { name } } }', {}, headers)).errors).toEqual([]);
    const [error] = (await open.query('{ psRequsts { totalCount } }', {}, headers)).errors;
    expect(error?.message).toContain('psRequests');
    expect((await fetch(`${open.url}/graphiql`)).status).toBe(200);
  } finally {
    await open.close();
  }
});
