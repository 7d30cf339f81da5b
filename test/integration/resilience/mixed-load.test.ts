import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { readExamples } from '../../support/example.ts';
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts';
import { runLoad } from '../../support/run-load.ts';
import { sendOperation } from '../../support/send-operation.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';
import { sized } from '../../support/test-size.ts';

const webhookSecret = 'a secret of this test';
let database: TestDatabase;
let surroundings: Surroundings;
let gateway: GatewayProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  surroundings = await startSurroundings([database.url]);
  gateway = await startGatewayProcess({
    ...surroundings.settings,
    DATABASE_URL: database.url,
    JIRA_WEBHOOK_SECRET: webhookSecret,
    SALESFORCE_WEBHOOK_SECRET: webhookSecret,
    CHANGE_POLL_INTERVAL: '1',
    LOG_LEVEL: 'silent',
  });
});
afterAll(async () => {
  gateway.signal('SIGKILL');
  await gateway.ended;
  await surroundings[Symbol.asyncDispose]();
  await database.drop();
});

const examples = readExamples();

/** Resolves when both sources were polled by a poll that began after now. */
async function allIsTold(): Promise<void> {
  const polls = async () => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return ['salesforce', 'jira'].map((source) => {
      const done = new RegExp(`job_runs_total\\{job="poll-${source}",outcome="done"\\} (\\d+)`).exec(text)?.[1];
      return Number(done ?? 0);
    });
  };
  const before = await polls();
  // The first of them may have begun already.
  const hasPolledTwice = async () => (await polls()).every((done, place) => done >= (before[place] ?? 0) + 2);
  await expect.poll(hasPolledTwice, { timeout: 15_000, interval: 200 }).toBe(true);
}

/** The reads of the examples, with what the load asks them for. */
function reads(): { readonly document: string; readonly variables: Readonly<Record<string, unknown>> }[] {
  const { company } = surroundings;
  const requests = company.salesforce.PS_Request__c.filter(({ IsDeleted }) => IsDeleted !== true);
  const issues = company.jira.issues.filter(({ forbidden }) => !forbidden);
  const every = <Item>(items: readonly Item[], count: number) =>
    items.filter((_item, place) => place % Math.ceil(items.length / count) === 0);
  const variablesOf: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
    'request-detail': every(requests, 25).map(({ Name }) => ({ id: Name })),
    'issue-detail': every(issues, 25).map(({ key }) => ({ key })),
    search: ['upgrade', 'release', 'migration', 'customer', 'billing', 'rollback', 'hub'].map((text) => ({ text })),
    'go-live-calendar': ['09', '10', '11', '12'].map((month) => ({ from: `2026-${month}-01`, to: `2026-${month}-28` })),
  };
  return examples
    .filter(({ document }) => !document.includes('\nmutation '))
    .flatMap(({ name, document, variables }) =>
      (variablesOf[name] ?? [variables]).map((own) => ({ document, variables: own })),
    );
}

test('a mixed load of reads and writes is answered without an error, with few calls, and afterwards every answer is as from an empty cache', async () => {
  const { url } = gateway;
  const [load] = await runLoad({
    url,
    surroundings,
    examples,
    phases: [{ steps: sized({ small: 1_000, full: 20_000 }) }],
    clients: 50,
    webhookSecret,
    // More than in life, so that a short run has some.
    writeShare: 0.05,
  });
  if (!load) throw new Error('The load was not reported.');
  expect(load.failed).toBe(0);
  expect(load.writes).toBeGreaterThan(20);
  // Cold and with so many writes; npm run bench tells how many it takes when warm, beside plain DataLoaders.
  expect(load.salesforceBilled + load.jiraCalls).toBeLessThan(load.reads / 2);

  await allIsTold();
  surroundings.salesforce.calls.clear();
  const kept: unknown[] = [];
  for (const { document, variables } of reads()) kept.push((await sendOperation(url, document, variables)).data);
  const salesforceCalls = surroundings.salesforce.calls.count('/data/');
  for (const [place, { document, variables }] of reads().entries()) {
    const fresh = await sendOperation(url, document, variables, { 'cache-control': 'no-cache' });
    expect(fresh.errors).toEqual([]);
    expect(kept[place]).toEqual(fresh.data);
  }
  // Else nothing would have been kept, and compared with itself.
  expect(salesforceCalls).toBeLessThan(surroundings.salesforce.calls.count('/data/') - salesforceCalls);
});
