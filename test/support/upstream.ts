import { pino } from 'pino';
import { Histogram, Registry } from 'prom-client';
import type { Clock } from '../../src/platform/clock.ts';
import { GatewayError } from '../../src/platform/errors.ts';
import type { UpstreamDurations } from '../../src/upstream/call.ts';
import { createUpstream } from '../../src/upstream/policed-upstream.ts';
import type { Upstream, UpstreamOptions } from '../../src/upstream/upstream.ts';
import { createUpstreamMetrics } from '../../src/upstream/upstream-metrics.ts';

/** Time that passes only when told. */
export class ManualClock implements Clock {
  readonly #startMs = Date.parse('2026-03-31T12:00:00Z');
  elapsedMs = 0;
  readonly now = (): number => this.#startMs + this.elapsedMs;
  readonly monotonicMs = (): number => this.elapsedMs;
  advance(ms: number): void {
    this.elapsedMs += ms;
  }
}

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [fact: string]: unknown;
}

export function collectingLog() {
  const lines: LogLine[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

function createDurations(registry = new Registry()): UpstreamDurations {
  return new Histogram({
    name: 'upstream_call_duration_seconds',
    help: 'test',
    labelNames: ['source', 'operation', 'outcome'] as const,
    registers: [registry],
  });
}

type Kinds = 'search' | 'bulkfetch' | 'transition';

export interface UpstreamUnderTest {
  readonly upstream: Upstream<Kinds>;
  readonly registry: Registry;
  readonly lines: readonly LogLine[];
}

/** Two kinds of reads and one of writes, on real time unless the options bring a clock; random pauses are none. */
export function upstreamUnderTest(options: Partial<UpstreamOptions<Kinds>> = {}): UpstreamUnderTest {
  const registry = new Registry();
  const { log, lines } = collectingLog();
  const settings = { deadlineMs: 5_000, concurrency: 4, queue: 4 };
  const upstream = createUpstream<Kinds>({
    source: 'JIRA',
    endpointClasses: { search: settings, bulkfetch: settings, transition: settings },
    durations: createDurations(registry),
    metrics: createUpstreamMetrics(registry),
    clock: { now: () => Date.now() },
    log,
    random: () => 0,
    ...options,
  });
  return { upstream, registry, lines };
}

export function unavailable(retryAfterSeconds?: number): GatewayError {
  return new GatewayError('UPSTREAM_UNAVAILABLE', 'Jira is not available.', {
    source: 'JIRA',
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

export function rateLimited(scope: string, retryAfterSeconds: number): GatewayError {
  return new GatewayError('UPSTREAM_RATE_LIMITED', 'Jira asks for fewer calls.', {
    source: 'JIRA',
    retryAfterSeconds,
    details: { scope },
  });
}

/** What a promise failed with; throws when it did not fail with a GatewayError. */
export async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  const error = await promise.then(
    (answer) => new Error(`expected a failure, got ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof GatewayError) return error;
  throw error;
}
