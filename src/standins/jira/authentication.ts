import { createHash, timingSafeEqual } from 'node:crypto';
import type { StandInAnswer, StandInRequest } from '../kit/exchange.ts';

const MESSAGE = 'Client must be authenticated to access this resource.';

/** Null when the request carries the right email and API token, else Jira's 401: JSON for who accepts it, otherwise plain text. */
export function refuseUnlessAuthenticated(
  request: StandInRequest,
  email: string,
  apiToken: string,
  origin: string,
): StandInAnswer | null {
  const given = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (sameText(Buffer.from(given, 'base64').toString('utf8'), `${email}:${apiToken}`)) return null;
  const asJson = request.headers.accept?.includes('application/json') ?? false;
  return {
    status: 401,
    headers: {
      'WWW-Authenticate': `OAuth realm="${encodeURIComponent(origin)}"`,
      'X-Seraph-LoginReason': 'AUTHENTICATED_FAILED',
    },
    billed: 0,
    ...(asJson
      ? { body: { message: MESSAGE, 'status-code': 401 } }
      : { body: MESSAGE, contentType: 'text/plain;charset=UTF-8' }),
  };
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
