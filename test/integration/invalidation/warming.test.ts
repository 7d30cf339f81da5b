import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { MovableClock } from '../../support/identity.ts';

const clock = new MovableClock();
const seconds = (count: number) => count * 1_000;
let one: TestGateway;

beforeAll(async () => {
  one = await startTestGateway({
    settings: { CACHE_WARMING_TOP: '5' },
    responseCacheBytes: 1_000_000,
    clock,
    warmingRoundMs: 100,
  });
});
afterAll(() => one?.close());

const requestQuery = 'query Hot($id: ID!) { psRequest(id: $id) { product account { name } } }';
const idAt = (place: number): string =>
  String(one.salesforce.rows('PS_Request__c').filter(({ IsDeleted }) => IsDeleted !== true)[place]?.Id);
const ask = (place: number, headers?: Record<string, string>) => one.query(requestQuery, { id: idAt(place) }, headers);
const originOf = (answer: { headers: Headers }) => answer.headers.get('cache-status') ?? '';

describe('an operation that is asked often', () => {
  test('is answered without a call past every time limit, because it is executed again before', async () => {
    for (let times = 0; times < 5; times += 1) await ask(0);
    for (let round = 0; round < 4; round += 1) {
      clock.advanceMs(seconds(200));
      const calls = one.salesforce.calls.count('/data/');
      // In the background, within a round of the job.
      await expect.poll(() => one.salesforce.calls.count('/data/'), { timeout: 8_000 }).toBeGreaterThan(calls);
      await expect.poll(async () => (await warmed()).stored, { timeout: 2_000 }).toBeGreaterThan(round);
      const before = one.salesforce.calls.count('/data/');
      const answer = await ask(0);
      expect(answer.data.psRequest.product).toBeTypeOf('string');
      expect(originOf(answer)).toMatch(/hit/);
      expect(one.salesforce.calls.count('/data/')).toBe(before);
    }
  });

  test('is executed in nobody’s name, so that no answer of a person is kept warm', async () => {
    const admin = await one.as('ADMIN');
    for (let times = 0; times < 5; times += 1) await one.query('{ viewer { id name } }', {}, admin);
    clock.advanceMs(seconds(50));
    const { stored } = await warmed();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await warmed()).stored).toBe(stored);
  });

  test('is left alone once nobody has asked for as long as its answer is kept', async () => {
    clock.advanceMs(seconds(400));
    one.clearCalls();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(one.salesforce.calls.count('/data/')).toBe(0);
  });

  test('is left alone while the allowance of its source is tight', async () => {
    one.salesforce.setUsage(70_000, 100_000);
    for (let times = 0; times < 5; times += 1) await ask(1);
    clock.advanceMs(seconds(200));
    one.clearCalls();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(one.salesforce.calls.count('/data/')).toBe(0);
    const text = await (await fetch(`${one.url}/metrics`)).text();
    expect(text).toMatch(/job_runs_total\{job="warming",outcome="paused"\} [1-9]/);
  });
});

async function warmed(): Promise<{ readonly stored: number }> {
  const text = await (await fetch(`${one.url}/metrics`)).text();
  return { stored: Number(/warmed_operations_total\{outcome="stored"\} (\d+)/.exec(text)?.[1] ?? 0) };
}
