/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export type AuditOutcome = 'ALLOWED' | 'DENIED' | 'FAILED';

/** One thing that somebody did, or was refused. */
export interface AuditEvent {
  /** Name of the root field, or one of `eventNames`. */
  readonly action: string;
  /** Of an operation with several root fields, the others. */
  readonly furtherActions?: readonly string[];
  /** GraphQL type of the record that it is about. `Person`: `resourceId` is the id of a person, which is kept as personal data. */
  readonly resourceType?: string | null;
  readonly resourceId?: string | null;
  readonly outcome: AuditOutcome;
  /** Covered by the chain and never changed: nothing in it may identify a person, be a secret, or be what somebody wrote. */
  readonly details?: JsonObject;
  /** Further details that may identify people: sealed, and removed when the actor is erased. */
  readonly personal?: JsonObject;
}

/** The type of the records of an entry that is about records of several types, as `nodes` has it. */
export const SEVERAL_TYPES = 'Node';

/** Of entries that belong to no tenant, such as sign-ins that failed: no tenant of a token may be called so. */
export const NO_TENANT = '-';
