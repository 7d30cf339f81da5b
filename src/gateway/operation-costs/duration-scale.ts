/** Upper ends in ms, each √2 times the one before: a percentile read from the counts is at most so far off. The last class is open. */
export const durationLimitsMs: readonly number[] = Array.from({ length: 32 }, (_, step) => Math.SQRT2 ** step);

export const DURATION_CLASSES = durationLimitsMs.length + 1;

export function durationClassOf(durationMs: number): number {
  const found = durationLimitsMs.findIndex((limit) => durationMs <= limit);
  return found === -1 ? durationLimitsMs.length : found;
}

/** The duration in ms that so much of the executions did not exceed; the end of its class. Null without executions. */
export function percentileMs(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [index, count] of counts.entries()) {
    seen += count;
    if (seen >= share * total) {
      const limit = durationLimitsMs[Math.min(index, durationLimitsMs.length - 1)] ?? 0;
      return Math.round(limit * 10) / 10;
    }
  }
  return null;
}
