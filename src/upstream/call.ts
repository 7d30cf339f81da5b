import type { Histogram } from 'prom-client';
import { GatewayError, type SourceName } from '../platform/errors.ts';
import type { Receipt } from '../platform/receipt.ts';

/** What is known of an upstream call before it is made. */
export interface UpstreamCall {
  readonly source: SourceName;
  /** Endpoint class, a short constant: `composite`, `query`, `bulkfetch` … Label of metrics, so never a value from data. */
  readonly operation: string;
  readonly deadlineMs: number;
  /** Aborts when everyone who waits for the answer has gone. */
  readonly signal?: AbortSignal | undefined;
  /** Calls that count against the source's allowance; 1 unless told. */
  readonly billedCalls?: number;
  /** Receipts of the requests that the call is made for. */
  readonly receipts: readonly Receipt[];
}

export type UpstreamDurations = Histogram<'source' | 'operation' | 'outcome'>;

/**
 * Makes one upstream call under a deadline: `run` gets a signal that aborts at the deadline or when nobody waits any more.
 * Fails with UPSTREAM_TIMEOUT at the deadline even when `run` ignores its signal; a GatewayError of `run` passes through,
 * anything else becomes UPSTREAM_UNAVAILABLE. Duration and outcome are measured, the cost goes onto the receipts, failed calls too.
 */
export async function callUpstream<Answer>(
  call: UpstreamCall,
  durations: UpstreamDurations,
  run: (signal: AbortSignal) => Promise<Answer>,
  countRecords: (answer: Answer) => number = () => 0,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(call.deadlineMs);
  const signal = call.signal ? AbortSignal.any([call.signal, deadline]) : deadline;
  const startedAt = performance.now();
  let outcome = 'ok';
  let records = 0;
  // Settles the race when `run` ignores its signal; removed afterwards, since a request's signal outlives its calls.
  let abandon: () => void = () => {};
  const abandoned = new Promise<never>((_resolve, reject) => {
    abandon = () => reject(signal.reason);
  });
  try {
    signal.throwIfAborted();
    signal.addEventListener('abort', abandon, { once: true });
    const answer = await Promise.race([run(signal), abandoned]);
    records = countRecords(answer);
    return answer;
  } catch (error) {
    const failure = toUpstreamError(error, call, deadline, signal);
    outcome = failure.code;
    throw failure;
  } finally {
    signal.removeEventListener('abort', abandon);
    const durationMs = performance.now() - startedAt;
    durations.observe({ source: call.source, operation: call.operation, outcome }, durationMs / 1000);
    const entry = {
      source: call.source,
      operation: call.operation,
      billedCalls: call.billedCalls ?? 1,
      durationMs,
      records,
    };
    for (const receipt of call.receipts) receipt.add(entry);
  }
}

function toUpstreamError(error: unknown, call: UpstreamCall, deadline: AbortSignal, signal: AbortSignal): GatewayError {
  const name = displayNames[call.source];
  if (deadline.aborted) {
    const message = `${name} did not answer within ${call.deadlineMs} ms. Other sources are not affected; try again in a moment.`;
    return new GatewayError('UPSTREAM_TIMEOUT', message, { source: call.source, cause: error });
  }
  if (error instanceof GatewayError) return error;
  if (signal.aborted) return requestEnded(call.source, error);
  const message = `${name} could not be reached. Other sources are not affected; try again in a moment.`;
  return new GatewayError('UPSTREAM_UNAVAILABLE', message, { source: call.source, cause: error });
}

/** For whoever waited for a call and has gone, or has no time left. */
export function requestEnded(source: SourceName, cause: unknown): GatewayError {
  const message = `The request ended before ${displayNames[source]} answered. Ask for less at once, or try again.`;
  return new GatewayError('REQUEST_TIMEOUT', message, { source, cause });
}

/** How sources are called in messages to people. */
export const displayNames: Readonly<Record<SourceName, string>> = {
  SALESFORCE: 'Salesforce',
  JIRA: 'Jira',
  POSTGRES: 'PostgreSQL',
  REDIS: 'Redis',
  IDENTITY: 'The identity provider',
};
