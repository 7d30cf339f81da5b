import { Breaker, type BreakerSettings, type BreakerState } from './breaker.ts';
import { Bulkhead } from './bulkhead.ts';

/** How calls of one kind to one source are kept in bounds; kinds fail and are slow independently of each other. */
export interface EndpointClassSettings {
  /** Milliseconds for a call with everything: waiting for a place, retries, reading the answer. */
  readonly deadlineMs: number;
  /**
   * Calls under way at once; 8 unless told. A source that swallows calls gets at most so many before the breaker opens. The HTTP client needs
   * `totalConcurrency` sockets, or a slow class takes them from the others.
   */
  readonly concurrency?: number;
  /** Calls that may wait for a place; 200 unless told. */
  readonly queue?: number;
  readonly breaker?: Partial<BreakerSettings>;
}

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_QUEUE = 200;

/** Sockets that all endpoint classes of a source need together; each may have one probe more than its concurrency. */
export function totalConcurrency(classes: Readonly<Record<string, EndpointClassSettings>>): number {
  return Object.values(classes).reduce((sum, { concurrency = DEFAULT_CONCURRENCY }) => sum + concurrency + 1, 0);
}

/** One kind of call to one source, with its own breaker and places. */
export class EndpointClass {
  readonly operation: string;
  readonly deadlineMs: number;
  readonly concurrency: number;
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;

  constructor(
    operation: string,
    settings: EndpointClassSettings,
    monotonicMs: () => number,
    onBreakerChange: (state: BreakerState, previous: BreakerState) => void,
  ) {
    this.operation = operation;
    this.deadlineMs = settings.deadlineMs;
    this.concurrency = settings.concurrency ?? DEFAULT_CONCURRENCY;
    this.breaker = new Breaker({ settings: settings.breaker ?? {}, monotonicMs, onChange: onBreakerChange });
    this.bulkhead = new Bulkhead({
      concurrency: this.concurrency,
      queue: settings.queue ?? DEFAULT_QUEUE,
      currentConcurrency: () => this.breaker.concurrency(this.concurrency),
    });
  }

  /** A timeout counts against the source only when the call had this long: one that came to it with its time nearly over proves nothing. */
  get fairTimeMs(): number {
    return Math.min(this.deadlineMs / 2, 1_000);
  }
}
