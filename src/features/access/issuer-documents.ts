import { GatewayError } from '../../platform/errors.ts';
import { mayHoldKeys } from './keys-address.ts';

/** Far above any real discovery document or key set; more is refused unread. */
const MAX_DOCUMENT_BYTES = 262_144;

/** Where the issuer publishes its keys, by its discovery document. Throws UPSTREAM_BAD_RESPONSE for one that can't be trusted. */
export async function discoverKeysUrl(issuer: string, signal: AbortSignal): Promise<string> {
  const document = await getJsonObject(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, signal);
  if (document.issuer !== issuer) {
    throw badDocument(
      'its discovery document names another issuer than OIDC_ISSUER; the two must be equal, letter by letter',
    );
  }
  const keysUrl = document.jwks_uri;
  if (typeof keysUrl !== 'string' || !mayHoldKeys(keysUrl, issuer)) {
    throw badDocument(
      'its discovery document has no usable jwks_uri; it has to be at the issuer itself, or at a host with a name and TLS',
    );
  }
  return keysUrl;
}

/** GETs a JSON object within a size bound and without following redirects. Throws UPSTREAM_… errors with source IDENTITY. */
export async function getJsonObject(url: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    const code = response.status >= 500 || response.status === 429 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_BAD_RESPONSE';
    throw new GatewayError(
      code,
      `The identity provider answered ${response.status} instead of its keys. Try again in a moment.`,
      { source: 'IDENTITY' },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(await boundedText(response));
  } catch (error) {
    if (error instanceof GatewayError || signal.aborted) throw error;
    throw badDocument('its answer was cut off or is not JSON', error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badDocument('its answer is no JSON object');
  return value as Record<string, unknown>;
}

async function boundedText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the body, so that nothing more is read.
  for await (const piece of response.body ?? []) {
    size += piece.byteLength;
    if (size > MAX_DOCUMENT_BYTES) throw badDocument(`its answer is over ${MAX_DOCUMENT_BYTES} bytes`);
    pieces.push(piece);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
}

export function badDocument(reason: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'UPSTREAM_BAD_RESPONSE',
    `The identity provider can not be used to check tokens: ${reason}. An operator has to look at it.`,
    { source: 'IDENTITY', cause },
  );
}
