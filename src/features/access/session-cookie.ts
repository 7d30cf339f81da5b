import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../platform/errors.ts';

const NAME = 'sessionToken';
/** Browsers take a cookie of this name only over TLS, for this host alone and from nobody else of the domain (RFC 6265bis, 4.1.3). */
const HOST_NAME = `__Host-${NAME}`;
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax';

/**
 * The cookies that keep a token in a browser, as values of Set-Cookie. Where cookies are only sent over TLS the token travels under both names,
 * and the one that nobody else can set is the one that counts.
 */
export function sessionCookies(token: string, maxAgeSeconds: number, isSecure: boolean): string[] {
  return namesFor(isSecure).map((name) => cookie(name, token, maxAgeSeconds, isSecure));
}

/** Makes a browser forget them. */
export function endingCookies(isSecure: boolean): string[] {
  return namesFor(isSecure).map((name) => cookie(name, '', 0, isSecure));
}

/**
 * The token in the request's cookies; null without one. Throws UNAUTHENTICATED for two different ones of the same name: a page of a
 * neighbouring host may have set one of them.
 */
export function tokenInCookies(headers: IncomingHttpHeaders): string | null {
  const values = new Map<string, Set<string>>();
  for (const pair of headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at < 0 || (name !== NAME && name !== HOST_NAME)) continue;
    const value = pair.slice(at + 1).trim();
    values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const found = values.get(HOST_NAME) ?? values.get(NAME);
  if (!found) return null;
  const [token = ''] = found;
  if (found.size === 1) return token;
  throw new GatewayError(
    'UNAUTHENTICATED',
    `The request carries different cookies of the name \`${NAME}\`, and it can't be told which is right. They are removed now; sign in again.`,
  );
}

function namesFor(isSecure: boolean): string[] {
  return isSecure ? [NAME, HOST_NAME] : [NAME];
}

function cookie(name: string, value: string, maxAgeSeconds: number, isSecure: boolean): string {
  return `${name}=${value}; ${ATTRIBUTES}; Max-Age=${maxAgeSeconds}${isSecure ? '; Secure' : ''}`;
}
