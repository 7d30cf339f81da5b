import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { tokenInCookies } from '../../../features/access/session-cookie.ts';

const MAX_KNOWN = 20_000;
/** As long as failures of an address count. */
const KNOWN_FOR_MS = 3_600_000;
/** After so long a use is noted again; more often would only cost. */
const NOTE_AGAIN_MS = 60_000;

/**
 * Credentials that somebody was let in by lately, by their hashes. They are no guesses, so those who try many from the same address must not keep
 * them out. Bounded; what was not used for longest goes first.
 */
export class KnownCredentials {
  readonly #lastUses = new Map<string, number>();

  note(credential: string, nowMs: number): void {
    const key = keyOf(credential);
    const lastUse = this.#lastUses.get(key);
    if (lastUse !== undefined && nowMs - lastUse < NOTE_AGAIN_MS) return;
    this.#lastUses.delete(key);
    this.#lastUses.set(key, nowMs);
    const [oldest] = this.#lastUses.keys();
    if (this.#lastUses.size > MAX_KNOWN && oldest !== undefined) this.#lastUses.delete(oldest);
  }

  has(credential: string, nowMs: number): boolean {
    const lastUse = this.#lastUses.get(keyOf(credential));
    return lastUse !== undefined && nowMs - lastUse < KNOWN_FOR_MS;
  }

  /** For one that was good and is not any more. */
  forget(credential: string): void {
    this.#lastUses.delete(keyOf(credential));
  }
}

/** What a request would be let in by, as the door looks at it; null without any. Other cookies than the session's are nothing to it. */
export function credentialIn(headers: IncomingHttpHeaders): string | null {
  const inHeader = headers.authorization ?? headers['x-session-token'];
  if (inHeader !== undefined) return String(inHeader);
  try {
    return tokenInCookies(headers);
  } catch {
    // Two that contradict each other are refused, and count as a failure.
    return headers.cookie ?? null;
  }
}

/** Credentials themselves are held by nobody for longer than their request. */
function keyOf(credential: string): string {
  return hash('sha256', credential, 'base64url');
}
