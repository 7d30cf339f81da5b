import type { ViewerModel } from './viewer.ts';

/** A session as PostgreSQL told of it. */
export interface SessionRecord {
  /** Identity among the sessions of its tenant. */
  readonly id: number;
  /** Who began it, with the roles of that moment. */
  readonly viewer: ViewerModel;
}

/** A session of the caller's own; parent of the GraphQL type `Session`. */
export interface SessionModel {
  /** Global id. */
  readonly id: string;
  readonly createdAt: string;
  readonly lastAccessedAt: string;
  readonly expiresAt: string;
  readonly userAgent: string | null;
  readonly current: boolean;
}

/** How long sessions last. */
export interface SessionTimes {
  /** From its beginning, whatever is done with it. */
  readonly ttlSeconds: number;
  /** Without being used. */
  readonly idleTtlSeconds: number;
}
