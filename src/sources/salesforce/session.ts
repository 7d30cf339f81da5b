import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';

/** A signed-in session, numbered so that a late 401 of an old one does not renew a new one. */
export interface Session<Connection> {
  readonly number: number;
  readonly connection: Connection;
}

const FIRST_COOL_DOWN_MS = 1_000;
const LONGEST_COOL_DOWN_MS = 60_000;

/**
 * Keeps one session for everybody. Whoever needs one while it is being made waits for the same sign-in. After a sign-in that failed, or a new
 * session that Salesforce refuses at once, nobody signs in before a cool-down; it doubles, up to a minute, while refusals go on.
 */
export class SessionKeeper<Connection> {
  readonly #signIn: () => Promise<Connection>;
  readonly #clock: Clock;
  #current: Session<Connection> | null = null;
  #signingIn: Promise<Session<Connection>> | null = null;
  #count = 0;
  /** True once Salesforce has accepted a call of the current session. */
  #proven = false;
  #coolDownMs = FIRST_COOL_DOWN_MS;
  #failed: { readonly error: GatewayError; readonly untilMs: number } | null = null;

  constructor(signIn: () => Promise<Connection>, clock: Clock) {
    this.#signIn = signIn;
    this.#clock = clock;
  }

  current(): Promise<Session<Connection>> {
    return this.#current ? Promise.resolve(this.#current) : this.#sign();
  }

  /** To be told when Salesforce accepted a call. */
  accepted(session: Session<Connection>): void {
    if (session.number !== this.#current?.number) return;
    this.#proven = true;
    this.#coolDownMs = FIRST_COOL_DOWN_MS;
  }

  /** Takes a refused session out of use and gives a newer one: that which others made meanwhile, or one signed in now. */
  async renew(refused: Session<Connection>): Promise<Session<Connection>> {
    if (this.#current?.number === refused.number) this.#current = null;
    return this.current();
  }

  /** Takes a session out of use that was refused right after it was made; the next sign-in waits for the cool-down. */
  discard(refused: Session<Connection>): void {
    if (this.#current?.number !== refused.number || this.#proven) return;
    this.#current = null;
    this.#coolDown(refusedAtOnce());
  }

  #sign(): Promise<Session<Connection>> {
    if (this.#signingIn !== null) return this.#signingIn;
    if (this.#failed && this.#clock.now() < this.#failed.untilMs) return Promise.reject(this.#failed.error);
    this.#signingIn = this.#makeSession().finally(() => {
      this.#signingIn = null;
    });
    return this.#signingIn;
  }

  async #makeSession(): Promise<Session<Connection>> {
    try {
      const connection = await this.#signIn();
      this.#failed = null;
      this.#proven = false;
      this.#count += 1;
      this.#current = { number: this.#count, connection };
      return this.#current;
    } catch (error) {
      if (error instanceof GatewayError) this.#coolDown(error);
      throw error;
    }
  }

  #coolDown(error: GatewayError): void {
    // Only refusals grow the wait: a Salesforce that was away is to be used as soon as it is back.
    const refusal = error.code === 'UPSTREAM_AUTHENTICATION_FAILED';
    this.#failed = { error, untilMs: this.#clock.now() + (refusal ? this.#coolDownMs : FIRST_COOL_DOWN_MS) };
    if (refusal) this.#coolDownMs = Math.min(this.#coolDownMs * 2, LONGEST_COOL_DOWN_MS);
  }
}

function refusedAtOnce(): GatewayError {
  return new GatewayError(
    'UPSTREAM_AUTHENTICATION_FAILED',
    "Salesforce signs the gateway in and then refuses its session. An operator has to check the connected app's policies and IP ranges.",
    { source: 'SALESFORCE' },
  );
}
