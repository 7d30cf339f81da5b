import { GatewayError } from '../../platform/errors.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import type { Availability } from './availability.ts';

const LONGEST_RETRY_MS = 60_000;
/** How soon a field that an operator has granted is found without a restart; costs one call each time, while any is hidden. */
const HIDDEN_RECHECK_MS = 10 * 60_000;

/** Holds the field map against the org at the start, again until that succeeded, and from time to time while fields are hidden. */
export class DescribeSchedule {
  readonly #availability: Availability;
  readonly #log: Logger;
  readonly #firstRetryMs: number;
  #retryMs: number;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(availability: Availability, log: Logger, firstRetryMs = 1_000) {
    this.#availability = availability;
    this.#log = log;
    this.#firstRetryMs = firstRetryMs;
    this.#retryMs = firstRetryMs;
  }

  /** Resolves after the first attempt, whether it succeeded or not. */
  start(): Promise<void> {
    return this.#attempt();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #attempt(): Promise<void> {
    try {
      await this.#availability.refresh();
      this.#retryMs = this.#firstRetryMs;
      if (this.#availability.hiddenColumns.length > 0) this.#later(HIDDEN_RECHECK_MS);
    } catch (error) {
      const retryInMs = this.#retryInMs(error);
      if (!this.#stopped) {
        this.#log.warn(
          { retryInMs, error: describeError(error) },
          'Salesforce could not be described; serving without',
        );
      }
      this.#later(retryInMs);
    }
  }

  /** A refusal says itself when the next try makes sense; only failures without such a word are tried ever more rarely. */
  #retryInMs(error: unknown): number {
    const toldSeconds = error instanceof GatewayError ? error.retryAfterSeconds : undefined;
    if (toldSeconds !== undefined) return Math.min(toldSeconds * 1_000, LONGEST_RETRY_MS);
    const retryInMs = this.#retryMs;
    this.#retryMs = Math.min(retryInMs * 2, LONGEST_RETRY_MS);
    return retryInMs;
  }

  #later(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#attempt(), delayMs);
    this.#timer.unref();
  }
}
