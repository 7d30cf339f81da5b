import type { FreshnessDemand } from '../../platform/freshness.ts';

/** A demand in one fixed notation, so that only reads with equal demands share an answer. */
export function demandNotation(demand: FreshnessDemand | undefined): string {
  return demand ? `${demand.maxAgeSeconds ?? ''}/${demand.onStale ?? ''}` : '';
}
