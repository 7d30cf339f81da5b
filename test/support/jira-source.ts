import { Histogram } from 'prom-client';
import { linkComputedFields, linkEdges } from '../../src/links/edges.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { FieldNeeds } from '../../src/platform/edges.ts';
import { createLogger, type Logger } from '../../src/platform/log.ts';
import { Receipt } from '../../src/platform/receipt.ts';
import type { RequestScope } from '../../src/platform/request-scope.ts';
import { emptySelection, type Selection } from '../../src/platform/selection.ts';
import { createJiraLoaders } from '../../src/sources/jira/create-loaders.ts';
import { jiraEdges } from '../../src/sources/jira/edges.ts';
import type { JiraLoaders } from '../../src/sources/jira/loaders.ts';
import { type JiraSource, openJiraSource } from '../../src/sources/jira/source.ts';
import type { UpstreamDurations } from '../../src/upstream/call.ts';

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
  readonly fields?: Partial<Record<'psRequest' | 'environment' | 'releaseVersion' | 'goLiveDate', string>>;
}

export function openTestJira(site: Site, options: TestSourceOptions = {}): Promise<JiraSource> {
  const { url, email = 'gateway@example.com', apiToken = 'jira-stand-in-token' } = site;
  const fields = { psRequest: null, environment: null, releaseVersion: null, goLiveDate: null, ...options.fields };
  return openJiraSource({
    settings: { baseUrl: url, email, apiToken, fields },
    standIn: true,
    log: options.log ?? createLogger('silent'),
    clock: options.clock ?? systemClock,
    durations: testDurations(),
    deadlineMs: options.deadlineMs ?? 5_000,
  });
}

export interface JiraRequest {
  readonly jira: JiraLoaders;
  readonly scope: RequestScope;
  readonly abort: AbortController;
}

/** The loaders of one made-up request. */
export function jiraRequest(source: JiraSource): JiraRequest {
  const abort = new AbortController();
  const scope: RequestScope = {
    requestId: 'test',
    tenant: 'test',
    signal: abort.signal,
    log: createLogger('silent'),
    receipt: new Receipt(),
  };
  const needs = new FieldNeeds([...jiraEdges, ...linkEdges], linkComputedFields);
  return { jira: createJiraLoaders(source, scope, needs), scope, abort };
}

/** A selection of plain fields. */
export function select(...fields: string[]): Selection {
  return { fields: new Map(fields.map((field) => [field, emptySelection])) };
}

export function asking(...fields: string[]): { selection: Selection; args: Record<string, unknown> } {
  return { selection: select(...fields), args: {} };
}
