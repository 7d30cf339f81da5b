const WINDOW_MS = 86_400_000;
const DEFAULT_DAILY_CALLS = 100_000;

/** The org's daily allowance of API calls. */
export class Usage {
  used = 0;
  limit = DEFAULT_DAILY_CALLS;
  #windowStartMs: number;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.#windowStartMs = now();
  }

  get exhausted(): boolean {
    this.#renew();
    return this.used >= this.limit;
  }

  count(calls: number): void {
    this.#renew();
    this.used += calls;
  }

  set(used: number, limit: number): void {
    this.used = used;
    this.limit = limit;
    this.#windowStartMs = this.#now();
  }

  /** Value of the `Sforce-Limit-Info` header. */
  header(): string {
    return `api-usage=${this.used}/${this.limit}`;
  }

  #renew(): void {
    if (this.#now() - this.#windowStartMs < WINDOW_MS) return;
    this.#windowStartMs = this.#now();
    this.used = 0;
  }
}
