/** Bounds of one HTTP request. Every one of them ends in an answer, not in a silent close. */
export interface HttpLimits {
  /** A body beyond this is refused with 413 before it is read. Bytes. */
  readonly maxBodyBytes: number;
  /** The same of a notice to a webhook, which tells of one record. Bytes. */
  readonly maxNoticeBytes: number;
  /** What the bodies of operations may take together while they arrive, but for the first 16 KB of each. Bytes. */
  readonly maxArrivingBytes: number;
  /** The same of notices, which show whether they are signed only when they have arrived. Bytes. */
  readonly maxArrivingNoticeBytes: number;
  /** How long the request line and headers may take. */
  readonly headersTimeoutMs: number;
  /** How long the whole request, body included, may take to arrive. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept for the next request. Longer than the usual 60 s of load balancers, so that they close first. */
  readonly keepAliveTimeoutMs: number;
  /** How long an answer may take to be read by its client, from its end on. */
  readonly sendTimeoutMs: number;
  /** Connections at once; more are closed without an answer. */
  readonly maxConnections: number;
  /** Requests over one connection; with the last one it is closed, so that load spreads over new instances. */
  readonly maxRequestsPerConnection: number;
  /** How long an operation may run before its signal aborts. */
  readonly operationDeadlineMs: number;
  /** How long after that the answer may still come; then the request ends with REQUEST_TIMEOUT, whatever is still running. */
  readonly deadlineGraceMs: number;
}

export const defaultHttpLimits: HttpLimits = {
  maxBodyBytes: 1_048_576,
  maxNoticeBytes: 524_288,
  maxArrivingBytes: 64 * 1_048_576,
  maxArrivingNoticeBytes: 16 * 1_048_576,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  keepAliveTimeoutMs: 65_000,
  sendTimeoutMs: 15_000,
  maxConnections: 10_000,
  maxRequestsPerConnection: 10_000,
  operationDeadlineMs: 30_000,
  deadlineGraceMs: 1_000,
};
