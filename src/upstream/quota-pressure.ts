/**
 * How full a source's allowance is. `tight`: keep values longer. `critical`: only people who wait for fresh values may still call; background
 * work and analysts get what is cached. `exhausted`: nobody calls, except to change something while the organisation itself has calls left.
 */
export type QuotaPressure = 'normal' | 'tight' | 'critical' | 'exhausted';

export interface QuotaThresholds {
  /** Share of what the gateway may spend, from which on the pressure is `tight`. */
  readonly tight: number;
  readonly critical: number;
  /** How far below a threshold the share has to fall before the pressure falls with it. */
  readonly hysteresis: number;
}

export const defaultQuotaThresholds: QuotaThresholds = { tight: 0.7, critical: 0.9, hysteresis: 0.05 };

/** What the time that values stay fresh is multiplied by. */
export const defaultFreshnessFactors: Readonly<Record<QuotaPressure, number>> = {
  normal: 1,
  tight: 3,
  critical: 12,
  exhausted: 12,
};

const levels: readonly QuotaPressure[] = ['normal', 'tight', 'critical', 'exhausted'];

/** The pressure at `fill` (1: nothing is left to spend), when it was `previous` before. Rises at once, falls with hysteresis. */
export function pressureAt(fill: number, previous: QuotaPressure, thresholds: QuotaThresholds): QuotaPressure {
  const risen = levelAt(fill, thresholds);
  const fallen = levelAt(fill + thresholds.hysteresis, thresholds);
  const held = Math.min(levels.indexOf(previous), levels.indexOf(fallen));
  return levels[Math.max(levels.indexOf(risen), held)] ?? 'normal';
}

function levelAt(fill: number, thresholds: QuotaThresholds): QuotaPressure {
  if (fill >= 1) return 'exhausted';
  if (fill >= thresholds.critical) return 'critical';
  return fill >= thresholds.tight ? 'tight' : 'normal';
}
