import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { openUpstreamPolicy } from '../../../src/gateway/upstream-policy.ts';
import { createUpstreamMetrics } from '../../../src/upstream/upstream-metrics.ts';
import { collectingLog, ManualClock } from '../../support/upstream.ts';

it('starts without a PostgreSQL that is not there in time, and says that it does not know what is left', async () => {
  const { log, lines } = collectingLog();
  const url = 'postgres://nobody@127.0.0.1:1/nothing';
  const policy = await openUpstreamPolicy({
    config: { salesforceDailyCallBudget: null },
    redis: null,
    database: {
      url,
      settings: { url, maxConnections: 1, idleTimeoutMs: 1_000, connectionTimeoutMs: 1_000 },
      migrated: new Promise(() => undefined),
    },
    allowances: { salesforce: 'SALESFORCE', jira: 'JIRA' },
    metrics: createUpstreamMetrics(new Registry()),
    log,
    clock: new ManualClock(),
  });
  const startedAt = performance.now();
  await policy.settled();
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(policy.quotas.salesforce.refusal('interactive', 1)).toBeNull();
  expect(lines.map(({ msg }) => msg)).toEqual([
    expect.stringContaining('What is left of the call allowances is not known'),
  ]);
  await policy.close();
});
