import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../platform/errors.ts';
import type { Caller, RequestOrigin } from './caller.ts';
import type { Identity } from './identity.ts';
import type { RoleChanges } from './role-changes.ts';
import { refuseForeignPage, senderPageOf } from './same-origin.ts';
import { endingCookies, tokenInCookies } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';

export interface DoorOptions {
  readonly identity: Pick<Identity, 'bearerOf' | 'anonymous'>;
  readonly sessions: Pick<Sessions, 'verify'>;
  readonly roleChanges: Pick<RoleChanges, 'admit'>;
  /** The origin under which browsers reach the gateway; null: what the Host header says. */
  readonly ownOrigin: string | null;
  /** Whether its cookies are kept for TLS. */
  readonly hasSecureCookies: boolean;
}

/** One request as the door looks at it. */
export interface Knock {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[];
  readonly origin: RequestOrigin;
  /** Puts values of Set-Cookie on the answer. */
  answerCookies(cookies: readonly string[]): void;
}

/**
 * Finds out who sends a request. The first of these that it carries decides alone, and one that is not good is not made up for by the next:
 * `Authorization`, `x-session-token`, the cookie `sessionToken`. Without any of them the caller is anonymous, where that is allowed.
 */
export class Door {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /** Throws UNAUTHENTICATED, FORBIDDEN, BAD_REQUEST, and what tells that it can't be known now. */
  async callerOf(knock: Knock): Promise<Caller> {
    const { headers } = knock;
    const caller = await this.#callerBy(knock);
    if (senderPageOf(headers, this.#options.ownOrigin) === 'foreign') return caller;
    return { ...caller, answerCookies: (cookies) => knock.answerCookies(cookies) };
  }

  async #callerBy(knock: Knock): Promise<Caller> {
    const { headers, origin } = knock;
    const { identity, roleChanges } = this.#options;
    const inHeader = headers['x-session-token'];
    if (headers.authorization !== undefined) {
      refuseSecondAuthorization(knock.rawHeaders ?? []);
      const { viewer, issuedAtMs } = await identity.bearerOf(headers.authorization);
      roleChanges.admit(viewer, issuedAtMs);
      const sessionToken = typeof inHeader === 'string' ? inHeader : tokenIfClear(headers);
      return { viewer, credential: 'bearer', sessionId: null, origin, bearer: { issuedAtMs, sessionToken } };
    }
    if (inHeader !== undefined) return await this.#callerOfSession(String(inHeader), origin);
    const byCookie = await this.#callerByCookie(knock);
    return byCookie ?? { viewer: identity.anonymous(), credential: 'anonymous', sessionId: null, origin };
  }

  async #callerByCookie(knock: Knock): Promise<Caller | null> {
    const { ownOrigin, hasSecureCookies } = this.#options;
    try {
      const token = tokenInCookies(knock.headers);
      if (token === null) return null;
      refuseForeignPage(knock, ownOrigin);
      return await this.#callerOfSession(token, knock.origin);
    } catch (error) {
      // A page can't remove the cookie itself; kept, it would be refused for ever.
      if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED')
        knock.answerCookies(endingCookies(hasSecureCookies));
      throw error;
    }
  }

  async #callerOfSession(token: string, origin: RequestOrigin): Promise<Caller> {
    const session = await this.#options.sessions.verify(token);
    if (session) return { viewer: session.viewer, credential: 'session', sessionId: String(session.id), origin };
    throw new GatewayError(
      'UNAUTHENTICATED',
      'The session has ended, or the token is of none. Sign in again: send a bearer token, and ask for a new session with `createSession`.',
    );
  }
}

/** Node keeps the first of several, a proxy may have looked at the last (RFC 9110, 5.3: it is no list). */
function refuseSecondAuthorization(rawHeaders: readonly string[]): void {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'authorization') count += 1;
  if (count <= 1) return;
  throw new GatewayError(
    'BAD_REQUEST',
    'The request carries more than one Authorization header, and it can not be told which counts. Send one.',
  );
}

/** Beside a bearer token, cookies that contradict each other say nothing. */
function tokenIfClear(headers: IncomingHttpHeaders): string | null {
  try {
    return tokenInCookies(headers);
  } catch {
    return null;
  }
}
