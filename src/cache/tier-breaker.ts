import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { within } from './time-budget.ts';

export interface TierBreakerOptions {
  /** For one operation. */
  readonly budgetMs: number;
  /** Between a failure and the first probe, and between probes. */
  readonly probeIntervalMs: number;
  /** Cheap and harmless; succeeds when the tier serves again. */
  probe(): Promise<unknown>;
  onChange(state: 'up' | 'open', error: unknown): void;
}

/**
 * Keeps a tier that fails or hangs out of the way: one failure opens it, and from then on nobody asks it or waits for it, until a probe
 * of its own, in the background, succeeds. So at most those who are inside at the time of the failure wait, for one budget.
 */
export class TierBreaker {
  readonly #options: TierBreakerOptions;
  readonly #policy;
  readonly #timer: NodeJS.Timeout;
  #failures = 0;
  #probing = false;
  #isKnownOpen = false;

  constructor(options: TierBreakerOptions) {
    this.#options = options;
    this.#policy = circuitBreaker(handleAll, {
      halfOpenAfter: options.probeIntervalMs,
      breaker: new ConsecutiveBreaker(1),
    });
    // A probe that fails breaks it again, which is no change.
    this.#policy.onBreak((reason) => {
      if (!this.#isKnownOpen) options.onChange('open', 'error' in reason ? reason.error : undefined);
      this.#isKnownOpen = true;
    });
    this.#policy.onReset(() => {
      this.#isKnownOpen = false;
      options.onChange('up', undefined);
    });
    this.#timer = setInterval(() => void this.#probe(), Math.max(10, options.probeIntervalMs / 2));
    this.#timer.unref();
  }

  get isOpen(): boolean {
    return this.#policy.state !== CircuitState.Closed;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Undefined when the tier is left alone, or when the operation failed or took too long. Never rejects. */
  async run<Result>(operation: () => Promise<Result>, budgetMs = this.#options.budgetMs): Promise<Result | undefined> {
    if (this.isOpen) return undefined;
    try {
      return await this.#policy.execute(() => within(budgetMs, operation()));
    } catch {
      this.#failures += 1;
      return undefined;
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #probe(): Promise<void> {
    if (!this.isOpen || this.#probing) return;
    this.#probing = true;
    try {
      await this.#policy.execute(() => within(this.#options.budgetMs, this.#options.probe()));
    } catch {
      // Still away, or not time for a probe yet.
    } finally {
      this.#probing = false;
    }
  }
}
