import type { Counter } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { describeError, type Logger } from '../platform/log.ts';
import type { JobOutcome } from './job.ts';
import { type Popular, Popularity } from './popularity.ts';

/** An operation with its variables, as everyone with the same rights in the same tenant gets it; never one with a personal answer. */
export interface WarmableOperation {
  /** How long its answer may be kept. */
  readonly maxAgeSeconds: number;
  /** GraphQL types that it can answer with. */
  readonly types: readonly string[];
}

/** `kept`: there is an answer that is young enough. `stored`: executed, and its answer is kept. `unstored`: executed in vain. */
export type WarmingOutcome = 'kept' | 'stored' | 'unstored';

export interface WarmingOptions<Operation extends WarmableOperation> {
  /** So many of the operations that are asked most are kept warm. */
  readonly top: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** `kept` is not counted. */
  readonly operations: Counter<'outcome'>;
  /** Whether there is enough left of what the sources of these types allow. */
  mayAsk(types: readonly string[]): boolean;
  /** Executes in the background, unless an answer of at most this age is kept. */
  warm(operation: Operation, maxAgeSeconds: number, signal: AbortSignal): Promise<WarmingOutcome>;
}

const CAPACITY_FACTOR = 10;
const MIN_CAPACITY = 100;
const MAX_CONCURRENT = 2;
/** Of the time that an answer may be kept: older ones are made anew, so that the next round and a slow source still come in time. */
const WARM_SHARE = 0.6;
const FADE_INTERVAL_MS = 60_000;

/**
 * Keeps the answers that are asked most from getting old: executes them again a while before they do, for nobody, in the background. An
 * operation that nobody has asked for as long as its answer may be kept is left alone, and so is one whose sources have little left.
 */
export class Warming<Operation extends WarmableOperation> {
  readonly #options: WarmingOptions<Operation>;
  readonly #popularity: Popularity<Operation>;
  /** When an operation was executed in vain, by key: it is not tried again before its turn. */
  readonly #triedInVainAtMs = new Map<string, number>();
  #fadedAtMs: number;

  constructor(options: WarmingOptions<Operation>) {
    this.#options = options;
    this.#popularity = new Popularity(Math.max(MIN_CAPACITY, options.top * CAPACITY_FACTOR));
    this.#fadedAtMs = options.clock.now();
  }

  /** Somebody has asked. `key` tells operation, variables and visibility apart. */
  note(key: string, describe: () => Operation): void {
    this.#popularity.note(key, this.#options.clock.now(), describe);
  }

  async run(signal: AbortSignal): Promise<JobOutcome> {
    const { top, clock, mayAsk } = this.#options;
    const nowMs = clock.now();
    if (nowMs - this.#fadedAtMs >= FADE_INTERVAL_MS) {
      this.#popularity.fade();
      this.#fadedAtMs = nowMs;
    }
    const wanted = this.#popularity.top(top).filter((popular) => this.#isWanted(popular, nowMs));
    const allowed = wanted.filter(({ value }) => mayAsk(value.types));
    if (wanted.length > 0 && allowed.length === 0) return 'paused';
    let warmed = 0;
    const waiting = allowed.values();
    await Promise.all(
      Array.from({ length: MAX_CONCURRENT }, async () => {
        for (const popular of waiting) {
          // What is left may have become little meanwhile.
          if (signal.aborted || !mayAsk(popular.value.types)) continue;
          if ((await this.#warm(popular, signal)) !== 'kept') warmed += 1;
        }
      }),
    );
    return warmed > 0 ? 'done' : 'idle';
  }

  #isWanted({ key, value, lastAskedAtMs }: Popular<Operation>, nowMs: number): boolean {
    const maxAgeMs = value.maxAgeSeconds * 1_000;
    if (nowMs - lastAskedAtMs > maxAgeMs) return false;
    const triedAtMs = this.#triedInVainAtMs.get(key);
    if (triedAtMs === undefined) return true;
    if (nowMs - triedAtMs < maxAgeMs * WARM_SHARE) return false;
    this.#triedInVainAtMs.delete(key);
    return true;
  }

  async #warm({ key, value }: Popular<Operation>, signal: AbortSignal): Promise<WarmingOutcome | 'failed'> {
    const { warm, operations, log, clock } = this.#options;
    let outcome: WarmingOutcome | 'failed';
    try {
      outcome = await warm(value, value.maxAgeSeconds * WARM_SHARE, signal);
    } catch (error) {
      outcome = 'failed';
      log.debug({ error: describeError(error) }, 'An operation could not be kept warm; it is tried again later.');
    }
    if (outcome !== 'kept') operations.inc({ outcome });
    if (outcome === 'unstored' || outcome === 'failed') this.#rememberInVain(key, clock.now());
    return outcome;
  }

  #rememberInVain(key: string, nowMs: number): void {
    this.#triedInVainAtMs.delete(key);
    this.#triedInVainAtMs.set(key, nowMs);
    if (this.#triedInVainAtMs.size <= MIN_CAPACITY * CAPACITY_FACTOR) return;
    const oldest = this.#triedInVainAtMs.keys().next();
    if (!oldest.done) this.#triedInVainAtMs.delete(oldest.value);
  }
}
