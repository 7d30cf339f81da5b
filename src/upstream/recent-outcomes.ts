import { SlidingCounter } from './sliding-counter.ts';

export interface RecentOutcomesOptions {
  readonly monotonicMs: () => number;
}

const HOUR_MS = 3_600_000;
const LATENCY_WINDOW_MS = 300_000;
const MAX_LATENCIES = 512;

/** What calls to one source were like lately, in bounded memory. */
export class RecentOutcomes {
  readonly #monotonicMs: () => number;
  readonly #callsOfHour: SlidingCounter;
  readonly #plainOfHour: SlidingCounter;
  readonly #recentCalls: SlidingCounter;
  readonly #recentFailures: SlidingCounter;
  /** The latest ones, the oldest overwritten first. */
  readonly #latencies: { readonly atMs: number; readonly durationMs: number }[] = [];
  #nextLatency = 0;

  constructor({ monotonicMs }: RecentOutcomesOptions) {
    this.#monotonicMs = monotonicMs;
    const hour = { windowMs: HOUR_MS, slots: 60, monotonicMs };
    const recent = { windowMs: LATENCY_WINDOW_MS, slots: 30, monotonicMs };
    this.#callsOfHour = new SlidingCounter(hour);
    this.#plainOfHour = new SlidingCounter(hour);
    this.#recentCalls = new SlidingCounter(recent);
    this.#recentFailures = new SlidingCounter(recent);
  }

  countCall(): void {
    this.#callsOfHour.add();
  }

  /** Calls that an operation would have made by itself with nothing kept. */
  countPlain(calls: number): void {
    this.#plainOfHour.add(calls);
  }

  countOutcome(outcome: 'answered' | 'failed', durationMs: number): void {
    this.#recentCalls.add();
    if (outcome === 'failed') this.#recentFailures.add();
    this.#latencies[this.#nextLatency] = { atMs: this.#monotonicMs(), durationMs };
    this.#nextLatency = (this.#nextLatency + 1) % MAX_LATENCIES;
  }

  get callsLastHour(): number {
    return this.#callsOfHour.sum();
  }

  /** Calls that the operations would have made by themselves, less all that were sent, for whatever reason. */
  get callsSavedLastHour(): number {
    return Math.max(0, Math.round(this.#plainOfHour.sum() - this.callsLastHour));
  }

  /** Of the last five minutes. */
  get failures(): { readonly calls: number; readonly failed: number } {
    return { calls: this.#recentCalls.sum(), failed: this.#recentFailures.sum() };
  }

  /** Milliseconds below which these shares (0 to 1) of the last five minutes' calls stayed; null without calls. */
  latencies<Shares extends readonly number[]>(shares: Shares): { [Index in keyof Shares]: number | null } {
    const since = this.#monotonicMs() - LATENCY_WINDOW_MS;
    const durations = this.#latencies.filter(({ atMs }) => atMs > since).map(({ durationMs }) => durationMs);
    durations.sort((a, b) => a - b);
    const at = (share: number) => durations[Math.max(0, Math.ceil(share * durations.length) - 1)] ?? null;
    return shares.map(at) as { [Index in keyof Shares]: number | null };
  }
}
