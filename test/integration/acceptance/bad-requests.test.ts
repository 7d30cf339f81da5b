import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(() => gateway.clearCalls());
afterAll(() => gateway.close());

interface HttpAnswer {
  readonly status: number;
  readonly code: unknown;
  readonly body: Record<string, unknown>;
}

/** Sends a body as it is, as a client of the GraphQL over HTTP specification. */
async function send(body: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return read(
    await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
      body,
    }),
  );
}

async function read(response: Response): Promise<HttpAnswer> {
  expect(response.headers.get('content-type')).toMatch(/json/);
  const body = (await response.json()) as { errors: { message: string; extensions: { code: unknown } }[] };
  expect(body.errors[0]?.message.length).toBeGreaterThan(10);
  return { status: response.status, code: body.errors[0]?.extensions.code, body };
}

describe('dates that are none', () => {
  test.each([
    [
      'DateRange',
      'goLiveDate',
      ['2026-02-30', '2026-13-01', 'yesterday', '', '2026-1-1', 20_261_120, '2026-01-01T00:00:00Z'],
    ],
    [
      'DateTimeRange',
      'updatedAt',
      ['2026-11-20', '2026-11-20T10:00:00', '2026-02-30T00:00:00Z', 'now', '', 1_700_000_000],
    ],
  ])('what is no %s ends the request before it runs', async (type, field, values) => {
    for (const from of values) {
      const query = `query ($span: ${type}) { psRequests(filter: { ${field}: $span }) { nodes { number } } }`;
      const answer = await send(JSON.stringify({ query, variables: { span: { from } } }));
      expect(answer).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
      expect(answer.body).not.toHaveProperty('data');
    }
    expect(gateway.salesforce.calls.all).toEqual([]);
  });
});

describe('requests that are none', () => {
  const query = '{ psRequests(first: 1) { nodes { number } } }';
  test.each<readonly [string, string, Record<string, string>, number, string]>([
    ['a body of 10 MB', JSON.stringify({ query, padding: 'x'.repeat(10 * 1024 * 1024) }), {}, 413, 'PAYLOAD_TOO_LARGE'],
    ['invalid JSON', `{"query": "${query}"`, {}, 400, 'BAD_REQUEST'],
    ['an empty body', '', {}, 400, 'BAD_REQUEST'],
    ['a JSON string', JSON.stringify(query), {}, 400, 'BAD_REQUEST'],
    ['a body without a query', '{"variables": {}}', {}, 400, 'BAD_REQUEST'],
    ['variables that are no object', JSON.stringify({ query, variables: 'x' }), {}, 400, 'BAD_REQUEST'],
    ['a batch', JSON.stringify([{ query }, { query }]), {}, 400, 'BAD_REQUEST'],
    ['text/plain', JSON.stringify({ query }), { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a form',
      `query=${encodeURIComponent(query)}`,
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a document that is no GraphQL', JSON.stringify({ query: '{ psRequests(' }), {}, 400, 'GRAPHQL_PARSE_FAILED'],
    [
      'an unknown field',
      JSON.stringify({ query: '{ psRequests { nodes { nope } } }' }),
      {},
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a wrong type',
      JSON.stringify({ query: '{ psRequests(first: "five") { nodes { number } } }' }),
      {},
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'an Int over 32 bits',
      JSON.stringify({ query: '{ psRequests(first: 4294967296) { nodes { number } } }' }),
      {},
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'two operations without a name',
      JSON.stringify({ query: `query A ${query} query B ${query}` }),
      {},
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a missing variable',
      JSON.stringify({ query: 'query ($id: ID!) { psRequest(id: $id) { number } }' }),
      {},
      400,
      'BAD_USER_INPUT',
    ],
  ])('%s', async (_what, body, headers, status, code) => {
    expect(await send(body, headers)).toMatchObject({ status, code });
    expect([...gateway.salesforce.calls.all, ...gateway.jira.calls.all]).toEqual([]);
  });

  test('a document at fault is 200 for clients that know only application/json, and anything that is no request is not', async () => {
    const accept = { accept: 'application/json' };
    expect(await send('{"query": "{ psRequests("}', accept)).toMatchObject({
      status: 200,
      code: 'GRAPHQL_PARSE_FAILED',
    });
    expect(await send('{"query": ', accept)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(await send(JSON.stringify({ query }), { accept: 'text/csv' })).toMatchObject({
      status: 406,
      code: 'BAD_REQUEST',
    });
  });

  test('a mutation by GET', async () => {
    const mutation = 'mutation { submitAssessments(input: { assessments: [] }) { created } }';
    const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(mutation)}`, {
      headers: { 'apollo-require-preflight': 'yes', ...(await gateway.as('ADMIN')) },
    });
    expect(await read(response)).toMatchObject({ status: 405, code: 'BAD_REQUEST' });
    expect([...gateway.salesforce.calls.all, ...gateway.jira.calls.all]).toEqual([]);
  });

  test('a path that is not served', async () => {
    expect(await read(await fetch(`${gateway.url}/graph`))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});
