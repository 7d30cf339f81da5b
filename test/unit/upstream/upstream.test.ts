import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/platform/errors.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import { RetryBudget } from '../../../src/upstream/retry-budget.ts';
import { failureOf, ManualClock, rateLimited, unavailable, upstreamUnderTest } from '../../support/upstream.ts';

const read = { operation: 'search', receipts: [], idempotentRead: true } as const;
const otherRead = { ...read, operation: 'bulkfetch' } as const;
const mutation = { operation: 'transition', receipts: [] } as const;

/** An upstream that gives or throws what it is told, and counts. */
function scripted(reply: () => unknown) {
  const run = async (): Promise<unknown> => {
    run.calls += 1;
    const given = reply();
    if (given instanceof Error) throw given;
    return given;
  };
  run.calls = 0;
  return run;
}

/** Enough reads in the past for `retries` retries. */
function budgetFor(retries: number): RetryBudget {
  const budget = new RetryBudget();
  for (let reads = 0; reads < retries * 5; reads += 1) budget.countRead();
  return budget;
}

function onManualClock(options: Parameters<typeof upstreamUnderTest>[0] = {}) {
  const clock = new ManualClock();
  return { clock, ...upstreamUnderTest({ clock, monotonicMs: clock.monotonicMs, ...options }) };
}

describe('retries of an upstream', () => {
  it('sends a read again after it was not available, and puts both calls on the receipt', async () => {
    const { upstream, registry } = upstreamUnderTest({ retryBudget: budgetFor(5) });
    const receipt = new Receipt();
    const run = scripted(() => (run.calls === 1 ? unavailable() : 'answer'));
    expect(await upstream.call({ ...read, receipts: [receipt] }, run)).toBe('answer');
    expect(receipt.calls).toHaveLength(2);
    expect(await registry.metrics()).toContain('upstream_retries_total{source="JIRA",operation="search"} 1');
  });

  it('sends a mutation once whatever happens', async () => {
    const { upstream } = upstreamUnderTest({ retryBudget: budgetFor(100) });
    const run = scripted(() => unavailable());
    expect((await failureOf(upstream.call(mutation, run))).code).toBe('UPSTREAM_UNAVAILABLE');
    expect(run.calls).toBe(1);
  });

  it('gives up after its attempts with what the last one said', async () => {
    const { upstream } = upstreamUnderTest({ retryBudget: budgetFor(100), retry: { attempts: 3 } });
    const run = scripted(() => unavailable());
    expect((await failureOf(upstream.call(read, run))).message).toBe('Jira is not available.');
    expect(run.calls).toBe(3);
  });

  const final: readonly [string, GatewayError][] = [
    ['429', rateLimited('record', 1)],
    ['an exhausted quota', new GatewayError('UPSTREAM_QUOTA_EXHAUSTED', 'used up')],
    ['a refusal as wrong', new GatewayError('UPSTREAM_REJECTED', 'wrong')],
    ['missing rights', new GatewayError('UPSTREAM_FORBIDDEN', 'no')],
    ['refused credentials', new GatewayError('UPSTREAM_AUTHENTICATION_FAILED', 'no')],
    ['an answer without sense', new GatewayError('UPSTREAM_BAD_RESPONSE', 'html')],
    ['503 that says when to come again', unavailable(1)],
  ];
  it.each(final)('does not repeat a read after %s', async (_name, error) => {
    const { upstream } = upstreamUnderTest({ retryBudget: budgetFor(100) });
    const run = scripted(() => error);
    expect(await failureOf(upstream.call(read, run))).toBe(error);
    expect(run.calls).toBe(1);
  });

  it('does not repeat a read that has no time left', async () => {
    const { upstream } = upstreamUnderTest({ retryBudget: budgetFor(100), random: () => 1 });
    const run = scripted(() => unavailable());
    await failureOf(upstream.call({ ...read, deadlineMs: 120 }, run));
    expect(run.calls).toBe(1);
  });

  it('stops waiting for a retry when the client leaves', async () => {
    const { upstream } = upstreamUnderTest({
      retryBudget: budgetFor(100),
      random: () => 1,
      retry: { baseMs: 2_000, longestMs: 2_000 },
    });
    const client = new AbortController();
    const run = scripted(() => {
      setTimeout(() => client.abort(), 10);
      return unavailable();
    });
    const startedAt = performance.now();
    await failureOf(upstream.call({ ...read, signal: client.signal }, run));
    expect(run.calls).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  it('keeps all calls within 1.2 per read while everything answers 503 and no breaker helps', async () => {
    const breaker = { consecutiveFailures: Number.POSITIVE_INFINITY, minimumCalls: Number.POSITIVE_INFINITY };
    const settings = { deadlineMs: 5_000, concurrency: 8, queue: 1_000, breaker };
    const { upstream } = upstreamUnderTest({
      endpointClasses: { search: settings, bulkfetch: settings, transition: settings },
    });
    const run = scripted(() => unavailable());
    const reads = 300;
    await Promise.all(
      Array.from({ length: reads }, (_, index) => failureOf(upstream.call(index % 2 === 0 ? read : otherRead, run))),
    );
    expect(run.calls).toBeGreaterThan(reads);
    expect(run.calls).toBeLessThanOrEqual(reads * 1.2);
  });
});

describe('breaker of an upstream', () => {
  it('refuses without a call after five failures, names when to come back, and leaves other kinds of call alone', async () => {
    const { upstream, registry, lines } = onManualClock();
    const run = scripted(() => unavailable());
    for (let time = 0; time < 5; time += 1) await failureOf(upstream.call(mutation, run));
    const refusal = await failureOf(upstream.call(mutation, run));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', source: 'JIRA', retryAfterSeconds: 5 });
    expect(run.calls).toBe(5);
    expect(upstream.isAvailable('transition')).toBe(false);
    expect(upstream.isAvailable('search')).toBe(true);
    expect(await upstream.call(read, async () => 'answer')).toBe('answer');
    const metrics = await registry.metrics();
    expect(metrics).toContain('upstream_breaker_state{source="JIRA",operation="transition"} 2');
    expect(metrics).toContain('upstream_breaker_state{source="JIRA",operation="search"} 0');
    expect(metrics).toContain('upstream_refused_calls_total{source="JIRA",operation="transition",reason="breaker"} 1');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ source: 'JIRA', operation: 'transition' });
  });

  it('tells that calls go through again before the call that found it out has its answer, and once', async () => {
    const heard: string[] = [];
    const { clock, upstream } = onManualClock({ onAnswersAgain: () => heard.push('answers again') });
    for (let time = 0; time < 5; time += 1)
      await failureOf(upstream.call(mutation, () => Promise.reject(unavailable())));
    clock.advance(5_000);
    await failureOf(upstream.call(mutation, () => Promise.reject(unavailable())));
    expect(heard).toEqual([]);
    clock.advance(5_000);
    heard.push(await upstream.call(mutation, async () => 'answer'));
    await upstream.call(mutation, async () => 'answer');
    expect(heard).toEqual(['answers again', 'answer']);
  });

  it('refuses in well under a millisecond', async () => {
    const { upstream } = onManualClock();
    for (let time = 0; time < 5; time += 1)
      await failureOf(upstream.call(mutation, async () => Promise.reject(unavailable())));
    const startedAt = performance.now();
    for (let time = 0; time < 10_000; time += 1) await upstream.call(mutation, async () => 'x').catch(() => undefined);
    expect((performance.now() - startedAt) / 10_000).toBeLessThan(0.5);
  });

  it('does not count what a client did, or what the source answered, 4xx included', async () => {
    const { upstream } = onManualClock();
    for (let time = 0; time < 12; time += 1) {
      const client = new AbortController();
      const running = upstream.call({ ...mutation, signal: client.signal }, () => new Promise(() => {}));
      await new Promise((resolve) => setImmediate(resolve));
      client.abort();
      expect((await failureOf(running)).code).toBe('REQUEST_TIMEOUT');
      const rejected = new GatewayError('UPSTREAM_REJECTED', 'wrong');
      await failureOf(upstream.call(mutation, () => Promise.reject(rejected)));
    }
    expect(upstream.isAvailable('transition')).toBe(true);
  });

  it('counts timeouts, but not those of callers that came with hardly any time', async () => {
    const settings = { deadlineMs: 60 };
    const { upstream } = upstreamUnderTest({
      endpointClasses: { search: settings, bulkfetch: settings, transition: settings },
    });
    const hang = () => new Promise<never>(() => {});
    await Promise.all(Array.from({ length: 8 }, () => failureOf(upstream.call({ ...mutation, deadlineMs: 5 }, hang))));
    expect(upstream.isAvailable('transition')).toBe(true);
    await Promise.all(Array.from({ length: 8 }, () => failureOf(upstream.call(mutation, hang))));
    expect(upstream.isAvailable('transition')).toBe(false);
  });

  it('counts requests that ran out of time while they waited for the source', async () => {
    const settings = { deadlineMs: 60, breaker: { consecutiveFailures: 2 } };
    const { upstream } = upstreamUnderTest({
      endpointClasses: { search: settings, bulkfetch: settings, transition: settings },
    });
    const hang = () => new Promise<never>(() => {});
    for (let time = 0; time < 2; time += 1) {
      const failure = await failureOf(upstream.call({ ...mutation, signal: AbortSignal.timeout(45) }, hang));
      expect(failure.code).toBe('REQUEST_TIMEOUT');
    }
    expect(upstream.isAvailable('transition')).toBe(false);
  });

  it('does not count a refusal of a call within the call against the outer one', async () => {
    const { upstream } = onManualClock();
    for (let time = 0; time < 5; time += 1)
      await failureOf(upstream.call(otherRead, async () => Promise.reject(unavailable())));
    const nested = scripted(() => 'never');
    for (let time = 0; time < 10; time += 1) {
      const failure = await failureOf(upstream.call(read, () => upstream.call(otherRead, nested)));
      expect(failure.code).toBe('UPSTREAM_UNAVAILABLE');
    }
    expect(nested.calls).toBe(0);
    expect(upstream.isAvailable('search')).toBe(true);
  });

  it('leaves the finding out to the next call when the first one met a refusal within it', async () => {
    const { upstream, clock } = onManualClock();
    const fail = () => Promise.reject(unavailable());
    for (let time = 0; time < 5; time += 1) await failureOf(upstream.call(read, fail));
    clock.advance(3_000);
    for (let time = 0; time < 5; time += 1) await failureOf(upstream.call(otherRead, fail));
    clock.advance(2_000);
    const nesting = () => upstream.call(otherRead, async () => 'back');
    for (let time = 0; time < 3; time += 1) await failureOf(upstream.call(read, nesting));
    clock.advance(3_000);
    expect(await upstream.call(read, nesting)).toBe('back');
    expect(upstream.isAvailable('search')).toBe(true);
  });

  it('lets one read find out, does not keep its client waiting, and serves all once it was answered', async () => {
    const { upstream, clock } = onManualClock();
    for (let time = 0; time < 5; time += 1)
      await failureOf(upstream.call(read, async () => Promise.reject(unavailable())));
    clock.advance(5_000);
    const { promise, resolve } = Promise.withResolvers<string>();
    let probes = 0;
    const slow = () => {
      probes += 1;
      return promise;
    };
    const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(upstream.call(read, slow))));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    expect(probes).toBe(1);
    expect(upstream.isAvailable('search')).toBe(false);
    resolve('back');
    await promise;
    await new Promise((next) => setImmediate(next));
    expect(upstream.isAvailable('search')).toBe(true);
    expect(await upstream.call(read, async () => 'answer')).toBe('answer');
  });

  it('gives the answer of the read that finds out when it comes at once, even when its client has left', async () => {
    const { upstream, clock } = onManualClock();
    for (let time = 0; time < 5; time += 1)
      await failureOf(upstream.call(read, async () => Promise.reject(unavailable())));
    clock.advance(5_000);
    expect(await upstream.call(read, async () => 'back')).toBe('back');
    for (let time = 0; time < 5; time += 1)
      await failureOf(upstream.call(read, async () => Promise.reject(unavailable())));
    clock.advance(5_000);
    const client = new AbortController();
    const { promise, resolve } = Promise.withResolvers<string>();
    const gone = upstream.call({ ...read, signal: client.signal }, () => promise);
    client.abort();
    await failureOf(gone);
    resolve('back');
    await new Promise((next) => setImmediate(next));
    expect(upstream.isAvailable('search')).toBe(true);
  });
});

describe('waits that a source asks for', () => {
  it('leaves one kind of call alone for as long as a burst limit says, and not the others', async () => {
    const { upstream, clock, lines } = onManualClock({ random: () => 0.5 });
    await failureOf(upstream.call(read, () => Promise.reject(rateLimited('endpoint', 30))));
    const run = scripted(() => 'answer');
    clock.advance(30_000);
    const refusal = await failureOf(upstream.call(read, run));
    expect(refusal).toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      retryAfterSeconds: 5,
      details: { scope: 'endpoint' },
    });
    expect(run.calls).toBe(0);
    expect(await upstream.call(otherRead, run)).toBe('answer');
    clock.advance(4_500);
    expect(await upstream.call(read, run)).toBe('answer');
    expect(lines).toHaveLength(1);
  });

  it.each(['tenant', 'global'])('leaves the whole source alone for a limit of scope %s', async (scope) => {
    const { upstream, clock } = onManualClock();
    await failureOf(upstream.call(read, () => Promise.reject(rateLimited(scope, 30))));
    expect((await failureOf(upstream.call(mutation, async () => 'x'))).code).toBe('UPSTREAM_RATE_LIMITED');
    expect(upstream.status().state).toBe('DOWN');
    clock.advance(30_000);
    expect(await upstream.call(mutation, async () => 'x')).toBe('x');
  });

  it('leaves nothing alone for a limit of one record', async () => {
    const { upstream } = onManualClock();
    await failureOf(upstream.call(mutation, () => Promise.reject(rateLimited('record', 30))));
    expect(await upstream.call(mutation, async () => 'x')).toBe('x');
  });

  it('leaves a source alone until its quota resets, and says until when', async () => {
    const { upstream, clock } = onManualClock();
    const resetsAt = new Date(clock.now() + 600_000).toISOString();
    const error = new GatewayError('UPSTREAM_QUOTA_EXHAUSTED', 'used up', { source: 'JIRA', details: { resetsAt } });
    await failureOf(upstream.call(read, () => Promise.reject(error)));
    clock.advance(599_000);
    const refusal = await failureOf(upstream.call(mutation, async () => 'x'));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_QUOTA_EXHAUSTED', retryAfterSeconds: 1, details: { resetsAt } });
    clock.advance(1_000);
    expect(await upstream.call(mutation, async () => 'x')).toBe('x');
  });

  it('refuses what waited for a place when the source asked for silence meanwhile', async () => {
    const { upstream } = onManualClock();
    const { promise, reject } = Promise.withResolvers<never>();
    const busy = Array.from({ length: 4 }, () => failureOf(upstream.call(read, () => promise)));
    const run = scripted(() => 'answer');
    const waiting = failureOf(upstream.call(read, run));
    reject(rateLimited('endpoint', 30));
    expect((await waiting).code).toBe('UPSTREAM_RATE_LIMITED');
    expect(run.calls).toBe(0);
    await Promise.all(busy);
  });
});

describe('places of an upstream', () => {
  it('refuses what finds the queue full at once, and tells the metrics', async () => {
    const { upstream, registry } = upstreamUnderTest();
    const { promise, resolve } = Promise.withResolvers<string>();
    const running = Array.from({ length: 8 }, () => upstream.call(read, () => promise));
    const refusal = await failureOf(upstream.call(read, () => promise));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 2 });
    expect(refusal.message).toContain('Too many questions to Jira are waiting already');
    expect(await upstream.call(otherRead, async () => 'free')).toBe('free');
    resolve('answer');
    expect(await Promise.all(running)).toHaveLength(8);
    expect(await registry.metrics()).toContain('reason="bulkhead"} 1');
  });

  it('counts waiting for a place as part of the deadline, and not as a failure of the source', async () => {
    const { upstream } = upstreamUnderTest();
    const { promise, resolve } = Promise.withResolvers<string>();
    const running = Array.from({ length: 4 }, () => upstream.call(read, () => promise));
    const failures = await Promise.all(
      Array.from({ length: 4 }, () => failureOf(upstream.call({ ...read, deadlineMs: 30 }, () => promise))),
    );
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
    expect(upstream.status()).toMatchObject({ callsLastHour: 4, lastError: null });
    resolve('answer');
    await Promise.all(running);
  });

  it('sends nothing for a client that has left while it waited', async () => {
    const { upstream } = upstreamUnderTest();
    const { promise, resolve } = Promise.withResolvers<string>();
    const running = Array.from({ length: 4 }, () => upstream.call(read, () => promise));
    const client = new AbortController();
    const run = scripted(() => 'answer');
    const waiting = failureOf(upstream.call({ ...read, signal: client.signal }, run));
    client.abort();
    expect((await waiting).code).toBe('REQUEST_TIMEOUT');
    resolve('answer');
    await Promise.all(running);
    expect(run.calls).toBe(0);
  });
});

describe('status of an upstream', () => {
  it('tells latencies, calls, savings, the latest error without its cause, and the latest success', async () => {
    const { upstream, clock } = onManualClock();
    for (let call = 1; call <= 100; call += 1) {
      await upstream.call(read, async () => clock.advance(call));
    }
    upstream.countPlainCalls(110.2);
    const secret = new GatewayError('UPSTREAM_FORBIDDEN', 'Jira refused it.', {
      cause: new Error('secret of the body'),
    });
    await failureOf(upstream.call(read, () => Promise.reject(secret)));
    const failedAt = new Date(clock.now());
    clock.advance(1_000);
    await upstream.call(read, async () => clock.advance(1));
    // The fault of one request, which says nothing of the source.
    await failureOf(upstream.call(read, () => Promise.reject(new GatewayError('UPSTREAM_REJECTED', 'wrong'))));
    expect(upstream.status()).toMatchObject({
      source: 'JIRA',
      state: 'UP',
      latencyP50Ms: 49,
      callsLastHour: 103,
      callsSavedLastHour: 7,
      quotaUsed: null,
      lastError: 'UPSTREAM_FORBIDDEN: Jira refused it.',
      lastErrorAt: failedAt,
      lastSuccessAt: new Date(clock.now()),
    });
    expect(upstream.status().latencyP95Ms).toBeGreaterThanOrEqual(94);
    clock.advance(3_700_000);
    expect(upstream.status()).toMatchObject({ latencyP50Ms: null, callsLastHour: 0, callsSavedLastHour: 0 });
  });

  it('is DOWN while nothing answers, DEGRADED while only some calls do, and UP again afterwards', async () => {
    const { upstream, clock } = onManualClock();
    await upstream.call(otherRead, async () => 'answer');
    expect(upstream.status().state).toBe('UP');
    for (let time = 0; time < 5; time += 1)
      await failureOf(upstream.call(read, async () => Promise.reject(unavailable())));
    expect(upstream.status().state).toBe('DOWN');
    await failureOf(upstream.call(otherRead, () => Promise.reject(new GatewayError('UPSTREAM_REJECTED', 'wrong'))));
    expect(upstream.status().state).toBe('DEGRADED');
    clock.advance(301_000);
    await upstream.call(read, async () => 'answer');
    expect(upstream.status().state).toBe('UP');
  });
});
