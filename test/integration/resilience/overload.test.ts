import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { median, quantile } from '../../support/quantiles.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';
import { sized } from '../../support/test-size.ts';

const connections = sized({ small: 300, full: 2_000 });
const seconds = sized({ small: 2, full: 10 });
/** Operations at once that the gateway takes on, each waiting for a slow source. */
const CAP = 40;
const SLOW_MS = 300;
const held = Promise.withResolvers<string>();
let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await startSmallGateway({
    sdl: `
      directive @cacheControl(maxAge: Int) on OBJECT | FIELD_DEFINITION
      type Query { slow(n: Int): String held(n: Int): String kept: String @cacheControl(maxAge: 600) }`,
    resolvers: { Query: { slow: () => pause(SLOW_MS, 'slow'), held: () => held.promise, kept: () => 'kept' } },
    responseCacheBytes: 1_000_000,
    settings: { OPERATIONS_UNDER_WAY: String(CAP), BUDGET_PERSON_REQUESTS: '0/0', BUDGET_PERSON_POINTS: '0/0' },
  });
});
afterAll(() => gateway.close());

interface Answer {
  readonly status: number;
  readonly milliseconds: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
  /** The first of its client, which had to connect. */
  readonly isFirst: boolean;
}

function ask(agent: Agent, query: string, isFirst = false): Promise<Answer> {
  const startedAt = performance.now();
  const body = JSON.stringify({ query });
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${gateway.http.url}/graphql`,
      { agent, method: 'POST', headers: { 'content-type': 'application/json', 'content-length': body.length } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const retryAfter = response.headers['retry-after'];
          const milliseconds = performance.now() - startedAt;
          resolve({ status: response.statusCode ?? 0, milliseconds, retryAfter, text, isFirst });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

let asked = 0;

/** So many clients over a connection each, who wait as long as they are told to. */
async function load(clients: number): Promise<readonly Answer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const answers: Answer[] = [];
  const until = performance.now() + seconds * 1_000;
  const client = async (): Promise<void> => {
    for (let isFirst = true; performance.now() < until; isFirst = false) {
      const answer = await ask(agent, `{ slow(n: ${(asked += 1)}) }`, isFirst);
      answers.push(answer);
      if (answer.retryAfter) await pause(Number(answer.retryAfter) * 1_000 * (0.5 + Math.random()));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return answers;
}

const good = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200);

test(`${connections} clients of a slow source: those beyond the cap are told so at once, and the others are served as if alone`, async ({
  annotate,
}) => {
  const alone = good(await load(CAP));
  const crowd = await load(connections);
  const served = good(crowd);
  const refused = crowd.filter(({ status }) => status === 503);
  const refusedMs = refused.filter(({ isFirst }) => !isFirst).map(({ milliseconds }) => milliseconds);
  const share = served.length / alone.length;
  await annotate(
    `goodput ${(100 * share).toFixed(0)} % of ${alone.length}; ${refused.length} refused, median ${median(refusedMs).toFixed(0)} ms, p95 ${quantile(refusedMs, 0.95).toFixed(0)} ms`,
  );
  expect(served.length + refused.length).toBe(crowd.length);
  expect(share).toBeGreaterThanOrEqual(0.8);
  expect(refused.length).toBeGreaterThan(CAP);
  // Both wait for this machine; who is refused waits for nothing else.
  const servedMs = served.map(({ milliseconds }) => milliseconds);
  expect(median(refusedMs)).toBeLessThan(median(servedMs) - SLOW_MS / 2);
  expect(refused[0]?.retryAfter).toBe('1');
  expect(refused[0]?.text).toMatch(/"code":"OVERLOADED".*"retryAfterSeconds":1/);
  expect(refused[0]?.text.length).toBeLessThan(2_048);

  const afterwards = good(await load(CAP));
  expect(afterwards.length / alone.length).toBeGreaterThan(0.8);
  expect(gateway.executions.underWay).toBe(0);
});

test('what is kept is answered while everything else is refused', async () => {
  const agent = new Agent({ keepAlive: true });
  for (let n = 0; n < 2; n += 1) expect((await ask(agent, '{ kept }')).status).toBe(200);
  const busy = Array.from({ length: CAP }, () => ask(agent, `{ held(n: ${(asked += 1)}) }`));
  await expect.poll(() => gateway.executions.underWay, { timeout: 10_000 }).toBe(CAP);
  expect((await ask(agent, `{ slow(n: ${(asked += 1)}) }`)).status).toBe(503);
  expect((await ask(agent, '{ kept }')).status).toBe(200);
  held.resolve('held');
  expect((await Promise.all(busy)).every(({ status }) => status === 200)).toBe(true);
  agent.destroy();
});
