import type { GatewayError } from '../platform/errors.ts';
import { type CallPriority, comparePriority } from '../platform/priority.ts';
import type { EntryKind } from './entry-kind.ts';

/** How long nobody asks again; short beside the interval in which a source that is away is tried. */
const LONGEST_HOLD_MS = 1_000;

interface Refusal {
  readonly error: GatewayError;
  readonly untilMs: number;
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
   * are more urgent than the one of this priority; everything else concerns all.
   */
  note({ source, type }: Pick<EntryKind, 'source' | 'type'>, error: GatewayError, priority: CallPriority): void {
    if (error.retryAfterSeconds === undefined || error.details.scope === 'record') return;
    const holdMs = Math.min(LONGEST_HOLD_MS, error.retryAfterSeconds * 1_000);
    const key = `${source}|${type}`;
    let refusals = this.#byType.get(key);
    if (!refusals) this.#byType.set(key, (refusals = new Map()));
    const concerned = error.code === 'UPSTREAM_QUOTA_EXHAUSTED' ? priority : 'interactive';
    refusals.set(concerned, { error, untilMs: this.#monotonicMs() + holdMs });
  }

  of(kind: Pick<EntryKind, 'source' | 'type'>, priority: CallPriority): GatewayError | undefined {
    return this.#heldFor(kind, priority)?.error;
  }

  /** Milliseconds for which the source of this kind is not asked; 0 when it is. */
  leftMs(kind: Pick<EntryKind, 'source' | 'type'>, priority: CallPriority): number {
    const refusal = this.#heldFor(kind, priority);
    return refusal ? refusal.untilMs - this.#monotonicMs() : 0;
  }

  #heldFor({ source, type }: Pick<EntryKind, 'source' | 'type'>, priority: CallPriority): Refusal | undefined {
    const refusals = this.#byType.get(`${source}|${type}`);
    if (!refusals) return undefined;
    const nowMs = this.#monotonicMs();
    for (const [concerned, refusal] of refusals)
      if (nowMs < refusal.untilMs && comparePriority(concerned, priority) >= 0) return refusal;
    return undefined;
  }
}
