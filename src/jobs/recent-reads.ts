import type { Clock } from '../platform/clock.ts';
import type { SourceName } from '../platform/errors.ts';

/** When somebody last read something of each source through this instance, whether it was kept or not. */
export class RecentReads {
  readonly #clock: Clock;
  readonly #lastAtMs = new Map<SourceName, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(source: SourceName): void {
    this.#lastAtMs.set(source, this.#clock.now());
  }

  /** Milliseconds since the epoch; null before the first. */
  lastAtMs(source: SourceName): number | null {
    return this.#lastAtMs.get(source) ?? null;
  }
}
