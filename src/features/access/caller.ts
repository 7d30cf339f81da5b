import type { ViewerModel } from './viewer.ts';

/** Who sends a request, by what they showed it, and from where. Made once per request, before anything else of it is looked at. */
export interface Caller {
  readonly viewer: ViewerModel;
  /** What the caller is known by; `gateway`: work that the gateway does for nobody, such as warming. */
  readonly credential: 'anonymous' | 'bearer' | 'session' | 'gateway';
  /** The session that the request came with: its number among the tenant's. */
  readonly sessionId: string | null;
  readonly origin: RequestOrigin;
  /** Only of a caller who showed a bearer token. */
  readonly bearer?: BearerFacts;
  /** Puts values of Set-Cookie on the answer. Absent where no browser would keep them. */
  readonly answerCookies?: (cookies: readonly string[]) => void;
}

/** What a session is begun by. */
export interface BearerFacts {
  /** When the issuer made the token, in epoch milliseconds. */
  readonly issuedAtMs: number;
  /** A session's token that came along; it does not count beside the bearer token. */
  readonly sessionToken: string | null;
}

/** Where a request came from, as far as it tells. Personal data: never logged as it is. */
export interface RequestOrigin {
  /** IP address of the peer. Null in work that nobody asked for. */
  readonly address: string | null;
  /** As sent, cut to 300 characters. */
  readonly userAgent: string | null;
}

export const NO_ORIGIN: RequestOrigin = { address: null, userAgent: null };
