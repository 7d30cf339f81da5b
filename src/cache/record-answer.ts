import type { GatewayError } from '../platform/errors.ts';
import type { FreshnessTrace } from '../platform/freshness.ts';
import type { RequestScope } from '../platform/request-scope.ts';
import type { AbsenceReason } from './record-kind.ts';
import type { JsonValue, RecordValues } from './record-values.ts';

/** What a read needs to know of the request it is made for. A request scope with a trace is one. */
export interface ReadScope extends Pick<RequestScope, 'signal' | 'receipt' | 'priority'> {
  /** Gets what was served stale, and the age of what was used. */
  readonly freshness?: FreshnessTrace;
  /**
   * When the request began, milliseconds since the epoch. What was read since counts as fresh for it, whatever it demands: otherwise what
   * it has fetched itself, the records of a list above all, would have to be fetched again. Absent: each read stands for itself.
   */
  readonly beganAtMs?: number;
}

export type RecordAnswer =
  | {
      readonly kind: 'found';
      /** The record's identity, whatever name it was asked by. */
      readonly id: string;
      /** At least the fields asked for, as far as the source has them; may hold others, older ones among them: read only what was asked. */
      readonly values: RecordValues;
      /** `stale`: some field is older than it should be, because it is being renewed at this moment or its source fails. */
      readonly state: 'fresh' | 'stale';
      /** When the oldest of the fields asked for was read, in milliseconds since the epoch. */
      readonly readAtMs: number;
      /** Fields that could not be read and were never read before, with the reason. They are not in `values`. */
      readonly unread?: { readonly fields: readonly string[]; readonly error: GatewayError };
    }
  | {
      readonly kind: 'absent';
      /** `stale`: there is something, but not as fresh as the client demands. */
      readonly reason: AbsenceReason | 'stale';
      readonly state: 'fresh' | 'stale';
      readonly readAtMs: number;
    }
  | { readonly kind: 'failed'; readonly error: GatewayError };

export type ListAnswer =
  | {
      readonly kind: 'found';
      readonly ids: readonly string[];
      /** Null when the source gave none. */
      readonly meta: JsonValue;
      readonly state: 'fresh' | 'stale';
      readonly readAtMs: number;
    }
  /** A list is known, but not as fresh as the client demands (`onStale: NULL`). */
  | { readonly kind: 'absent'; readonly reason: 'stale'; readonly state: 'stale'; readonly readAtMs: number }
  | { readonly kind: 'failed'; readonly error: GatewayError };
