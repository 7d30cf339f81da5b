import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/platform/errors.ts';
import type { QuotaStore } from '../../../src/upstream/instance-quota.ts';
import { QuotaLedger } from '../../../src/upstream/quota-ledger.ts';
import type { QuotaLedgerOptions } from '../../../src/upstream/quota-ledger-options.ts';
import { createUpstreamMetrics } from '../../../src/upstream/upstream-metrics.ts';
import { collectingLog, failureOf, ManualClock, upstreamUnderTest } from '../../support/upstream.ts';

function setUp(options: Partial<QuotaLedgerOptions> = {}) {
  const clock = new ManualClock();
  const registry = new Registry();
  const { log, lines } = collectingLog();
  const ledger = new QuotaLedger({
    source: 'SALESFORCE',
    clock,
    log,
    metrics: createUpstreamMetrics(registry),
    ...options,
  });
  const observe = (used: number, limit = 10_000, resetsAtMs: number | null = null) =>
    ledger.observe({ used, limit, resetsAtMs });
  return { ledger, clock, registry, lines, observe };
}

describe('QuotaLedger', () => {
  it('lets everything pass while the source has said nothing', () => {
    const { ledger } = setUp();
    expect(ledger.refusal('background', 1_000)).toBeNull();
    expect(ledger.snapshot()).toEqual({
      used: null,
      limit: null,
      resetsAt: null,
      pressure: 'normal',
      fill: 0,
      budget: null,
    });
  });

  it('grows stricter as 80 % of the allowance fill up', () => {
    const { ledger, observe, lines } = setUp();
    const factors: number[] = [];
    for (const used of [5_000, 5_600, 7_200, 8_000]) {
      observe(used);
      factors.push(ledger.freshnessFactor());
    }
    expect(lines.map(({ pressure }) => pressure)).toEqual(['tight', 'critical', 'exhausted']);
    expect(factors).toEqual([1, 3, 12, 12]);
    expect(lines[2]).toMatchObject({ level: 40, source: 'SALESFORCE', used: 8_000, limit: 10_000, fill: 1 });
  });

  it('keeps the last calls for people who need fresh values, then for everyone else in the organisation', () => {
    const { ledger, observe, clock } = setUp();
    observe(7_300);
    expect(ledger.refusal('interactive', 1)).toBeNull();
    expect(ledger.refusal('analyst', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
    expect(ledger.refusal('background', 1)?.message).toContain('kept for those');
    observe(8_000);
    const refusal = ledger.refusal('interactive', 1);
    expect(refusal).toMatchObject({
      code: 'UPSTREAM_QUOTA_EXHAUSTED',
      source: 'SALESFORCE',
      retryAfterSeconds: 86_400,
      details: { resetsAt: new Date(clock.now() + 86_400_000).toISOString() },
    });
  });

  it('lets calls pass that cost nothing', () => {
    const { ledger, observe } = setUp();
    observe(9_999);
    expect(ledger.refusal('interactive', 0)).toBeNull();
  });

  it('names the reset time of a window that ends, and starts anew after it', () => {
    const { ledger, observe, clock } = setUp({ source: 'JIRA' });
    observe(10_000, 10_000, clock.now() + 600_000);
    expect(ledger.refusal('interactive', 1)).toMatchObject({ retryAfterSeconds: 600 });
    clock.advance(600_000);
    expect(ledger.refusal('background', 1)).toBeNull();
    expect(ledger.pressure()).toBe('normal');
  });

  it('counts calls under way on top of the reading, and those that ended without telling', () => {
    const { ledger, observe } = setUp();
    observe(7_990);
    const releases = Array.from({ length: 10 }, () => ledger.hold(1));
    expect(ledger.snapshot().used).toBe(8_000);
    expect(ledger.refusal('interactive', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
    for (const release of releases) release();
    expect(ledger.snapshot().used).toBe(8_000);
    observe(7_995);
    expect(ledger.snapshot().used).toBe(7_995);
  });

  it('never lets a burst take the reserve, however calls overlap and whatever the answers tell', () => {
    const step = fc.record({
      do: fc.constantFrom('call', 'call', 'call', 'answer', 'lose'),
      billed: fc.integer({ min: 1, max: 5 }),
      which: fc.nat(30),
      priority: fc.constantFrom('interactive' as const, 'background' as const),
    });
    let refusals = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 400 }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.array(step, { minLength: 50, maxLength: 200 }),
        (limit, begun, steps) => {
          const { ledger, observe } = setUp({ budgetShare: 1 });
          const reserve = Math.min(50, Math.ceil(limit / 2));
          let used = Math.floor((limit - reserve) * begun);
          observe(used, limit);
          const underWay: (() => void)[] = [];
          for (const next of steps) {
            if (next.do === 'call') {
              if (ledger.refusal(next.priority, next.billed)) refusals += 1;
              else {
                used += next.billed;
                underWay.push(ledger.hold(next.billed));
              }
            } else {
              const [release] = underWay.splice(next.which % Math.max(1, underWay.length), 1);
              if (next.do === 'answer' && release) observe(used, limit);
              release?.();
            }
            expect(limit - used).toBeGreaterThanOrEqual(reserve);
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(refusals).toBeGreaterThan(0);
  });

  it('reads the meter with one call now and then when nothing tells when there is room again', () => {
    const { ledger, observe, clock } = setUp();
    observe(8_000);
    clock.advance(299_999);
    expect(ledger.refusal('interactive', 1)).not.toBeNull();
    clock.advance(1);
    expect(ledger.refusal('interactive', 1)).toBeNull();
    const release = ledger.hold(1);
    expect(ledger.refusal('interactive', 1)).not.toBeNull();
    observe(2_000);
    release();
    expect(ledger.refusal('background', 1)).toBeNull();
    expect(ledger.pressure()).toBe('normal');
  });

  it('makes no more than one such call also when the calls of a batch would take it over the brim', () => {
    const { ledger, observe, clock } = setUp();
    observe(7_998);
    clock.advance(300_000);
    expect(ledger.refusal('interactive', 5)).toBeNull();
    ledger.hold(5);
    expect(ledger.refusal('interactive', 5)).not.toBeNull();
  });

  it('makes no more than one such call also while the count has fallen, but not far enough to go on', () => {
    const { ledger, observe, clock } = setUp();
    observe(8_000);
    clock.advance(31_000);
    observe(7_800);
    expect(ledger.pressure()).toBe('exhausted');
    clock.advance(300_000);
    expect(ledger.refusal('interactive', 1)).toBeNull();
    ledger.hold(1);
    expect(ledger.refusal('interactive', 1)).not.toBeNull();
  });

  it('reads the meter once an hour when half of the reserve is gone, so that others keep the last calls', () => {
    const { ledger, observe, clock } = setUp();
    observe(9_500);
    clock.advance(3_599_000);
    expect(ledger.refusal('interactive', 1)).not.toBeNull();
    clock.advance(1_000);
    expect(ledger.refusal('interactive', 1)).toBeNull();
  });

  it('holds a budget of its own over a rolling day, whatever the organisation has left', () => {
    const { ledger, observe, clock } = setUp({ dailyBudgetCalls: 100 });
    observe(10, 1_000_000);
    for (let call = 0; call < 100; call += 1) {
      expect(ledger.refusal('interactive', 1)).toBeNull();
      ledger.hold(1)();
    }
    const refusal = ledger.refusal('interactive', 1);
    expect(refusal?.details.resetsAt).toBe('2026-04-01T12:00:00.000Z');
    clock.advance(86_399_000);
    expect(ledger.refusal('interactive', 1)).not.toBeNull();
    clock.advance(1_000);
    expect(ledger.refusal('interactive', 1)).toBeNull();
  });

  it('leaves the reserve to others also under a budget that is larger than what is left', () => {
    const { ledger, observe } = setUp({ dailyBudgetCalls: 1_000_000 });
    observe(9_899);
    expect(ledger.refusal('interactive', 1)).toBeNull();
    observe(9_900);
    expect(ledger.refusal('interactive', 1)).not.toBeNull();
  });

  it('lets writes spend what the gateway may not read with, down to the reserve of the organisation', () => {
    const { ledger, observe } = setUp({ dailyBudgetCalls: 100 });
    ledger.hold(100)();
    expect(ledger.snapshot()).toMatchObject({
      pressure: 'exhausted',
      budget: { usedCalls: 100, allowedCalls: 100 },
    });
    expect(ledger.refusal('interactive', 1)).not.toBeNull();
    expect(ledger.refusal('write', 1)).toBeNull();
    observe(9_898);
    expect(ledger.snapshot().budget).toEqual({ usedCalls: 100, allowedCalls: 100 });
    expect(ledger.refusal('write', 2)).toBeNull();
    ledger.hold(2)();
    expect(ledger.refusal('write', 1)).toMatchObject({ code: 'UPSTREAM_QUOTA_EXHAUSTED', source: 'SALESFORCE' });
    expect(ledger.refusal('write', 1)?.message).not.toContain('Cached values');
  });

  it('believes its own readings, not those of an instance whose clock is ahead, which are better than none', async () => {
    const clock = new ManualClock();
    const observedAtMs = clock.now() + 3_600_000;
    const reading = { used: 8_000, limit: 10_000, resetsAtMs: null, observedAtMs };
    const other = { reading, uncountedCalls: 0, callsByHour: {}, writtenAtMs: observedAtMs };
    const store: QuotaStore = { exchange: async () => new Map([['other', other]]) };
    const { ledger, observe } = setUp({ clock, store });
    await ledger.open();
    const release = ledger.hold(1);
    expect(ledger.refusal('interactive', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
    observe(9_940);
    release();
    expect(ledger.snapshot().used).toBe(9_940);
    const releases = Array.from({ length: 10 }, () => ledger.hold(1));
    expect(ledger.refusal('write', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
    for (const end of releases) end();
    clock.advance(60_000);
    observe(300);
    expect(ledger.snapshot().used).toBe(300);
  });

  it('goes on with what it hears after its own clock was set back', () => {
    const { ledger, observe, clock } = setUp();
    observe(8_000);
    clock.advance(-3_600_000);
    expect(ledger.snapshot().used).toBe(8_000);
    observe(7_000);
    expect(ledger.snapshot().used).toBe(7_000);
    observe(7_100);
    expect(ledger.snapshot().used).toBe(7_100);
  });

  it('shows used calls, limit and pressure as metrics', async () => {
    const { ledger, registry, observe } = setUp();
    observe(7_500);
    ledger.hold(3);
    ledger.pressure();
    const metrics = await registry.metrics();
    expect(metrics).toContain('upstream_quota_used_calls{source="SALESFORCE"} 7503');
    expect(metrics).toContain('upstream_quota_limit_calls{source="SALESFORCE"} 10000');
    expect(metrics).toContain('upstream_quota_pressure{source="SALESFORCE"} 2');
  });
});

describe('an upstream with a quota ledger', () => {
  const read = { operation: 'search', receipts: [], idempotentRead: true } as const;

  it('sends as many of a burst as may be spent, and refuses the rest without a call', async () => {
    const { ledger, observe, clock } = setUp({ source: 'JIRA' });
    const { upstream, registry } = upstreamUnderTest({ quota: ledger, clock, monotonicMs: clock.monotonicMs });
    observe(7_997);
    const { promise, resolve } = Promise.withResolvers<string>();
    let calls = 0;
    const run = () => {
      calls += 1;
      return promise;
    };
    const burst = Array.from({ length: 8 }, () => upstream.call(read, run).catch((error: unknown) => error));
    await new Promise((next) => setImmediate(next));
    resolve('answer');
    const outcomes = await Promise.all(burst);
    expect(calls).toBe(3);
    const refused = outcomes.filter((outcome) => outcome instanceof GatewayError);
    expect(refused.map(({ code }) => code)).toEqual(new Array(5).fill('UPSTREAM_QUOTA_EXHAUSTED'));
    expect(upstream.status()).toMatchObject({ quotaUsed: 8_000, quotaLimit: 10_000, state: 'DEGRADED' });
    expect(await registry.metrics()).toContain('reason="quota"} 5');
  });

  it('counts a call once: with the reading that it brought, or by itself where it brought none', async () => {
    const { ledger, observe, clock } = setUp({ source: 'JIRA' });
    const { upstream } = upstreamUnderTest({ quota: ledger, clock, monotonicMs: clock.monotonicMs });
    observe(100);
    await upstream.call(read, async () => 'no header');
    expect(ledger.snapshot().used).toBe(101);
    await upstream.call({ ...read, billedCalls: 3 }, async () => observe(104));
    expect(ledger.snapshot().used).toBe(104);
    await failureOf(upstream.call(read, () => Promise.reject(new GatewayError('UPSTREAM_REJECTED', 'no'))));
    expect(ledger.snapshot().used).toBe(105);
  });

  it('takes the word of a source that refuses for its quota', async () => {
    const { ledger, observe, clock } = setUp({ source: 'JIRA' });
    const { upstream } = upstreamUnderTest({ quota: ledger, clock, monotonicMs: clock.monotonicMs });
    observe(100);
    const error = new GatewayError('UPSTREAM_QUOTA_EXHAUSTED', 'used up', { source: 'JIRA' });
    await failureOf(upstream.call(read, () => Promise.reject(error)));
    expect(ledger.pressure()).toBe('exhausted');
    clock.advance(301_000);
    expect((await failureOf(upstream.call(read, async () => 'x'))).code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
  });
});
