import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolUse } from '../platform/database.ts';
import type { UpstreamDurations } from '../upstream/call.ts';
import { createUpstreamMetrics, type UpstreamMetrics } from '../upstream/upstream-metrics.ts';
import { type AuditMetrics, createAuditMetrics } from './audit/audit-metrics.ts';
import { type CacheReadings, registerCacheMetrics } from './cache-metrics.ts';
import { createDocumentMetrics, type DocumentMetrics } from './documents/document-metrics.ts';
import { type ChangeMetrics, createChangeMetrics } from './job-metrics.ts';
import { createOperationCostMetrics, type OperationCostMetrics } from './operation-costs/cost-metrics.ts';

export type OperationOutcomes = Counter<'type' | 'outcome'>;

/** By where the answer came from; see `AnswerOrigin` in cached-operations.ts. */
export type ResponseCacheAnswers = Counter<'origin'>;

/** The metrics of one gateway. Labels come from fixed sets, never from data; only names of operations come from clients, the first hundred. */
export interface Metrics {
  readonly changes: ChangeMetrics;
  readonly httpRequests: Counter<'path' | 'status'>;
  readonly operations: OperationOutcomes;
  readonly upstreamDurations: UpstreamDurations;
  readonly upstream: UpstreamMetrics;
  readonly responseCacheAnswers: ResponseCacheAnswers;
  readonly operationCosts: OperationCostMetrics;
  readonly audit: AuditMetrics;
  readonly documents: DocumentMetrics;
  /** Text in Prometheus' format and its content type. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

let processRegistry: Registry | undefined;

/** Memory, event loop, garbage collection: one set per process, however many gateways a test opens in it. */
function processMetrics(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

/** Pools and caches are read when the metrics are asked for; null while there are no caches yet. */
export function createMetrics(
  readPools: () => readonly PoolUse[],
  readCaches: () => CacheReadings | null = () => null,
  readAlerts: () => readonly string[] = () => [],
  readJournalBytes: () => number = () => 0,
): Metrics {
  // From the start, not from the first scrape: counters of the process have to hold what was before it.
  const ofProcess = processMetrics();
  const registry = new Registry();
  const registers = [registry];
  const httpRequests = new Counter({
    name: 'http_requests_total',
    help: 'HTTP requests by path and status; status 0: the client left before the answer.',
    labelNames: ['path', 'status'] as const,
    registers,
  });
  const operations = new Counter({
    name: 'graphql_operations_total',
    help: 'GraphQL operations. ok: no error; partial: data with errors; refused: no data.',
    labelNames: ['type', 'outcome'] as const,
    registers,
  });
  const responseCacheAnswers = new Counter({
    name: 'response_cache_answers_total',
    help: 'Operations by origin of their answer. memory, shared: stored; stale: given again while its sources are left alone, or it is made anew; joined: the execution of an equal one; stored, unstored: executed, and kept or not; bypass: never kept.',
    labelNames: ['origin'] as const,
    registers,
  });
  const upstreamDurations = new Histogram({
    name: 'upstream_call_duration_seconds',
    help: 'Duration of calls to sources by kind of call and outcome (ok or an error code).',
    labelNames: ['source', 'operation', 'outcome'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const connections = new Gauge({
    name: 'database_pool_connections',
    help: 'Connections of a pool by state; waiting: queries that wait for one.',
    labelNames: ['pool', 'state'] as const,
    registers,
    collect(): void {
      for (const { name: pool, size, idle, waiting } of readPools()) {
        connections.set({ pool, state: 'busy' }, size - idle);
        connections.set({ pool, state: 'idle' }, idle);
        connections.set({ pool, state: 'waiting' }, waiting);
      }
    },
  });
  const exhausted = new Gauge({
    name: 'database_pool_exhausted_seconds',
    help: 'For how long a pool has had no connection for those who ask for one; 0: it has.',
    labelNames: ['pool'] as const,
    registers,
    collect(): void {
      for (const { name: pool, exhaustedMs } of readPools()) exhausted.set({ pool }, exhaustedMs / 1_000);
    },
  });
  const alerts = new Gauge({
    name: 'gateway_alerts',
    help: '1 for each alert that is on; see gatewayStatus for what it means.',
    labelNames: ['alert'] as const,
    registers,
    collect(): void {
      alerts.reset();
      for (const alert of readAlerts()) alerts.set({ alert }, 1);
    },
  });
  registerCacheMetrics(registry, readCaches);
  const changes = createChangeMetrics(registry);
  return {
    changes,
    httpRequests,
    operations,
    upstreamDurations,
    upstream: createUpstreamMetrics(registry),
    responseCacheAnswers,
    operationCosts: createOperationCostMetrics(registers),
    audit: createAuditMetrics(registry, readJournalBytes),
    documents: createDocumentMetrics(registry),
    expose: async () => ({
      contentType: registry.contentType,
      text: `${await ofProcess.metrics()}\n${await registry.metrics()}`,
    }),
  };
}
