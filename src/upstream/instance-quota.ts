import { z } from 'zod';

/** What one instance knows, as the others see it. */
export interface InstanceQuota {
  readonly reading: {
    readonly used: number;
    readonly limit: number;
    readonly resetsAtMs: number | null;
    readonly observedAtMs: number;
  } | null;
  /** Billed calls that are on their way or were not part of a reading yet. */
  readonly uncountedCalls: number;
  /** Billed calls of this instance by hour since the epoch. */
  readonly callsByHour: Readonly<Record<string, number>>;
  readonly writtenAtMs: number;
}

/** What other instances know, those that have ended included, by an id that no two have in common. */
export type OtherQuotas = ReadonlyMap<string, InstanceQuota>;

/** Where instances tell each other what they know of an allowance. */
export interface QuotaStore {
  /** `allowance`: its name, the same for all who spend of it. Leaves what this instance knows and gives what the others left; null where they can not be heard. Never rejects, never hangs. */
  exchange(allowance: string, own: InstanceQuota): Promise<OtherQuotas | null>;
}

/** The calls of a day count, so what an instance left is kept for a day after its end. */
export const QUOTA_KEPT_MS = 25 * 3_600_000;

const count = z.number().min(0).max(1e15);
const instanceQuota = z.object({
  reading: z.object({ used: count, limit: count.min(1), resetsAtMs: count.nullable(), observedAtMs: count }).nullable(),
  uncountedCalls: count,
  callsByHour: z.record(z.string().regex(/^\d{1,9}$/), count),
  writtenAtMs: count,
});

/** Null for what no instance would have left. */
export function toInstanceQuota(left: unknown): InstanceQuota | null {
  return instanceQuota.safeParse(left).data ?? null;
}
