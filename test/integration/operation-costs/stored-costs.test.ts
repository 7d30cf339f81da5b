import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selectOperationCosts } from '../../../src/gateway/operation-costs/cost-table.ts';
import { CostTally } from '../../../src/gateway/operation-costs/cost-tally.ts';
import { CostWriter } from '../../../src/gateway/operation-costs/cost-writer.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';
import { startTestGateway } from '../../support/gateway.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 9, 30);
const log = createLogger('silent');
const key = { tenant: 'demo', operationName: 'Dashboard', documentHash: 'ab', client: 'assistant' };

function receiptOf(salesforce: number, jira: number): Receipt {
  const receipt = new Receipt();
  const call = { operation: 'query', durationMs: 1, records: 1 };
  receipt.add({ ...call, source: 'SALESFORCE', billedCalls: salesforce });
  receipt.add({ ...call, source: 'JIRA', billedCalls: jira });
  return receipt;
}

describe('stored costs of operations', () => {
  let database: TestDatabase;
  let databases: Databases;

  beforeEach(async () => {
    database = await createTestDatabase();
    databases = openTestDatabases(database.url);
  });

  afterEach(async () => {
    await databases.close();
    await database.drop();
  });

  const costs = (tenant: string, sinceMs = NOW_MS - 24 * 3_600_000) =>
    databases.oltp.inTenant(testScope(tenant), (db) => selectOperationCosts(db, sinceMs, 10));

  function writerOf(tally: CostTally, over: Partial<ConstructorParameters<typeof CostWriter>[0]> = {}): CostWriter {
    return new CostWriter({ tally, database: databases.oltp, log, nowMs: () => NOW_MS, everyMs: 3_600_000, ...over });
  }

  it('add up over batches, hours and instances, with percentiles over all of them', async () => {
    const instances = [new CostTally(100), new CostTally(100)];
    for (const [n, tally] of instances.entries()) {
      const writer = writerOf(tally);
      for (let batch = 0; batch < 2; batch += 1) {
        for (let run = 0; run < 10; run += 1)
          tally.add(key, NOW_MS - batch * 3_600_000, receiptOf(2, 1), n === 0 ? 10 : 1_000);
        const whole = tally.wholeAnswersOf(key, NOW_MS - batch * 3_600_000);
        for (let answer = 0; answer < 50; answer += 1) whole.add(NOW_MS - batch * 3_600_000, n === 0 ? 0.2 : 20);
        await writer.write();
      }
      await writer.close();
    }
    expect(await database.query('select 1 from operation_costs')).toHaveLength(2);
    const [row, ...others] = await costs('demo');
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      operationName: 'Dashboard',
      client: 'assistant',
      executions: 40,
      wholeAnswers: 200,
      wholeAnswerP50Ms: 1,
      salesforceCalls: 40,
      salesforceBilledCalls: 80,
      jiraBilledCalls: 40,
      postgresCalls: 0,
    });
    expect(row?.p50Ms).toBeGreaterThanOrEqual(10);
    expect(row?.p50Ms).toBeLessThan(16);
    expect(row?.p95Ms).toBeGreaterThanOrEqual(1_000);
    expect(row?.p95Ms).toBeLessThan(1_500);
    expect(row?.wholeAnswerP95Ms).toBeGreaterThanOrEqual(20);
    expect(row?.wholeAnswerP95Ms).toBeLessThan(30);
  });

  it('belong to their tenant, and come with the dearest first', async () => {
    const tally = new CostTally(100);
    const writer = writerOf(tally);
    tally.add(key, NOW_MS, receiptOf(1, 1), 1);
    tally.add({ ...key, operationName: 'Export' }, NOW_MS, receiptOf(50, 9), 1);
    tally.add({ ...key, tenant: 'northwind', operationName: 'Secret' }, NOW_MS, receiptOf(9, 9), 1);
    await writer.close();
    expect((await costs('demo')).map(({ operationName }) => operationName)).toEqual(['Export', 'Dashboard']);
    expect((await costs('northwind')).map(({ operationName }) => operationName)).toEqual(['Secret']);
    expect(await costs('demo', NOW_MS + 3_600_000)).toEqual([]);
  });

  it('are forgotten after ninety days', async () => {
    const tally = new CostTally(100);
    tally.add(key, NOW_MS - 91 * 24 * 3_600_000, receiptOf(1, 1), 1);
    tally.add(key, NOW_MS - 89 * 24 * 3_600_000, receiptOf(1, 1), 1);
    await writerOf(tally).close();
    expect(await database.query('select 1 from operation_costs')).toHaveLength(1);
  });

  it('wait while PostgreSQL can not be reached, and are written once it can', async () => {
    const tally = new CostTally(100);
    let isDown = true;
    const failing: Pick<Databases['oltp'], 'inTenant'> = {
      inTenant: (scope, work) => (isDown ? Promise.reject(new Error('down')) : databases.oltp.inTenant(scope, work)),
    };
    const writer = writerOf(tally, { database: failing });
    tally.add(key, NOW_MS, receiptOf(1, 1), 1);
    await writer.write();
    expect(tally.size).toBe(1);
    isDown = false;
    await writer.close();
    expect(await costs('demo')).toMatchObject([{ executions: 1 }]);
  });
});

describe('a gateway', () => {
  it('charges answers that were given whole as it charges what it executed, however they were come by', async () => {
    const started = await startTestGateway({ responseCacheBytes: 8_000_000 });
    try {
      const viewer = await started.as('VIEWER');
      const document = 'query Overview { psRequests(first: 2) { nodes { number steps { name } } } }';
      const ask = (client?: string, more: Readonly<Record<string, string>> = {}) =>
        started.query(document, {}, { ...viewer, ...(client ? { 'apollographql-client-name': client } : {}), ...more });
      // The first teaches the media type.
      await started.query('{ __typename }', {}, viewer);
      // One is executed, and the others join it.
      await Promise.all(Array.from({ length: 3 }, () => ask('assistant')));
      const { headers } = await ask('assistant');
      expect(headers.get('cache-status')).toContain('; hit');
      for (let time = 0; time < 4; time += 1) await ask();
      await ask('assistant', { 'cache-control': 'no-cache' });
      await ask('assistant', { 'x-explain': 'plan' });
      const metrics = await (await fetch(`${started.url}/metrics`)).text();
      expect(metrics).toContain('operation_whole_answers_total{operation="Overview"} 7');
      await started.gateway.close();
      const rows = await started.database?.query(
        `select client, document_hash, executions::int, whole_answers::int,
          (select sum(count)::int from unnest(durations) as count) as executions_timed,
          (select sum(count)::int from unnest(whole_answer_durations) as count) as answers_timed
        from operation_costs where operation_name = 'Overview' order by client`,
      );
      const hash = createHash('sha256').update(document).digest('hex');
      expect(rows).toEqual([
        {
          client: 'assistant',
          document_hash: hash,
          executions: 2,
          whole_answers: 3,
          executions_timed: 2,
          answers_timed: 3,
        },
        {
          client: expect.stringMatching(/^viewer:/),
          document_hash: hash,
          executions: 0,
          whole_answers: 4,
          executions_timed: 0,
          answers_timed: 4,
        },
      ]);
    } finally {
      await started.close();
    }
  });

  it('charges what it executed to operation and client, in its table and its metrics, and nothing for a plan', async () => {
    const started = await startTestGateway();
    try {
      const analyst = await started.as('ANALYST');
      const document = 'query Overview { psRequests(first: 2) { nodes { number steps { name } } } }';
      const client = { 'apollographql-client-name': 'assistant' };
      started.clearCalls();
      for (let run = 0; run < 3; run += 1) await started.query(document, {}, { ...analyst, ...client });
      await started.query(document, {}, analyst);
      await started.query(document, {}, { ...analyst, ...client, 'x-explain': 'plan' });
      const billed = started.salesforce.calls.billed();
      expect(billed).toBeGreaterThan(0);
      const metrics = await (await fetch(`${started.url}/metrics`)).text();
      expect(metrics).toContain(
        `operation_source_billed_calls_total{operation="Overview",source="SALESFORCE"} ${billed}`,
      );
      expect(metrics).toContain('operation_duration_seconds_count{operation="Overview"} 4');
      await started.gateway.close();
      const rows = await started.database?.query(
        'select tenant, operation_name, client, executions::int, salesforce_billed_calls::int as billed, document_hash from operation_costs order by executions desc',
      );
      expect(rows).toMatchObject([
        { tenant: 'demo', operation_name: 'Overview', client: 'assistant', executions: 3, billed },
        {
          tenant: 'demo',
          operation_name: 'Overview',
          client: expect.stringMatching(/^viewer:/),
          executions: 1,
          billed: 0,
        },
      ]);
      expect(rows?.[0]?.document_hash).toMatch(/^[0-9a-f]{64}$/);
    } finally {
      await started.close();
    }
  });
});
