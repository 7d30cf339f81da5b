import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { JiraSettings } from '../../platform/settings.ts';
import type { UpstreamDurations } from '../../upstream/call.ts';
import { totalConcurrency } from '../../upstream/endpoint-class.ts';
import { JsonHttpClient } from '../../upstream/http-client.ts';
import { createUpstream } from '../../upstream/policed-upstream.ts';
import { readJiraQuota } from '../../upstream/quota-headers.ts';
import type { QuotaLedger } from '../../upstream/quota-ledger.ts';
import type { RetryBudget } from '../../upstream/retry-budget.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { UpstreamMetrics } from '../../upstream/upstream-metrics.ts';
import { endpointClasses, type JiraOperation } from './endpoint-classes.ts';
import { messagesOf, translateJiraFailure } from './failures.ts';

export interface JiraClientOptions {
  readonly settings: JiraSettings;
  readonly log: Logger;
  readonly clock: Clock;
  readonly durations: UpstreamDurations;
  /** Of all sources of the instance; see UpstreamOptions. */
  readonly metrics?: UpstreamMetrics;
  readonly retryBudget?: RetryBudget;
  readonly quota?: QuotaLedger;
  readonly onAnswersAgain?: () => void;
  /** For tests: a clock that never runs backwards. */
  readonly monotonicMs?: () => number;
  /** For each call with everything; 8 s unless told. */
  readonly deadlineMs?: number;
}

/** Longer than Jira takes for a hundred issues on a bad day. */
const DEFAULT_DEADLINE_MS = 8_000;

/** HTTP to one Jira site, with what the gateway signs in with, under the policies of `upstream`. */
export interface JiraConnection {
  readonly upstream: Upstream<JiraOperation>;
  /** Fails with the UPSTREAM_ codes; UnknownJqlValueError is one of them. */
  readonly http: JsonHttpClient<JiraOperation>;
  /** The path of a resource of the REST API v3, such as `issue/bulkfetch`, below the site's own path. */
  readonly path: (resource: string, query?: URLSearchParams) => string;
}

export function openJiraConnection(options: JiraClientOptions): JiraConnection {
  const { settings, log, clock } = options;
  const base = new URL(settings.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const credentials = Buffer.from(`${settings.email}:${settings.apiToken}`, 'utf8').toString('base64');
  const { deadlineMs = DEFAULT_DEADLINE_MS, durations, metrics, retryBudget, quota, onAnswersAgain } = options;
  const { monotonicMs } = options;
  const classes = endpointClasses(deadlineMs);
  const upstream = createUpstream({
    source: 'JIRA',
    endpointClasses: classes,
    durations,
    log,
    clock,
    ...(metrics ? { metrics: metrics } : {}),
    ...(retryBudget ? { retryBudget } : {}),
    ...(quota ? { quota } : {}),
    ...(onAnswersAgain ? { onAnswersAgain } : {}),
    ...(monotonicMs ? { monotonicMs } : {}),
  });
  const http = new JsonHttpClient({
    upstream,
    origin: base.origin,
    connections: totalConcurrency(classes),
    connectTimeoutMs: Math.ceil(deadlineMs / 2),
    headers: { authorization: `Basic ${credentials}`, 'user-agent': 'deployment-graph' },
    translateFailure: (answer, operation) =>
      isUnknownValue(answer.status, answer.json)
        ? new UnknownJqlValueError()
        : translateJiraFailure(answer, operation, log, clock.now()),
    onHeaders: (headers) => quota?.observe(readJiraQuota(headers, clock.now())),
  });
  const path = (resource: string, query?: URLSearchParams): string => {
    const whole = `${prefix}/rest/api/3/${resource}`;
    return query ? `${whole}?${query.toString()}` : whole;
  };
  return { upstream, http, path };
}

/** A search names a project or person that Jira does not know. */
export class UnknownJqlValueError extends GatewayError {
  constructor() {
    super(
      'UPSTREAM_REJECTED',
      'Jira does not know a project or a person that the filter names. Correct the filter, or leave it out.',
      { source: 'JIRA' },
    );
  }
}

/** `The value 'X' does not exist for the field 'project'.`, and nothing else. */
function isUnknownValue(status: number, json: unknown): boolean {
  const messages = status === 400 ? messagesOf(json) : [];
  return messages.length > 0 && messages.every((message) => /does not exist for the field/i.test(message));
}
