import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SalesforceStandIn, startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts';
import { median, quantile } from '../../support/quantiles.ts';
import { sendOperation } from '../../support/send-operation.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';
import { sized } from '../../support/test-size.ts';

/** Of one call to Salesforce, with everything; what `endpointClasses` of the source says. */
const DEADLINE_MS = 10_000;
const SLOW_MS = 10_000;

let database: TestDatabase;
let surroundings: Surroundings;
let troubled: SalesforceStandIn;
/** Two gateways alike, but for the Salesforce that the second one has. */
let untouched: GatewayProcess;
let concerned: GatewayProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  surroundings = await startSurroundings([database.url]);
  troubled = await startSalesforceStandIn({ company: surroundings.company });
  const settings = { ...surroundings.settings, DATABASE_URL: database.url, LOG_LEVEL: 'silent' };
  [untouched, concerned] = await Promise.all([
    startGatewayProcess(settings),
    startGatewayProcess({ ...settings, SALESFORCE_LOGIN_URL: troubled.url }),
  ]);
});
afterAll(async () => {
  for (const gateway of [untouched, concerned]) {
    gateway.signal('SIGKILL');
    await gateway.ended;
  }
  await troubled.close();
  await surroundings[Symbol.asyncDispose]();
  await database.drop();
});

const requestDocument = 'query ($id: ID!) { psRequest(id: $id) { number status owner { name } steps { name } } }';
const requestNumber = (index: number) => `PSR-${String((index % 400) + 1).padStart(5, '0')}`;
/** Executed and read from the source each time, whatever is cached. */
const anew = { 'cache-control': 'no-cache' };

async function timed(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

/** Clients that ask Salesforce again and again, as people do who reload a page that does not come. */
function keepAsking(gateway: GatewayProcess, clients: number): () => Promise<void> {
  let stopped = false;
  const client = async (first: number): Promise<void> => {
    for (let index = first; !stopped; index += clients) {
      await sendOperation(gateway.url, requestDocument, { id: requestNumber(index) }, anew);
      await pause(500);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return async () => {
    stopped = true;
    await all;
  };
}

describe('Salesforce that takes ten seconds for every answer', () => {
  test('leaves operations on Jira and PostgreSQL alone the latency that they have without', async () => {
    const blocks = sized({ small: 7, full: 30 });
    const samples = sized({ small: 40, full: 100 });
    const operations: readonly (readonly [string, (index: number) => Record<string, unknown>])[] = [
      [
        'query ($key: String!) { jiraIssue(key: $key) { key summary } }',
        (index) => ({ key: `PSD-${(index % 200) + 1}` }),
      ],
      [
        '{ mentors(first: 20) { nodes { name openAssessmentCount assessments(first: 2) { nodes { score } } } } }',
        () => ({}),
      ],
    ];
    const ask = (gateway: GatewayProcess, index: number) =>
      operations.map(async ([document, variables]) => {
        const answer = await sendOperation(gateway.url, document, variables(index), anew);
        expect(answer.errors).toEqual([]);
      });
    for (let warmUp = 0; warmUp < 60; warmUp += 1)
      for (const gateway of [untouched, concerned]) await Promise.all(ask(gateway, warmUp));

    troubled.faults.add({ kind: 'slow', delayMs: SLOW_MS });
    const stopAsking = keepAsking(concerned, 20);
    const ratios = operations.map(() => [] as number[]);
    for (let block = 0; block < blocks; block += 1) {
      const times = operations.map(() => ({ untouched: [] as number[], concerned: [] as number[] }));
      for (let sample = 0; sample < samples; sample += 1) {
        for (const [at, [document, variables]] of operations.entries()) {
          const inTurn = [untouched, concerned];
          if (sample % 2 === 1) inTurn.reverse();
          for (const gateway of inTurn) {
            const ms = await timed(sendOperation(gateway.url, document, variables(block * samples + sample), anew));
            times[at]?.[gateway === concerned ? 'concerned' : 'untouched'].push(ms);
          }
        }
      }
      for (const [at, own] of times.entries())
        ratios[at]?.push(quantile(own.concerned, 0.95) / quantile(own.untouched, 0.95));
    }
    expect(troubled.calls.count()).toBeGreaterThan(0);
    for (const [at, own] of ratios.entries())
      expect(
        median(own),
        `p95 ratios of ${operations[at]?.[0]}: ${own.map((ratio) => ratio.toFixed(2)).join(' ')}`,
      ).toBeLessThan(1.2);
    troubled.faults.clear();
    await stopAsking();
  });
});

describe('Salesforce that takes calls and never answers', () => {
  test('costs its callers the deadline at first, and next to nothing once it is known', async () => {
    await expect
      .poll(async () => (await sendOperation(concerned.url, requestDocument, { id: requestNumber(7) }, anew)).errors, {
        timeout: 40_000,
        interval: 500,
      })
      .toEqual([]);
    troubled.faults.clear();
    troubled.faults.add({ kind: 'hang' });
    const ask = (index: number) => sendOperation(concerned.url, requestDocument, { id: requestNumber(index) }, anew);
    const first = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        // Asked at one moment they would share a call, and one call that fails opens no breaker.
        await new Promise((resolve) => setTimeout(resolve, index * 20));
        let answer: Awaited<ReturnType<typeof ask>> | undefined;
        const ms = await timed(ask(100 + index).then((given) => (answer = given)));
        return { ms, answer };
      }),
    );
    for (const { ms, answer } of first) {
      expect(answer?.status).toBe(200);
      expect(ms).toBeLessThan(DEADLINE_MS * 1.1);
    }
    await expect
      .poll(async () => (await ask(99)).errors[0]?.extensions.code, { timeout: 3 * DEADLINE_MS, interval: 200 })
      .toBe('UPSTREAM_UNAVAILABLE');

    const later: number[] = [];
    for (let index = 0; index < sized({ small: 100, full: 1_000 }); index += 1)
      later.push(await timed(ask(200 + index)));
    // 50 ms of a deadline of 10 s.
    expect(quantile(later, 0.95) / DEADLINE_MS).toBeLessThan(0.005);
  });
});
