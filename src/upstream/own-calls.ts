import type { Clock } from '../platform/clock.ts';
import type { InstanceQuota } from './instance-quota.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** Billed calls of this instance by the hour, for a budget of the gateway's own over a rolling day. */
export class OwnCalls {
  readonly #clock: Clock;
  readonly #byHour = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(calls: number): void {
    const hour = this.#currentHour();
    this.#byHour.set(hour, (this.#byHour.get(hour) ?? 0) + calls);
    for (const past of this.#byHour.keys()) if (past < this.#firstHour()) this.#byHour.delete(past);
  }

  byHour(): Record<string, number> {
    return Object.fromEntries(this.#byHour);
  }

  /** With those that other instances told of. */
  ofLastDay(others: readonly InstanceQuota[]): number {
    let sum = 0;
    for (const [, calls] of this.#withinDay(others)) sum += calls;
    return sum;
  }

  /** When the oldest calls of the last day stop counting; now where there are none. */
  oldestLeavesAtMs(others: readonly InstanceQuota[]): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const [hour] of this.#withinDay(others)) oldest = Math.min(oldest, hour);
    return Number.isFinite(oldest) ? (oldest + HOURS) * HOUR_MS : this.#clock.now();
  }

  *#withinDay(others: readonly InstanceQuota[]): Generator<[hour: number, calls: number]> {
    const first = this.#firstHour();
    for (const [hour, calls] of this.#byHour) if (hour >= first) yield [hour, calls];
    for (const { callsByHour } of others) {
      for (const [hour, calls] of Object.entries(callsByHour)) if (Number(hour) >= first) yield [Number(hour), calls];
    }
  }

  #currentHour(): number {
    return Math.floor(this.#clock.now() / HOUR_MS);
  }

  #firstHour(): number {
    return this.#currentHour() - HOURS + 1;
  }
}
