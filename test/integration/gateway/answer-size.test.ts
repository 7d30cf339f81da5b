import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  // With limits that let such documents in: this is what holds where their estimates were too low.
  gateway = await startTestGateway({ settings: { OPERATION_MAX_COST: '100000000', OPERATION_MAX_DEPTH: '100' } });
});
afterAll(() => gateway.close());

/** A request's account's requests' accounts' requests …: each level multiplies the records by `first`. */
function nested(levels: number, first: number): string {
  const open = `account { psRequests(first: ${first}) { nodes { number `;
  return `{ psRequest(id: "PSR-00001") { number ${open.repeat(levels)}${' } } }'.repeat(levels)} } }`;
}

/** The same through Jira, where no page size tells. */
function linked(levels: number): string {
  return `{ psRequest(id: "PSR-00001") { ${'jiraIssues { key psRequest { number '.repeat(levels)}${' } }'.repeat(levels)} } }`;
}

describe('an answer whose lists multiply', () => {
  it.each([
    ['wide pages in pages', nested(4, 60)],
    ['small pages in very many levels', nested(15, 3)],
  ])('is refused as a whole by a short error: %s', async (_title, document) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document }),
    });
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(text.length).toBeLessThan(2_000);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'ANSWER_TOO_LARGE' } }] });
    const alive = await fetch(`${gateway.url}/livez`);
    expect(alive.status).toBe(200);
  });

  it('leaves the gateway free for others within a few answers of a usual size', async () => {
    const usual = '{ psRequests(first: 200) { nodes { number account { name } steps { name } } } }';
    await gateway.query(usual);
    const startedAt = performance.now();
    for (let round = 0; round < 20; round += 1) await gateway.query(usual);
    const usualMs = performance.now() - startedAt;
    const attackedAt = performance.now();
    const attack = gateway.query(nested(4, 60)).catch(() => undefined);
    expect((await gateway.query('{ psRequest(id: "PSR-00002") { number } }')).errors).toEqual([]);
    await attack;
    // Worked through, it would be more than ten million records; refused, it is a hundred thousand.
    expect(performance.now() - attackedAt).toBeLessThan(Math.max(usualMs * 10, 5_000));
  });

  it('is given when it is large but bounded', async () => {
    const { data, errors } = await gateway.query(nested(2, 20));
    expect(errors).toEqual([]);
    expect(data.psRequest.account.psRequests.nodes.length).toBeGreaterThan(1);
    expect((await gateway.query(linked(3))).errors).toEqual([]);
  });
});
