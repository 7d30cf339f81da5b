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
    LOG_LEVEL: 'silent',
  });
});
afterAll(async () => {
  gateway.signal('SIGKILL');
  await gateway.ended;
  await surroundings[Symbol.asyncDispose]();
  await database.drop();
});

test('a mixed load of reads and writes is answered without an error, with few calls, and every change is seen afterwards', async () => {
  const { url } = gateway;
  const load = await runLoad({
    url,
    surroundings,
    examples: readExamples(),
    steps: sized({ small: 1_000, full: 20_000 }),
    clients: 50,
    webhookSecret,
    // More than in life, so that a short run has some.
    writeShare: 0.05,
  });
  expect(load.failed).toBe(0);
  expect(load.writes).toBeGreaterThan(20);
  // Cold and with so many writes; npm run bench tells how many it takes when warm, beside plain DataLoaders.
  expect(load.salesforceBilled + load.jiraCalls).toBeLessThan(load.reads / 2);

  const requests = surroundings.salesforce
    .rows('PS_Request__c')
    .filter((row) => /^changed at step/.test(String(row.Description__c)));
  expect(requests.length).toBeGreaterThan(0);
  for (const row of requests) {
    const { data } = await sendOperation(url, 'query ($id: ID!) { psRequest(id: $id) { description } }', {
      id: row.Name,
    });
    expect(data.psRequest.description).toBe(row.Description__c);
  }
  const issues = surroundings.company.jira.issues
    .map(({ id }) => surroundings.jira.issue(id))
    .filter((issue) => issue?.summary.startsWith('changed at step'));
  expect(issues.length).toBeGreaterThan(0);
  for (const issue of issues) {
    const { data } = await sendOperation(url, 'query ($key: String!) { jiraIssue(key: $key) { summary } }', {
      key: issue?.key,
    });
    expect(data.jiraIssue.summary).toBe(issue?.summary);
  }
});
