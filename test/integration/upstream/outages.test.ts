import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayError } from '../../../src/platform/errors.ts';
import type { EndpointClassSettings } from '../../../src/upstream/endpoint-class.ts';
import { totalConcurrency } from '../../../src/upstream/endpoint-class.ts';
import type { UpstreamOptions } from '../../../src/upstream/upstream.ts';
import { WaiterGroup } from '../../../src/upstream/waiter-group.ts';
import { failureOf, upstreamUnderTest } from '../../support/upstream.ts';
import { startHttpSource } from '../../support/upstream-http.ts';

const read = { operation: 'search', receipts: [], idempotentRead: true } as const;
const otherRead = { ...read, operation: 'bulkfetch' } as const;
const mutation = { operation: 'transition', receipts: [] } as const;

type Options = Partial<Omit<UpstreamOptions<'search' | 'bulkfetch' | 'transition'>, 'endpointClasses'>>;

let source: Awaited<ReturnType<typeof startHttpSource>> | undefined;
afterEach(async () => {
  await source?.close();
  source = undefined;
});

async function setUp(settings: EndpointClassSettings, options: Options = {}) {
  const endpointClasses = { search: settings, bulkfetch: settings, transition: settings };
  const http = await startHttpSource(totalConcurrency(endpointClasses));
  source = http;
  const { upstream, lines } = upstreamUnderTest({ ...options, endpointClasses });
  const search = (path: string, signal?: AbortSignal) =>
    upstream.call({ ...read, signal }, (callSignal) => http.get(path, callSignal));
  const bulkfetch = (path: string) => upstream.call(otherRead, (signal) => http.get(path, signal));
  const transition = (path: string) => upstream.call(mutation, (signal) => http.get(path, signal));
  return { http, upstream, lines, search, bulkfetch, transition };
}

async function timed<Answer>(work: Promise<Answer>): Promise<{ answer: Answer; tookMs: number }> {
  const startedAt = performance.now();
  return { answer: await work, tookMs: performance.now() - startedAt };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function eventually(condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 5_000;
  while (!condition() && performance.now() < giveUpAt) await sleep(5);
  expect(condition()).toBe(true);
}

describe('a source that takes calls and never answers', () => {
  it('costs each caller the deadline at most, gets at most ten calls, and then none but probes; refusals come at once', async () => {
    const deadlineMs = 600;
    const { http, search } = await setUp({ deadlineMs, breaker: { probeIntervalMs: 60_000 } });
    http.server.faults.add({ kind: 'hang' });
    const first = await Promise.all(
      Array.from({ length: 60 }, (_, index) => timed(failureOf(search(`/first/${index}`)))),
    );
    for (const { answer, tookMs } of first) {
      expect(['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE']).toContain(answer.code);
      expect(tookMs).toBeLessThan(deadlineMs * 2);
    }
    expect(http.server.calls.count()).toBeLessThanOrEqual(10);

    const calls = http.server.calls.count();
    const later = await timed(
      Promise.all(Array.from({ length: 200 }, (_, index) => failureOf(search(`/later/${index}`)))),
    );
    expect(new Set(later.answer.map(({ code }) => code))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    // Two hundred refusals together take less than one call would have.
    expect(later.tookMs).toBeLessThan(deadlineMs / 2);
    expect(http.server.calls.count()).toBe(calls);
    await eventually(() => http.busySockets() === 0);
  });

  it('opens the breaker also for callers that come one after the other', async () => {
    const { http, search } = await setUp({ deadlineMs: 60, breaker: { probeIntervalMs: 60_000 } });
    http.server.faults.add({ kind: 'hang' });
    for (let call = 0; call < 15; call += 1) await failureOf(search('/one-by-one'));
    expect(http.server.calls.count()).toBe(5);
  });

  it('does not keep the one waiting whose read finds that it is still away', async () => {
    const deadlineMs = 1_500;
    const { http, search, upstream } = await setUp({
      deadlineMs,
      breaker: { probeIntervalMs: 100, consecutiveFailures: 1 },
    });
    http.server.faults.add({ kind: 'hang' });
    await failureOf(upstream.call({ ...read, deadlineMs: 800 }, (signal) => http.get('/first', signal)));
    await sleep(120);
    const probe = await timed(failureOf(search('/probe')));
    expect(probe.tookMs).toBeLessThan(deadlineMs / 2);
    await eventually(() => http.server.calls.count('/probe') === 1);
    expect(http.busySockets()).toBe(1);
    await failureOf(search('/during'));
    expect(http.server.calls.count('/during')).toBe(0);
  });

  it('is used again by all, without a herd, soon after it is back', async () => {
    const { http, search, upstream } = await setUp({
      deadlineMs: 2_000,
      concurrency: 3,
      breaker: { probeIntervalMs: 150 },
    });
    http.server.faults.add({ kind: 'down' });
    for (let call = 0; call < 5; call += 1) await failureOf(search('/down'));
    expect(upstream.status().state).toBe('DOWN');
    http.server.faults.clear();
    http.server.faults.add({ kind: 'slow', delayMs: 10 });
    const callsBefore = http.server.calls.count();
    await sleep(180);
    await Promise.all(Array.from({ length: 50 }, (_, index) => search(`/back/${index}`).catch(() => undefined)));
    await eventually(() => upstream.isAvailable('search'));
    expect(http.server.calls.count() - callsBefore).toBe(1);
    expect(await search('/fresh')).toBe('/fresh');
    expect(upstream.status().state).not.toBe('DOWN');
  });
});

describe('a source that answers 503 to everything', () => {
  it('gets at most 1.2 calls per read, and every mutation exactly once', async () => {
    const unbreakable = { consecutiveFailures: 1_000_000, minimumCalls: 1_000_000 };
    const { http, search, transition } = await setUp(
      { deadlineMs: 10_000, queue: 1_000, breaker: unbreakable },
      { retry: { baseMs: 5 }, random: Math.random },
    );
    http.server.faults.add({ kind: 'status', status: 503 });
    await Promise.all(Array.from({ length: 100 }, (_, index) => failureOf(search(`/read/${index}`))));
    await Promise.all(Array.from({ length: 20 }, (_, index) => failureOf(transition(`/write/${index}/`))));
    expect(http.server.calls.count('/read/')).toBeGreaterThan(100);
    expect(http.server.calls.count('/read/')).toBeLessThanOrEqual(120);
    for (let index = 0; index < 20; index += 1) expect(http.server.calls.count(`/write/${index}/`)).toBe(1);
  });

  it('is hardly called at all with the breaker', async () => {
    const { http, search } = await setUp({ deadlineMs: 10_000 });
    http.server.faults.add({ kind: 'status', status: 503 });
    for (let call = 0; call < 50; call += 1) await failureOf(search('/read'));
    expect(http.server.calls.count()).toBeLessThanOrEqual(10);
  });
});

describe('kinds of call to one source', () => {
  it('fail apart: one that is down does not close the other', async () => {
    const { http, search, bulkfetch } = await setUp({ deadlineMs: 2_000 });
    http.server.faults.add({ kind: 'reset', path: '/search' });
    for (let call = 0; call < 10; call += 1) await failureOf(search('/search'));
    const refused = await failureOf(search('/search'));
    expect(refused.message).toContain('left alone');
    for (let call = 0; call < 10; call += 1) expect(await bulkfetch('/bulk')).toBe('/bulk');
  });

  it('are slow apart: a flood of slow calls leaves the places and sockets of the others free', async () => {
    const { http, search, bulkfetch } = await setUp({ deadlineMs: 5_000, concurrency: 4, queue: 100 });
    http.server.faults.add({ kind: 'slow', delayMs: 400, path: '/slow' });
    const order: string[] = [];
    const flood = Array.from({ length: 12 }, (_, index) => search(`/slow/${index}`).then(() => order.push('slow')));
    await eventually(() => http.server.calls.count('/slow') === 4);
    for (let call = 0; call < 10; call += 1) {
      await bulkfetch('/quick');
      order.push('quick');
    }
    await Promise.all(flood);
    expect(order.slice(0, 10)).toEqual(new Array(10).fill('quick'));
  });

  it('wait apart: Retry-After of one keeps only that one silent, and it is silent for all of the time', async () => {
    const { http, search, bulkfetch, lines } = await setUp({ deadlineMs: 2_000 });
    const headers = { 'Retry-After': '1', 'RateLimit-Reason': 'jira-burst-based' };
    http.server.faults.add({ kind: 'status', status: 429, path: '/limited', headers, times: 1 });
    const limited = await failureOf(search('/limited'));
    const toldAt = Date.now();
    expect(limited).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 1 });
    let back = false;
    while (!back && Date.now() < toldAt + 10_000) {
      await bulkfetch('/other');
      back = await search('/limited').then(
        () => true,
        () => false,
      );
      await sleep(20);
    }
    expect(back).toBe(true);
    const [first, second, ...more] = http.server.calls.all.filter(({ path }) => path === '/limited');
    expect(more).toHaveLength(0);
    expect((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(http.server.calls.count('/other')).toBeGreaterThan(5);
    expect(lines.filter(({ code }) => code === 'UPSTREAM_RATE_LIMITED')).toHaveLength(1);
  });

  it('wait together for a limit of the tenant', async () => {
    const { http, search, bulkfetch } = await setUp({ deadlineMs: 2_000 });
    const headers = { 'Retry-After': '30', 'RateLimit-Reason': 'jira-quota-tenant-based' };
    http.server.faults.add({ kind: 'status', status: 429, headers });
    await failureOf(search('/search'));
    const failures: GatewayError[] = [await failureOf(bulkfetch('/bulk')), await failureOf(search('/search'))];
    expect(failures.map(({ code }) => code)).toEqual(['UPSTREAM_RATE_LIMITED', 'UPSTREAM_RATE_LIMITED']);
    expect(http.server.calls.count()).toBe(1);
  });
});

describe('clients that leave', () => {
  it('free the socket of a shared call when the last of them has gone, and not before', async () => {
    const { http, search, upstream } = await setUp({ deadlineMs: 10_000 });
    http.server.faults.add({ kind: 'hang' });
    const [first, second] = [new AbortController(), new AbortController()];
    const waiters = new WaiterGroup([first.signal, second.signal]);
    const shared = failureOf(search('/shared', waiters.signal));
    await eventually(() => http.server.calls.count() === 1);
    first.abort();
    await sleep(30);
    expect(http.busySockets()).toBe(1);
    second.abort();
    expect((await shared).code).toBe('REQUEST_TIMEOUT');
    await eventually(() => http.busySockets() === 0);
    waiters.close();
    expect(upstream.isAvailable('search')).toBe(true);
    http.server.faults.clear();
    expect(await search('/next')).toBe('/next');
  });
});
