import type pg from 'pg';
import { toDatabaseError } from '../../platform/database-error.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { RoleName } from '../../platform/settings.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { placeInSession } from './sealed-columns.ts';
import type { SessionRecord, SessionTimes } from './session.ts';
import { hashOfToken, isSessionToken } from './session-token.ts';
import type { SessionTouches } from './session-touches.ts';
import type { VerifiedSession, VerifiedSessions } from './verified-sessions.ts';

export interface SessionsOptions {
  /** A pool of its own, so that nobody is kept out by work that fills the others. */
  readonly pool: pg.Pool;
  readonly times: SessionTimes;
  readonly sealer: Sealer;
  readonly verified: VerifiedSessions;
  readonly ended: Pick<EndedSessions, 'knownUntilMs' | 'hasEnded'>;
  readonly touches: Pick<SessionTouches, 'note' | 'lastUseOf'>;
}

/** A session is served without asking PostgreSQL while its end would be known that long ago at the latest; under the promised second. */
const MAX_UNKNOWN_MS = 800;
const LOOKUP_BUDGET_MS = 1_000;

interface SessionLookupRow {
  readonly tenant: string;
  readonly id: number;
  readonly viewer_id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly roles: RoleName[];
  readonly remaining_ms: number;
  readonly idle_ms: number;
}

/**
 * Tells whose session a token stands for. Looked up once and then held, as long as it is certain that nobody has ended it: when that can't be
 * known, because PostgreSQL is away, sessions are refused as unavailable.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #lookups = new Map<string, Promise<VerifiedSession | null>>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Null for a token of no session, or of one that has ended. Throws DATABASE_UNAVAILABLE, UPSTREAM_TIMEOUT while that can't be known. */
  async verify(token: string): Promise<SessionRecord | null> {
    if (!isSessionToken(token)) return null;
    const { verified, touches } = this.#options;
    const tokenHash = hashOfToken(token);
    const hash = tokenHash.toString('hex');
    const nowMs = performance.now();
    const held = verified.get(hash, nowMs);
    const found = held && this.#isCertain(held, nowMs) ? held : await this.#lookUpOnce(hash, tokenHash);
    if (!found) return null;
    found.lastUsedAtMs = performance.now();
    touches.note(found.session, found.lastUsedAtMs);
    return found.session;
  }

  #isCertain({ verifiedAtMs }: VerifiedSession, nowMs: number): boolean {
    return nowMs - Math.max(verifiedAtMs, this.#options.ended.knownUntilMs) < MAX_UNKNOWN_MS;
  }

  /** Requests that come with the same token meanwhile share the answer. */
  async #lookUpOnce(hash: string, tokenHash: Buffer): Promise<VerifiedSession | null> {
    const underWay = this.#lookups.get(hash);
    if (underWay !== undefined) return await underWay;
    const lookup = this.#lookUp(hash, tokenHash).finally(() => this.#lookups.delete(hash));
    this.#lookups.set(hash, lookup);
    return await lookup;
  }

  async #lookUp(hash: string, tokenHash: Buffer): Promise<VerifiedSession | null> {
    const { verified, ended } = this.#options;
    const verifiedAtMs = performance.now();
    const row = await this.#select(tokenHash);
    const found = row && this.#current(row, tokenHash, verifiedAtMs);
    if (!found) {
      verified.delete(hash);
      return null;
    }
    // Ended while it was looked up, perhaps: the next request asks again.
    if (!ended.hasEnded(hash)) verified.set(hash, found);
    return found;
  }

  async #select(tokenHash: Buffer): Promise<SessionLookupRow | undefined> {
    const query = {
      text: 'select * from session_by_token_hash($1)',
      values: [tokenHash],
      query_timeout: LOOKUP_BUDGET_MS,
    } as pg.QueryConfig;
    try {
      return (await this.#options.pool.query<SessionLookupRow>(query)).rows[0];
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  #current(row: SessionLookupRow, tokenHash: Buffer, verifiedAtMs: number): VerifiedSession | null {
    const { times, touches, sealer } = this.#options;
    const { tenant } = row;
    const opened = (column: 'name' | 'email'): string | null => {
      const value = row[column];
      return value === null ? null : sealer.openIfKeyIsThere(value, placeInSession(tenant, tokenHash, column));
    };
    const session: SessionRecord = {
      id: row.id,
      viewer: {
        id: row.viewer_id,
        name: opened('name'),
        email: opened('email'),
        ...(row.email_verified ? { hasVerifiedEmail: true } : {}),
        tenant,
        roles: row.roles,
      },
    };
    const lastUsedAtMs = Math.max(verifiedAtMs - row.idle_ms, touches.lastUseOf(session) ?? Number.NEGATIVE_INFINITY);
    if (row.remaining_ms <= 0 || verifiedAtMs - lastUsedAtMs >= times.idleTtlSeconds * 1_000) return null;
    return { session, verifiedAtMs, expiresAtMs: verifiedAtMs + row.remaining_ms, lastUsedAtMs };
  }
}
