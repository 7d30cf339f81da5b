import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/standins/kit/fault.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { sized } from '../../support/test-size.ts';

const canary = 'canary-0815';
const documents = {
  SALESFORCE: 'query ($id: ID!) { psRequest(id: $id) { number status owner { name } } }',
  JIRA: 'query ($id: ID!) { node(id: $id) { ... on JiraIssue { key summary assignee { displayName } } } }',
};
const variables = {
  SALESFORCE: { id: 'PSR-00042' },
  JIRA: { id: Buffer.from('JiraIssue:10001').toString('base64url') },
};
const html = `<!doctype html><html><body><h1>Maintenance</h1>${canary}</body></html>`;
const faults: readonly (readonly [string, Omit<Fault, 'path'>])[] = [
  ['HTML with 200', { kind: 'status', status: 200, contentType: 'text/html', body: html }],
  ['HTML that claims to be JSON', { kind: 'status', status: 200, body: html }],
  ['cut short', { kind: 'truncated' }],
  ['50 MB', { kind: 'oversize', bytes: 50_000_000 }],
  ['a list of numbers', { kind: 'status', status: 200, body: [1, 2, 3] }],
  ['a number', { kind: 'status', status: 200, body: 42 }],
  ['null', { kind: 'status', status: 200, body: null }],
  ['an empty object', { kind: 'status', status: 200, body: {} }],
  ['no body at all', { kind: 'status', status: 200 }],
];

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({ responseCacheBytes: 16_000_000 });
});
afterEach(() => gateway.close());

describe.each(['SALESFORCE', 'JIRA'] as const)('%s that answers', (source) => {
  const ask = () => gateway.query(documents[source], variables[source]);
  const standIn = () => (source === 'JIRA' ? gateway.jira : gateway.salesforce);
  const path = source === 'JIRA' ? '/rest/api' : '/services/data';

  test.each(faults)('%s gives a typed error, of which nothing is kept', async (_what, fault) => {
    standIn().faults.add({ ...fault, path });
    const struck = await ask();
    expect(struck.status).toBe(200);
    expect(struck.errors.length).toBeGreaterThan(0);
    for (const { message, extensions } of struck.errors) {
      // A page of HTML, or nothing, may also be what a proxy shows in place of a source that is away.
      expect(extensions).toMatchObject({
        code: expect.stringMatching(/^UPSTREAM_(BAD_RESPONSE|UNAVAILABLE)$/),
        source,
      });
      expect(message).not.toContain(canary);
    }
    expect(Object.values(struck.data)).toEqual([null]);
    expect(struck.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(gateway.logLines)).not.toContain(canary);

    standIn().faults.clear();
    const healthy = await ask();
    expect(healthy.errors).toEqual([]);
    expect(Object.values(healthy.data)[0]).not.toBeNull();
    expect(JSON.stringify(healthy.data)).not.toContain(canary);
  });
});

test('answers of 50 MB again and again leave the memory where it was', async () => {
  const rounds = sized({ small: 4, full: 40 });
  const clients = 3;
  const askOnce = async (round: number): Promise<void> => {
    gateway.salesforce.faults.add({ kind: 'oversize', bytes: 50_000_000, path: '/services/data' });
    gateway.jira.faults.add({ kind: 'oversize', bytes: 50_000_000, path: '/rest/api' });
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        const number = String(1 + round * clients + client).padStart(5, '0');
        await gateway.query(documents.SALESFORCE, { id: `PSR-${number}` });
        await gateway.query(documents.JIRA, variables.JIRA);
      }),
    );
  };
  await askOnce(0);
  const before = process.memoryUsage().rss;
  let highest = before;
  for (let round = 1; round <= rounds; round += 1) {
    await askOnce(round);
    highest = Math.max(highest, process.memoryUsage().rss);
  }
  // Kept or copied only once, the answers of the rounds would be 300 MB each.
  expect((highest - before) / 1_000_000).toBeLessThan(250);
});
