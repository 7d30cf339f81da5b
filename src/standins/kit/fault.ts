/** A fault that a stand-in takes on command, from a test or over `POST /__admin/faults`. */
export interface Fault {
  /**
   * `down`: the connection is closed without an answer. `hang`: no answer ever. `slow`: the answer comes after `delayMs`.
   * `status`: `status` with `body` (JSON unless `contentType` says otherwise) instead of the answer. `truncated`: half of the body,
   * then a clean end. `reset`: half of the body, then a reset connection. `oversize`: a body of `bytes` bytes.
   */
  readonly kind: 'down' | 'hang' | 'slow' | 'status' | 'truncated' | 'reset' | 'oversize';
  /** Only for requests whose path (with query) contains this text; all requests when absent. Admin routes are never faulted. */
  readonly path?: string;
  readonly method?: string;
  /** How many matching requests it strikes; until cleared when absent. */
  readonly times?: number;
  readonly delayMs?: number;
  readonly status?: number;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes?: number;
  /** Of `down` and `status`: what was asked is carried out nevertheless, as by a server whose proxy loses or replaces its answer. */
  readonly carriedOut?: boolean;
}

/** One request that a stand-in has seen. */
export interface RecordedCall {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly startedAtMs: number;
  /** Status answered; 0 when the connection was dropped. */
  status: number;
  /** Calls that it counted against the allowance (Salesforce: composite 1, batch n; Jira: points). */
  billed: number;
  readonly body: string;
}

/** What every stand-in offers to tests; the same over HTTP under `/__admin`. */
export interface StandIn {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  readonly calls: {
    readonly all: readonly RecordedCall[];
    /** Calls whose path contains the text; sign-in calls (OAuth) and admin calls never count. */
    count(pathContains?: string): number;
    billed(): number;
    clear(): void;
  };
  readonly faults: { add(fault: Fault): void; clear(): void };
  close(): Promise<void>;
}
