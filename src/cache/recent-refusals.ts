import type { GatewayError } from '../platform/errors.ts';
import type { EntryKind } from './entry-kind.ts';

/** How long nobody asks again; short beside the interval in which a source that is away is tried. */
const LONGEST_HOLD_MS = 1_000;

/**
 * Which kinds their source has just been left alone for. Whoever wants what is held of them gets it at once, without a look into the shared
 * tiers and a call that is refused for each: an outage costs a read no more than a hit.
 */
export class RecentRefusals {
  readonly #byType = new Map<string, { readonly error: GatewayError; readonly untilMs: number }>();
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /** Only a refusal tells when to come back, and concerns more than the one record. */
  note({ source, type }: Pick<EntryKind, 'source' | 'type'>, error: GatewayError): void {
    if (error.retryAfterSeconds === undefined || error.details.scope === 'record') return;
    const holdMs = Math.min(LONGEST_HOLD_MS, error.retryAfterSeconds * 1_000);
    this.#byType.set(`${source}|${type}`, { error, untilMs: this.#monotonicMs() + holdMs });
  }

  of({ source, type }: Pick<EntryKind, 'source' | 'type'>): GatewayError | undefined {
    const refusal = this.#byType.get(`${source}|${type}`);
    return refusal && this.#monotonicMs() < refusal.untilMs ? refusal.error : undefined;
  }
}
