import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { slopeOf } from '../../support/quantiles.ts';
import { runSteps } from '../../support/random-load.ts';
import { sized } from '../../support/test-size.ts';

const requests = sized({ small: 6_000, full: 200_000 });
const SAMPLES = 40;
const clients = 50;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

/** A request that nobody has sent before: unknown record, known record under an alias of its own, document of its own, bad input. */
function newRequest(index: number): readonly [string, Readonly<Record<string, unknown>>?] {
  switch (index % 4) {
    case 0:
      return ['query ($key: String!) { jiraIssue(key: $key) { key } }', { key: `PSD-${100_000 + index}` }];
    case 1: {
      // Documents are remembered too, more of them than a small run has requests; there they come again.
      const n = index % sized({ small: 200, full: requests });
      return [`{ alias${n}: psRequest(id: "PSR-${String((n % 390) + 1).padStart(5, '0')}") { number status } }`];
    }
    case 2:
      return [
        'query ($n: Int!, $id: ID!) { mentors(first: $n) { totalCount } node(id: $id) { id } }',
        { n: 1, id: `no-${index}` },
      ];
    default:
      return ['query ($id: ID!) { psRequest(id: $id) { number } }', { id: `PSR-${100_000 + index}` }];
  }
}

test(
  `memory stays flat over ${requests} requests with ever new keys`,
  async ({ annotate }) => {
    // Small enough for the caches to be full long before the half.
    gateway = await startTestGateway({
      settings: { CACHE_MAX_SIZE: String(Math.round(requests / 20)), LOG_LEVEL: 'silent' },
      responseCacheBytes: Math.round(requests * 100),
    });
    const started = gateway;
    const heap: number[] = [];
    const batch = requests / SAMPLES;
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const steps = Array.from({ length: batch }, (_, index) => sample * batch + index);
      await runSteps(steps, clients, async (index) => {
        const { status } = await started.query(...newRequest(index));
        if (status !== 200) throw new Error(`Request ${index} was answered ${status}.`);
      });
      // What the test itself keeps: calls of the stand-ins and log lines.
      started.clearCalls();
      for (const kept of [started.logLines, started.logTexts] as unknown[][]) kept.length = 0;
      collectGarbage();
      heap.push(process.memoryUsage().heapUsed);
    }
    const lastHalf = heap.slice(SAMPLES / 2);
    const grownBytes = slopeOf(lastHalf) * lastHalf.length;
    const mega = (bytes: number) => (bytes / 1_000_000).toFixed(1);
    await annotate(`heap after collection, MB: ${heap.map(mega).join(' ')}`);
    const told = `heap after collection, MB: ${heap.map(mega).join(' ')}; grown by ${mega(grownBytes)} over the last half`;
    // A leak of 100 bytes a request is more than this at full size; a small run drowns in what compiles late.
    expect(grownBytes, told).toBeLessThan(sized({ small: 4_000_000, full: 8_000_000 }));
  },
  sized({ small: 60_000, full: 2_400_000 }),
);
