import type { AskedOfLoader, LoaderCost } from '../../platform/costs.ts';
import type { ErrorCode } from '../../platform/errors.ts';

/** The argument that decides how much is asked. */
export interface DrivingArgument {
  /** Field that has the argument, as a coordinate of the schema and as a path of the answer. */
  readonly field: string;
  readonly path: string;
  readonly name: string;
  readonly value: number;
  /** The operation does not say it, so the field's own value holds. */
  readonly isDefault: boolean;
}

/** One field's read of one loader at one moment. */
export interface PendingRead {
  readonly cost: LoaderCost;
  readonly asked: AskedOfLoader;
  /** Path in the answer and coordinate in the schema of the field that reads. */
  readonly path: string;
  readonly coordinate: string;
  readonly argument: DrivingArgument | null;
  /** How fresh the operation demands it, in one notation; what is demanded differently is read apart. '' unless told. */
  readonly demand: string;
  /** Made in any case when nothing is cached. */
  readonly isCertain: boolean;
}

/**
 * A point in time at which something is known that more is asked for. What is asked at one moment travels together. `copies`: into how many
 * moments it may fall apart, because the parents did not arrive together.
 */
export interface Moment {
  readonly copies: number;
  readonly isFirst: boolean;
}

/** What one read adds to the most that an operation may cost. */
export interface ReadSpend {
  readonly read: PendingRead;
  /** Queries, calls or transactions. */
  readonly units: number;
  /** Calls that would not be made without it; 0 when it travels in one that is made anyway. */
  readonly calls: number;
}

export interface RefusedField {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Numbers stay exact and finite, however deep lists nest. */
const MOST_COUNTED = 1_000_000_000_000;

export function capped(count: number): number {
  return Math.min(count, MOST_COUNTED);
}
