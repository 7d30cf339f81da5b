import { randomBytes } from 'node:crypto';

/** Access tokens that were given out and still hold. */
export class Sessions {
  readonly #expiryByToken = new Map<string, number>();
  readonly #lifetimeMs: number;
  readonly #now: () => number;

  constructor(lifetimeMs: number, now: () => number) {
    this.#lifetimeMs = lifetimeMs;
    this.#now = now;
  }

  open(organizationId: string): string {
    const token = `${organizationId.slice(0, 15)}!AQ0AQ${randomBytes(48).toString('base64url')}`;
    this.#expiryByToken.set(token, this.#now() + this.#lifetimeMs);
    return token;
  }

  isOpen(token: string): boolean {
    return this.#now() < (this.#expiryByToken.get(token) ?? 0);
  }

  /** False when there was no such session. */
  revoke(token: string): boolean {
    return this.#expiryByToken.delete(token);
  }

  revokeAll(): void {
    this.#expiryByToken.clear();
  }
}
