import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../platform/errors.ts';

/** Whose page sent a request, as the browser says; `unknown` where it says nothing, as other programs do. */
type SenderPage = 'own' | 'foreign' | 'unknown';

/**
 * Refuses a request that comes in by a cookie and may be the doing of another site's page, with FORBIDDEN. Browsers send the cookie by
 * themselves, but they also say where the request comes from, and no page can change that. A POST has to say it; a GET reads only, and Apollo
 * asks for a header that a foreign page could send only after a preflight, which is never granted.
 *
 * `ownOrigin`: as browsers see the gateway, where a proxy hides it; null: what the Host header says.
 */
export function refuseForeignPage(
  { method, headers }: { readonly method?: string | undefined; readonly headers: IncomingHttpHeaders },
  ownOrigin: string | null,
): void {
  const page = senderPageOf(headers, ownOrigin);
  if (page === 'own' || (page === 'unknown' && method === 'GET')) return;
  throw new GatewayError(
    'FORBIDDEN',
    page === 'foreign'
      ? "The session's cookie came with a request of another site's page, which is not let in. Send the request from a page of this gateway's own origin, or send the token in `x-session-token`."
      : "The session's cookie came with a POST that does not say which page sent it (`Origin` or `Sec-Fetch-Site`). A program that is no browser sends the token in `x-session-token` instead.",
  );
}

export function senderPageOf(headers: IncomingHttpHeaders, ownOrigin: string | null): SenderPage {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  // `none`: a person did it, by typing or by a bookmark.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'foreign';
  if (origin !== undefined && !isOwn(origin, headers.host, ownOrigin)) return 'foreign';
  return site === undefined && origin === undefined ? 'unknown' : 'own';
}

/** Behind a proxy that ends TLS the gateway does not know its own scheme, so without a setting hosts are compared. */
function isOwn(origin: string, host: string | undefined, ownOrigin: string | null): boolean {
  if (ownOrigin !== null) return origin.toLowerCase() === ownOrigin;
  if (!URL.canParse(origin) || host === undefined) return false;
  return new URL(origin).host === host.toLowerCase();
}
