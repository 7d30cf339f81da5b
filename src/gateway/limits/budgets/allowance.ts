import type { Clock } from '../../../platform/clock.ts';
import type { SharedCounts, Window } from './shared-counts.ts';

/** How one window stands for one key. */
export interface Standing {
  readonly window: Window;
  readonly remaining: number;
  readonly resetsInSeconds: number;
}

interface Count {
  used: number;
  /** Of `used`, what other instances do not know of yet. */
  untold: number;
  resetsAtMs: number;
}

/** Keys that are counted at once; the oldest are forgotten first, so that ever new keys take bounded memory. */
const MAX_KEYS = 50_000;
const KEYS_AT_ONCE = 200;

/**
 * What each key may use up in one window. Counting is in memory and takes no time; what was counted is told to the other instances in the
 * background, and what they counted comes back the same way. So no request waits for Redis, and without it each instance counts alone.
 */
export class Allowance {
  readonly window: Window;
  readonly #clock: Clock;
  readonly #shared: SharedCounts | null;
  readonly #counts = new Map<string, Count>();
  readonly #untold = new Set<string>();
  #telling: Promise<void> | null = null;

  constructor(window: Window, clock: Clock, shared: SharedCounts | null) {
    this.window = window;
    this.#clock = clock;
    this.#shared = shared;
  }

  standing(key: string): Standing {
    const nowMs = this.#clock.now();
    const count = this.#counts.get(key);
    const { limit, seconds } = this.window;
    if (!count || count.resetsAtMs <= nowMs) return { window: this.window, remaining: limit, resetsInSeconds: seconds };
    const resetsInSeconds = Math.max(1, Math.ceil((count.resetsAtMs - nowMs) / 1_000));
    return { window: this.window, remaining: Math.max(0, limit - count.used), resetsInSeconds };
  }

  /** May go beyond the limit: what was begun is counted in full, and the next one is refused. */
  use(key: string, amount: number): void {
    if (amount === 0) return;
    const count = this.#countOf(key);
    count.used += amount;
    if (!this.#shared) return;
    count.untold += amount;
    this.#untold.add(key);
  }

  /** Tells the other instances what was counted here since the last time. Never rejects. */
  async tell(): Promise<void> {
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = null;
    });
    await this.#telling;
  }

  async #tellAll(): Promise<void> {
    if (!this.#shared) return;
    const shared = this.#shared;
    const keys = [...this.#untold];
    this.#untold.clear();
    for (let start = 0; start < keys.length; start += KEYS_AT_ONCE)
      await Promise.all(keys.slice(start, start + KEYS_AT_ONCE).map((key) => this.#tellOne(shared, key)));
  }

  async #tellOne(shared: SharedCounts, key: string): Promise<void> {
    const count = this.#counts.get(key);
    if (!count || count.untold === 0) return;
    const told = count.untold;
    count.untold = 0;
    const total = await shared.add(this.window, key, told);
    if (total) {
      count.used = Math.max(count.used, total.used + count.untold);
      count.resetsAtMs = this.#clock.now() + total.resetsInMs;
      return;
    }
    // Told again later. If it was counted and only the answer got lost, it counts twice then.
    count.untold += told;
    this.#untold.add(key);
  }

  #countOf(key: string): Count {
    const nowMs = this.#clock.now();
    const known = this.#counts.get(key);
    if (known && known.resetsAtMs > nowMs) return known;
    const count = { used: 0, untold: 0, resetsAtMs: nowMs + this.window.seconds * 1_000 };
    this.#counts.delete(key);
    this.#counts.set(key, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MAX_KEYS && oldest !== undefined) this.#counts.delete(oldest);
    return count;
  }
}
