import { Histogram } from 'prom-client';
import type { RecordCache } from '../../src/cache/record-cache.ts';
import { linkComputedFields, linkEdges } from '../../src/links/edges.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { FieldNeeds } from '../../src/platform/edges.ts';
import type { FreshnessDemand } from '../../src/platform/freshness.ts';
import { FreshnessTrace } from '../../src/platform/freshness.ts';
import { createLogger, type Logger } from '../../src/platform/log.ts';
import { Receipt } from '../../src/platform/receipt.ts';
import type { RequestScope } from '../../src/platform/request-scope.ts';
import { emptySelection, type Selection } from '../../src/platform/selection.ts';
import { TagCollector } from '../../src/platform/tag-collector.ts';
import { createJiraLoaders } from '../../src/sources/jira/create-loaders.ts';
import { jiraEdges } from '../../src/sources/jira/edges.ts';
import type { JiraLoaders } from '../../src/sources/jira/loaders.ts';
import { type JiraSource, openJiraSource } from '../../src/sources/jira/source.ts';
import type { UpstreamDurations } from '../../src/upstream/call.ts';
import type { QuotaLedger } from '../../src/upstream/quota-ledger.ts';
import { memoryCache } from './cache-source.ts';

/** Metrics of a test's own, in no registry. */
export function testDurations(): UpstreamDurations {
  return new Histogram({
    name: 'upstream_call_duration_seconds',
    help: 'Duration of upstream calls.',
    labelNames: ['source', 'operation', 'outcome'],
    registers: [],
  });
}

interface Site {
  readonly url: string;
  readonly email?: string;
  readonly apiToken?: string;
}

export interface TestSourceOptions {
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly deadlineMs?: number;
  /** Memory alone, with the window that the gateway has, unless told. */
  readonly cache?: Pick<RecordCache, 'readRecords' | 'readLists'>;
  readonly monotonicMs?: () => number;
  readonly quota?: QuotaLedger;
  readonly fields?: Partial<Record<'psRequest' | 'environment' | 'releaseVersion' | 'goLiveDate', string>>;
}

export function openTestJira(site: Site, options: TestSourceOptions = {}): Promise<JiraSource> {
  const { url, email = 'gateway@example.com', apiToken = 'jira-stand-in-token' } = site;
  const fields = { psRequest: null, environment: null, releaseVersion: null, goLiveDate: null, ...options.fields };
  const clock = options.clock ?? systemClock;
  const { cache = memoryCache({ coalesceWindowMs: 2, clock }).cache, monotonicMs, quota } = options;
  return openJiraSource({
    cache,
    clock,
    ...(monotonicMs ? { monotonicMs } : {}),
    ...(quota ? { quota } : {}),
    settings: { baseUrl: url, email, apiToken, fields },
    standIn: true,
    log: options.log ?? createLogger('silent'),
    durations: testDurations(),
    deadlineMs: options.deadlineMs ?? 5_000,
  });
}

export interface JiraRequest {
  readonly jira: JiraLoaders;
  readonly scope: RequestScope & Required<Pick<RequestScope, 'freshness' | 'tags'>>;
  readonly abort: AbortController;
}

/** The loaders of one made-up request. */
export function jiraRequest(source: JiraSource, demand?: FreshnessDemand): JiraRequest {
  const abort = new AbortController();
  const scope: JiraRequest['scope'] = {
    requestId: 'test',
    tenant: 'test',
    signal: abort.signal,
    log: createLogger('silent'),
    receipt: new Receipt(),
    freshness: new FreshnessTrace(),
    tags: new TagCollector(),
    ...(demand ? { demand } : {}),
  };
  const needs = new FieldNeeds([...jiraEdges, ...linkEdges], linkComputedFields);
  return { jira: createJiraLoaders(source, scope, needs), scope, abort };
}

/** What has to be there, as no test demands a freshness that makes it null. */
export function present<Value>(value: Value | null): Value {
  if (value === null) throw new Error('It is null.');
  return value;
}

/** A selection of plain fields. */
export function select(...fields: string[]): Selection {
  return { fields: new Map(fields.map((field) => [field, emptySelection])) };
}

export function asking(...fields: string[]): { selection: Selection; args: Record<string, unknown> } {
  return { selection: select(...fields), args: {} };
}
