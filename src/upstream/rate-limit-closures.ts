import { GatewayError } from '../platform/errors.ts';
import { type LimitScope, limitScopes } from './failure-meaning.ts';

/** What is left alone, and for how long. */
export interface Closure {
  /** The endpoint class; null: the whole source. */
  readonly operation: string | null;
  readonly code: 'UPSTREAM_RATE_LIMITED' | 'UPSTREAM_QUOTA_EXHAUSTED' | 'UPSTREAM_UNAVAILABLE';
  readonly untilMs: number;
}

interface RateLimitClosuresOptions {
  readonly monotonicMs: () => number;
  /** Milliseconds since the epoch, for reset times. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Where a source asks for fewer calls and does not say for how long. */
const UNTOLD_RATE_LIMIT_SECONDS = 5;
const UNTOLD_QUOTA_SECONDS = 300;
/** A source that sends us away for longer than a day is mistaken; after a day it is asked again. */
const LONGEST_SECONDS = 86_400;
/** Waits are stretched by up to this share, so that all instances do not return at the same moment; never shortened. */
const JITTER = 0.3;

/** Which parts of a source asked to be left alone. They are, until the time that they told; everything else goes on. */
export class RateLimitClosures {
  readonly #options: RateLimitClosuresOptions;
  readonly #closures = new Map<string | null, Closure>();

  constructor(options: RateLimitClosuresOptions) {
    this.#options = options;
  }

  /** The closure that a call to this endpoint class would meet, or null. */
  find(operation: string): Closure | null {
    if (this.#closures.size === 0) return null;
    return this.#stillClosed(null) ?? this.#stillClosed(operation);
  }

  get isSourceClosed(): boolean {
    return this.#stillClosed(null) !== null;
  }

  get anyClosed(): boolean {
    return [...this.#closures.keys()].some((operation) => this.#stillClosed(operation) !== null);
  }

  /** Milliseconds from now; 0 when it is over. */
  leftMs({ untilMs }: Closure): number {
    return Math.max(0, untilMs - this.#options.monotonicMs());
  }

  /** Seconds from now, rounded up. */
  secondsLeft(closure: Closure): number {
    return Math.max(1, Math.ceil(this.leftMs(closure) / 1_000));
  }

  /** Takes what a failure says about waiting. Gives the closure that it led to, if any. A longer one in force stays. */
  learn(error: unknown, operation: string): Closure | null {
    if (!(error instanceof GatewayError)) return null;
    const asked = this.#askedFor(error, operation);
    if (!asked) return null;
    const seconds = Math.min(asked.seconds, LONGEST_SECONDS) * (1 + JITTER * this.#options.random());
    const untilMs = this.#options.monotonicMs() + seconds * 1_000;
    const inForce = this.#stillClosed(asked.operation);
    if (inForce && inForce.untilMs >= untilMs) return null;
    const closure: Closure = { operation: asked.operation, code: asked.code, untilMs };
    this.#closures.set(asked.operation, closure);
    return closure;
  }

  #askedFor(
    error: GatewayError,
    operation: string,
  ): { operation: string | null; code: Closure['code']; seconds: number } | null {
    const told = error.retryAfterSeconds;
    switch (error.code) {
      case 'UPSTREAM_RATE_LIMITED': {
        const scope = scopeOf(error);
        if (scope === 'record') return null;
        const closed = scope === 'endpoint' ? operation : null;
        return { operation: closed, code: error.code, seconds: told ?? UNTOLD_RATE_LIMIT_SECONDS };
      }
      case 'UPSTREAM_QUOTA_EXHAUSTED':
        return { operation: null, code: error.code, seconds: this.#untilReset(error) ?? told ?? UNTOLD_QUOTA_SECONDS };
      case 'UPSTREAM_UNAVAILABLE':
        return told === undefined ? null : { operation, code: error.code, seconds: told };
      default:
        return null;
    }
  }

  #untilReset(error: GatewayError): number | undefined {
    const resetsAtMs = Date.parse(String(error.details.resetsAt));
    return Number.isNaN(resetsAtMs) ? undefined : Math.max(1, (resetsAtMs - this.#options.now()) / 1_000);
  }

  #stillClosed(operation: string | null): Closure | null {
    const closure = this.#closures.get(operation);
    if (!closure) return null;
    if (this.#options.monotonicMs() < closure.untilMs) return closure;
    this.#closures.delete(operation);
    return null;
  }
}

function scopeOf(error: GatewayError): LimitScope {
  return limitScopes.find((scope) => scope === error.details.scope) ?? 'endpoint';
}
