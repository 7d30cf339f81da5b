import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { readExamples } from '../../support/example.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { perRequestRecords } from '../../support/per-request-records.ts';
import { randomLoad, runSteps } from '../../support/random-load.ts';
import { sized } from '../../support/test-size.ts';

let keeping: TestGateway;
const CLIENTS = 20;
/** Each request reads for itself, and nothing outlives it. */
let plain: TestGateway;

beforeAll(async () => {
  const company = generateCompany();
  [keeping, plain] = await Promise.all([
    startTestGateway({ company, responseCacheBytes: 16_000_000 }),
    startTestGateway({ company, recordsOf: perRequestRecords, settings: { CACHE_COALESCE_WINDOW: '0' } }),
  ]);
});
afterAll(async () => {
  await keeping?.close();
  await plain?.close();
});

const sources = ['SALESFORCE', 'JIRA'] as const;
type Counts = Readonly<Record<(typeof sources)[number], { readonly sent: number; readonly saved: number }>>;

async function countsOf(gateway: TestGateway): Promise<Counts> {
  const { data } = await gateway.query('{ gatewayStatus { upstreams { source callsLastHour callsSavedLastHour } } }');
  const upstreams = data.gatewayStatus.upstreams as Readonly<Record<string, number>>[];
  const counts = upstreams.map(({ source, callsLastHour, callsSavedLastHour }) => [
    source,
    { sent: callsLastHour, saved: callsSavedLastHour },
  ]);
  return Object.fromEntries(counts) as Counts;
}

test('the calls that were saved and those that were sent are together what the same load costs without any cache', async ({
  annotate,
}) => {
  const load = randomLoad({
    company: generateCompany(),
    examples: readExamples(),
    mentorIds: [],
    steps: sized({ small: 120, full: 3_000 }),
    writeShare: 0,
  }).filter((step) => step.kind !== 'change');
  const ask = async (gateway: TestGateway, { document, variables, role }: (typeof load)[number]) => {
    const answer = await gateway.query(document, variables, await gateway.as(role));
    expect(answer.errors).toEqual([]);
  };
  // One by one, so that no two share a call; and each that differs once, because it costs the same each time.
  const costs = { SALESFORCE: 0, JIRA: 0 };
  for (const equal of Map.groupBy(load, ({ document, variables }) => JSON.stringify([document, variables])).values()) {
    const [step] = equal;
    if (!step) continue;
    plain.clearCalls();
    await ask(plain, step);
    costs.SALESFORCE += equal.length * plain.salesforce.calls.billed();
    costs.JIRA += equal.length * plain.jira.calls.count();
  }
  await runSteps(load, CLIENTS, (step) => ask(keeping, step));
  const counts = await countsOf(keeping);
  for (const source of sources) {
    const { sent, saved } = counts[source];
    const told = `${source}: ${sent} sent and ${saved} saved, ${costs[source]} without a cache`;
    await annotate(told);
    expect(sent, told).toBeLessThan(costs[source] / 1.5);
    expect(sent + saved, told).toBeGreaterThan(costs[source] * 0.9);
    expect(sent + saved, told).toBeLessThan(costs[source] * 1.1);
  }
});
