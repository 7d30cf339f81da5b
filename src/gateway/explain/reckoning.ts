import type { FieldPlan, PlannedRead } from '../../platform/costs.ts';
import type { CacheExpectation } from './cache-expectation.ts';
import type { Moment, PendingRead } from './pending-read.ts';

/** By which numbers a walk counts: the most that there may be, or what there usually is. */
export interface Reckoning {
  readonly cache: CacheExpectation;
  /** Records of a key or beneath a field. */
  rowsOf(rows: { readonly most: number; readonly usual?: number }): number;
  /** Keys that a field asks for, per parent. */
  keysOf(read: PlannedRead): number;
  /** Share of the parents, from 0 to 1, whose records are there once so many of the field's stages are answered, and not before. */
  shareAfter(plan: FieldPlan, stages: number): number;
  /** Adds what the reads of one moment cost, and tells when each read's answer arrives; a read that is left out waits for nothing. */
  add(moment: Moment, reads: readonly PendingRead[]): ReadonlyMap<PendingRead, Moment>;
}
