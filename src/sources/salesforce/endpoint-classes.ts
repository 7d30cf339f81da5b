import type { EndpointClassSettings } from '../../upstream/endpoint-class.ts';

/** Kinds of calls to Salesforce: they are slow and fail independently of each other. */
export type SalesforceOperation = 'query' | 'composite' | 'describe' | 'sign-in' | 'update';

export interface EndpointLimits {
  /** Milliseconds that one call may take, waiting for a free place, retries and a renewed session included; 10,000 unless told. */
  readonly deadlineMs?: number;
  /** Queries by GET at once, and as many composite calls; 12 unless told. Salesforce itself bounds only calls that run 20 s and longer (25). */
  readonly maxConcurrentCalls?: number;
  /** Calls of one kind that may wait for a place before more are refused; 500 unless told. */
  readonly maxWaitingCalls?: number;
}

export function endpointClasses(limits: EndpointLimits): Readonly<Record<SalesforceOperation, EndpointClassSettings>> {
  const { deadlineMs = 10_000, maxConcurrentCalls = 12, maxWaitingCalls = 500 } = limits;
  const queries = { deadlineMs, concurrency: maxConcurrentCalls, queue: maxWaitingCalls };
  return {
    query: queries,
    composite: queries,
    describe: { deadlineMs, concurrency: 2 },
    // Changes of records: few, and never in the way of reads.
    update: { deadlineMs, concurrency: 4 },
    // One session serves everybody; a second sign-in at a time is the exception.
    'sign-in': { deadlineMs, concurrency: 2 },
  };
}
