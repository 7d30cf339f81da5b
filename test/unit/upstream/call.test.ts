import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/platform/errors.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import { callUpstream, type UpstreamCall, type UpstreamDurations } from '../../../src/upstream/call.ts';

function setUp(overrides: Partial<UpstreamCall> = {}) {
  const registry = new Registry();
  const durations: UpstreamDurations = new Histogram({
    name: 'upstream_call_duration_seconds',
    help: 'test',
    labelNames: ['source', 'operation', 'outcome'] as const,
    registers: [registry],
  });
  const receipt = new Receipt();
  const call: UpstreamCall = {
    source: 'JIRA',
    operation: 'bulkfetch',
    deadlineMs: 5_000,
    receipts: [receipt],
    ...overrides,
  };
  return { registry, durations, receipt, call };
}

async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GatewayError)) throw new Error(`expected a GatewayError, got ${String(error)}`);
  return error;
}

describe('callUpstream', () => {
  it('puts the cost of a call onto every receipt and into the metrics', async () => {
    const { call, durations, receipt, registry } = setUp({ billedCalls: 2 });
    const second = new Receipt();
    await callUpstream(
      { ...call, receipts: [receipt, second] },
      durations,
      async () => [1, 2, 3],
      (answer) => answer.length,
    );
    expect(receipt.calls).toMatchObject([{ source: 'JIRA', operation: 'bulkfetch', billedCalls: 2, records: 3 }]);
    expect(second.calls).toEqual(receipt.calls);
    expect(await registry.metrics()).toContain(
      'upstream_call_duration_seconds_count{source="JIRA",operation="bulkfetch",outcome="ok"} 1',
    );
  });

  it('fails with UPSTREAM_TIMEOUT at its deadline even when the call ignores the signal', async () => {
    const { call, durations, receipt } = setUp({ deadlineMs: 30 });
    const failure = await failureOf(callUpstream(call, durations, () => new Promise(() => {})));
    expect(failure).toMatchObject({ code: 'UPSTREAM_TIMEOUT', source: 'JIRA' });
    expect(receipt.calls).toHaveLength(1);
  });

  it('lets a typed failure pass and turns any other into UPSTREAM_UNAVAILABLE without its message', async () => {
    const { call, durations } = setUp();
    const typed = new GatewayError('UPSTREAM_RATE_LIMITED', 'slow down', { source: 'JIRA', retryAfterSeconds: 3 });
    expect(await failureOf(callUpstream(call, durations, () => Promise.reject(typed)))).toBe(typed);
    const masked = await failureOf(
      callUpstream(call, durations, () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3'))),
    );
    expect(masked.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(masked.message).not.toContain('10.1.2.3');
  });

  it('tells the call to stop when nobody waits any more', async () => {
    const waiter = new AbortController();
    const { call, durations } = setUp({ signal: waiter.signal });
    let seen: AbortSignal | undefined;
    const running = callUpstream(call, durations, (signal) => {
      seen = signal;
      return new Promise(() => {});
    });
    waiter.abort();
    expect((await failureOf(running)).code).toBe('REQUEST_TIMEOUT');
    expect(seen?.aborted).toBe(true);
  });
});
