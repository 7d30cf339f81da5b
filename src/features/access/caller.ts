import type { ViewerModel } from './viewer.ts';

/** Who sends a request, by what they showed it, and from where. Made once per request, before anything else of it is looked at. */
export interface Caller {
  readonly viewer: ViewerModel;
  /** What the caller is known by; `gateway`: work that the gateway does for nobody, such as warming. */
  readonly credential: 'anonymous' | 'bearer' | 'session' | 'gateway';
  /** The session that the request came with. */
  readonly sessionId: string | null;
  readonly origin: RequestOrigin;
}

/** Where a request came from, as far as it tells. Personal data: never logged as it is. */
export interface RequestOrigin {
  /** IP address of the peer. Null in work that nobody asked for. */
  readonly address: string | null;
  /** As sent, cut to 300 characters. */
  readonly userAgent: string | null;
}

export const NO_ORIGIN: RequestOrigin = { address: null, userAgent: null };
