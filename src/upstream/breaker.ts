import { SlidingCounter } from './sliding-counter.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** `ignored`: the call ended without telling anything about the source; its client went away, say. */
export type CallOutcome = 'answered' | 'failed' | 'ignored';

export interface BreakerSettings {
  /** Failures in a row that open it. 5 unless told. */
  readonly consecutiveFailures: number;
  /** Share of failures within `windowMs` that opens it, once there were `minimumCalls`. 0.5 of at least 10 within 30 s unless told. */
  readonly failureShare: number;
  readonly minimumCalls: number;
  readonly windowMs: number;
  /** How long it stays open before one call may try. 5 s unless told. */
  readonly probeIntervalMs: number;
}

const defaultBreakerSettings: BreakerSettings = {
  consecutiveFailures: 5,
  failureShare: 0.5,
  minimumCalls: 10,
  windowMs: 30_000,
  probeIntervalMs: 5_000,
};

/** How long it is relied on that the call which finds out is still under way. */
const PROBE_LOOK_MS = 100;

/** Leave to make one call. `settle` takes the first outcome only. */
export interface Passage {
  readonly isProbe: boolean;
  settle(outcome: CallOutcome): void;
}

export interface BreakerOptions {
  readonly settings?: Partial<BreakerSettings>;
  readonly monotonicMs: () => number;
  readonly onChange?: (state: BreakerState, previous: BreakerState) => void;
}

/**
 * Stops asking a source that only fails. Open, it refuses at once; every `probeIntervalMs` one call, and never a second beside it, finds out
 * whether the source is back, and its answer alone closes the breaker. Outcomes of calls that began before the last change count for nothing.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #monotonicMs: () => number;
  readonly #onChange: BreakerOptions['onChange'];
  #calls: SlidingCounter;
  #failures: SlidingCounter;
  #state: BreakerState = 'closed';
  #failuresInARow = 0;
  #probeDueAtMs = 0;
  /** Grows with every change of state, so that outcomes find out whether they are still of interest. */
  #epoch = 0;

  constructor(options: BreakerOptions) {
    this.#settings = { ...defaultBreakerSettings, ...options.settings };
    this.#monotonicMs = options.monotonicMs;
    this.#onChange = options.onChange;
    this.#calls = this.#counter();
    this.#failures = this.#counter();
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** What `enter` would give now. */
  get admits(): 'call' | 'probe' | 'nothing' {
    if (this.#state === 'closed') return 'call';
    return this.#state === 'open' && this.#monotonicMs() >= this.#probeDueAtMs ? 'probe' : 'nothing';
  }

  /** Milliseconds until a call may try; 0 when one may now, or when the one that tries is under way. */
  get waitMs(): number {
    return this.#state === 'open' ? Math.max(0, this.#probeDueAtMs - this.#monotonicMs()) : 0;
  }

  /** Milliseconds for which every call is refused, as far as is known: beside the one that finds out, that it goes on a little. */
  get refusesForMs(): number {
    return this.#state === 'half-open' ? PROBE_LOOK_MS : this.waitMs;
  }

  get failuresInARow(): number {
    return this.#failuresInARow;
  }

  /**
   * Calls that may be under way at once. After a failure only as many as it takes to be sure, so that a source which swallows calls gets no
   * new ones while those before run into their deadlines.
   */
  concurrency(configured: number): number {
    if (this.#failuresInARow === 0) return configured;
    return Math.max(1, Math.min(configured, this.#settings.consecutiveFailures - this.#failuresInARow));
  }

  /** Null: refused. Whoever gets a passage has to settle it. */
  enter(): Passage | null {
    const admitted = this.admits;
    if (admitted === 'nothing') return null;
    if (admitted === 'probe') this.#change('half-open');
    const epoch = this.#epoch;
    let settled = false;
    return {
      isProbe: admitted === 'probe',
      settle: (outcome) => {
        if (settled || epoch !== this.#epoch) return;
        settled = true;
        if (admitted === 'probe') this.#settleProbe(outcome);
        else this.#settleCall(outcome);
      },
    };
  }

  #settleProbe(outcome: CallOutcome): void {
    if (outcome === 'answered') {
      this.#failuresInARow = 0;
      this.#calls = this.#counter();
      this.#failures = this.#counter();
      this.#change('closed');
      return;
    }
    // A probe that told nothing leaves its turn to the next call.
    this.#probeDueAtMs = this.#monotonicMs() + (outcome === 'failed' ? this.#settings.probeIntervalMs : 0);
    this.#change('open');
  }

  #settleCall(outcome: CallOutcome): void {
    if (outcome === 'ignored') return;
    this.#calls.add();
    if (outcome === 'answered') {
      this.#failuresInARow = 0;
      return;
    }
    this.#failures.add();
    this.#failuresInARow += 1;
    if (!this.#isTooMuch()) return;
    this.#probeDueAtMs = this.#monotonicMs() + this.#settings.probeIntervalMs;
    this.#change('open');
  }

  #isTooMuch(): boolean {
    const { consecutiveFailures, minimumCalls, failureShare } = this.#settings;
    if (this.#failuresInARow >= consecutiveFailures) return true;
    const calls = this.#calls.sum();
    return calls >= minimumCalls && this.#failures.sum() >= calls * failureShare;
  }

  #counter(): SlidingCounter {
    return new SlidingCounter({ windowMs: this.#settings.windowMs, slots: 15, monotonicMs: this.#monotonicMs });
  }

  #change(state: BreakerState): void {
    const previous = this.#state;
    this.#state = state;
    this.#epoch += 1;
    this.#onChange?.(state, previous);
  }
}
