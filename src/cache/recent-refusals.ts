import type { GatewayError, SourceName } from '../platform/errors.ts';
import { type CallPriority, comparePriority } from '../platform/priority.ts';
import type { EntryKind } from './entry-kind.ts';

/** How long nobody asks again; short beside the interval in which a source that is away is tried. */
const LONGEST_HOLD_MS = 1_000;
/** How far ahead a refusal is believed that can't be looked up again: what opens earlier than it was told is noticed by then. */
const LONGEST_FORESIGHT_MS = 5_000;

interface Refusal {
  readonly error: GatewayError;
  readonly untilMs: number;
  readonly refusedUntilMs: number;
}

/**
 * Which kinds their source has just been left alone for. Whoever wants what is held of them gets it at once, without a look into the shared
 * tiers and a call that is refused for each: an outage costs a read no more than a hit.
 */
export class RecentRefusals {
  /** By the most urgent priority that it is known to concern. */
  readonly #byType = new Map<string, Map<CallPriority, Refusal>>();
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Only a refusal tells when to come back, and concerns more than the one record. What is left of an allowance may be kept for calls that
   * are more urgent than the one of this priority; everything else concerns all. A failure that tells no time is one of a source that was asked,
   * so nothing is foreseen of it any more.
   */
  note({ source, type }: Pick<EntryKind, 'source' | 'type'>, error: GatewayError, priority: CallPriority): void {
    const key = `${source}|${type}`;
    if (error.retryAfterSeconds === undefined) this.#byType.delete(key);
    if (error.retryAfterSeconds === undefined || error.details.scope === 'record') return;
    const nowMs = this.#monotonicMs();
    const waitMs = error.retryAfterSeconds * 1_000;
    let refusals = this.#byType.get(key);
    if (!refusals) this.#byType.set(key, (refusals = new Map()));
    const concerned = error.code === 'UPSTREAM_QUOTA_EXHAUSTED' ? priority : 'write';
    refusals.set(concerned, {
      error,
      untilMs: nowMs + Math.min(LONGEST_HOLD_MS, waitMs),
      refusedUntilMs: nowMs + Math.min(LONGEST_FORESIGHT_MS, waitMs),
    });
  }

  /** A read of this kind was answered. Tells whether it is known to have been refused to somebody. */
  answered({ source, type }: Pick<EntryKind, 'source' | 'type'>): boolean {
    const key = `${source}|${type}`;
    const refusals = this.#byType.get(key);
    if (!refusals) return false;
    const nowMs = this.#monotonicMs();
    for (const [priority, { untilMs, refusedUntilMs }] of refusals)
      if (nowMs >= Math.max(untilMs, refusedUntilMs)) refusals.delete(priority);
    if (refusals.size === 0) this.#byType.delete(key);
    return true;
  }

  /** Nothing is known of the source any more. */
  forget(source: SourceName): void {
    for (const key of this.#byType.keys()) if (key.startsWith(`${source}|`)) this.#byType.delete(key);
  }

  of(kind: Pick<EntryKind, 'source' | 'type'>, priority: CallPriority): GatewayError | undefined {
    const nowMs = this.#monotonicMs();
    for (const { error, untilMs } of this.#concerning(kind, priority))
      if (nowMs < untilMs && error.refusesForMs?.() !== 0) return error;
    return undefined;
  }

  /**
   * Tells at any time for how many milliseconds from then on what was known by now goes on to be refused to reads of this kind; 0 when it is not.
   * Null: nothing is refused.
   */
  standing(kind: Pick<EntryKind, 'source' | 'type'>, priority: CallPriority): (() => number) | null {
    const concerning = [...this.#concerning(kind, priority)];
    if (concerning.length === 0) return null;
    return () => Math.max(...concerning.map((refusal) => this.#leftMs(refusal)));
  }

  #leftMs({ error, refusedUntilMs }: Refusal): number {
    return error.refusesForMs ? error.refusesForMs() : Math.max(0, refusedUntilMs - this.#monotonicMs());
  }

  *#concerning({ source, type }: Pick<EntryKind, 'source' | 'type'>, priority: CallPriority): Generator<Refusal> {
    for (const [concerned, refusal] of this.#byType.get(`${source}|${type}`) ?? [])
      if (comparePriority(concerned, priority) >= 0) yield refusal;
  }
}
