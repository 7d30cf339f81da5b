import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  await gateway.close();
});

/** By GET the header that no page of another origin can send without asking; everything else as the audit wants it. */
const fetchFn: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  if ((init?.method ?? 'GET') === 'GET') headers.set('apollo-require-preflight', 'true');
  return await fetch(input, { ...init, headers });
};

const audits = serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn });

describe('the GraphQL over HTTP audits', () => {
  test('are all there', () => {
    expect(audits).toHaveLength(61);
  });

  for (const audit of audits) {
    test(`${audit.id}: ${audit.name}`, async () => {
      const result = await audit.fn();
      expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
    });
  }
});

test('a query that is no text, and a GET without the header against forgery, are told what to send', async () => {
  const url = `${gateway.url}/graphql`;
  const headers = { 'content-type': 'application/json' };
  const told = async (answer: Response) => [answer.status, await answer.text()];
  expect(await told(await fetch(url, { method: 'POST', headers, body: '{"query":1}' }))).toEqual([
    400,
    expect.stringContaining('Send the operation as text'),
  ]);
  expect(await told(await fetch(`${url}?query={viewer{id}}`))).toEqual([
    400,
    expect.stringContaining('Send the header `apollo-require-preflight: true`'),
  ]);
});

describe('without the header against forgery', () => {
  test('every MUST and SHOULD still holds, and only what MAY be is refused', async () => {
    const plain = serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn: fetch });
    const results = await Promise.all(plain.map((audit) => audit.fn()));
    expect(results.filter(({ status }) => status !== 'ok').map(({ id, status }) => `${id} ${status}`)).toEqual([
      '5A70 notice',
      'D6D5 notice',
      '6A70 notice',
    ]);
  });
});
