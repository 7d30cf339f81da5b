import { isIP } from 'node:net';

/**
 * Whether an issuer may name this address (`jwks_uri`) for its keys. Its own origin it may; an issuer with TLS also any host with TLS that has a
 * name, as large providers do: who could lead that name elsewhere has no certificate for it. Keys over plain HTTP could be swapped on
 * the way, and an address such as 169.254.169.254 is never where a provider publishes them.
 */
export function mayHoldKeys(keysUrl: string, issuer: string): boolean {
  if (!URL.canParse(keysUrl)) return false;
  const keys = new URL(keysUrl);
  if (keys.username !== '' || keys.password !== '') return false;
  const own = new URL(issuer);
  if (keys.origin === own.origin && /^https?:$/.test(keys.protocol)) return true;
  return keys.protocol === 'https:' && own.protocol === 'https:' && isPublicName(keys.hostname);
}

function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return isIP(name) === 0 && !name.startsWith('[') && name !== 'localhost' && !name.endsWith('.localhost');
}
