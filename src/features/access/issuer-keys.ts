import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import { callUpstream, type UpstreamDurations } from '../../upstream/call.ts';
import { badDocument, discoverKeysUrl, getJsonObject } from './issuer-documents.ts';

export interface IssuerKeysOptions {
  readonly issuer: string;
  readonly durations: UpstreamDurations;
  readonly log: Logger;
  readonly clock: Clock;
  /** Between two fetches, successful or not, at least this; whatever tokens are sent. 10 s when absent. */
  readonly coolDownMs?: number;
  /** Keys of this age are fetched anew: for so long at most is a withdrawn key still honoured. 10 min when absent. */
  readonly maxAgeMs?: number;
  /** Keys of this age are not used any more, even while the provider is down. 24 h when absent. */
  readonly staleLimitMs?: number;
  /** For discovery and keys each. 3 s when absent. */
  readonly deadlineMs?: number;
}

const MINUTE_MS = 60_000;

interface HeldKeys {
  readonly find: JWTVerifyGetKey;
  readonly fetchedAtMs: number;
}

type IssuerKeysState = 'current' | 'stale' | 'missing';

/**
 * The signing keys of the issuer: fetched when needed, shared by all requests, kept while the provider is down. A key that is not
 * among them leads to one fetch at most per cool-down, so a flood of invented key ids can't become a flood of calls.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  readonly #coolDownMs: number;
  #held: HeldKeys | null = null;
  #keysUrl: string | null = null;
  #lastAttemptAtMs = Number.NEGATIVE_INFINITY;
  #lastFailure: GatewayError | null = null;
  #pending: Promise<void> | null = null;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
    this.#coolDownMs = options.coolDownMs ?? 10_000;
  }

  /** The key that a token names. Throws jose's error when the issuer has no such key, UPSTREAM_… while that can't be known. */
  readonly find: JWTVerifyGetKey = async (header, token): Promise<CryptoKey> => {
    if (this.#ageMs() >= (this.#options.maxAgeMs ?? 10 * MINUTE_MS)) await this.refresh();
    const held = this.#usable();
    if (!held) throw this.#unavailable();
    try {
      return (await held.find(header, token)) as CryptoKey;
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // The issuer may have changed its keys since.
      await this.refresh();
      // Without an answer nobody knows whether the key is good, and saying 401 would sign people out.
      if (this.#lastFailure) throw this.#unavailable();
      const renewed = this.#usable();
      if (!renewed || renewed === held) throw error;
      return (await renewed.find(header, token)) as CryptoKey;
    }
  };

  /** Fetches the keys unless that was tried within the cool-down; waits for a fetch under way. Never throws. */
  async refresh(): Promise<void> {
    this.#pending ??= this.#mayFetch() ? this.#fetch().finally(() => (this.#pending = null)) : null;
    await this.#pending;
  }

  /** Whether tokens can be checked, and what the last fetch failed with. */
  state(): { readonly keys: IssuerKeysState; readonly failure: GatewayError | null } {
    const keys = this.#usable() ? (this.#lastFailure ? 'stale' : 'current') : 'missing';
    return { keys, failure: this.#lastFailure };
  }

  async #fetch(): Promise<void> {
    this.#lastAttemptAtMs = this.#options.clock.now();
    try {
      this.#keysUrl ??= await this.#call('discovery', (signal) => discoverKeysUrl(this.#options.issuer, signal));
      const url = this.#keysUrl;
      const find = await this.#call('jwks', async (signal) => toKeySet(await getJsonObject(url, signal)));
      this.#held = { find, fetchedAtMs: this.#options.clock.now() };
      this.#lastFailure = null;
    } catch (error) {
      // The keys may have moved: the next attempt asks the discovery document again.
      this.#keysUrl = null;
      this.#lastFailure = error instanceof GatewayError ? error : badDocument('its keys could not be read', error);
      const consequence = this.#usable()
        ? 'Tokens are checked with the keys fetched before.'
        : 'Bearer tokens can not be checked until it answers.';
      this.#options.log.warn(
        { issuer: this.#options.issuer, error: describeError(error) },
        `The identity provider's keys could not be fetched. ${consequence}`,
      );
    }
  }

  #call<Answer>(operation: string, run: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const deadlineMs = this.#options.deadlineMs ?? 3_000;
    // Shared by every request that waits, hence on nobody's receipt and ended by nobody's leaving.
    return callUpstream(
      { source: 'IDENTITY', operation, deadlineMs, billedCalls: 0, receipts: [] },
      this.#options.durations,
      run,
    );
  }

  #mayFetch(): boolean {
    return this.#options.clock.now() - this.#lastAttemptAtMs >= this.#coolDownMs;
  }

  #ageMs(): number {
    return this.#held ? this.#options.clock.now() - this.#held.fetchedAtMs : Number.POSITIVE_INFINITY;
  }

  #usable(): HeldKeys | null {
    return this.#ageMs() < (this.#options.staleLimitMs ?? 24 * 60 * MINUTE_MS) ? this.#held : null;
  }

  #unavailable(): GatewayError {
    const waitMs = this.#lastAttemptAtMs + this.#coolDownMs - this.#options.clock.now();
    return new GatewayError(
      'UPSTREAM_UNAVAILABLE',
      'The bearer token can not be checked, because the identity provider does not answer. The token itself may be good; try again in a moment.',
      { source: 'IDENTITY', retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)), cause: this.#lastFailure },
    );
  }
}

/** An issuer without keys can't be right: taken for a failure, so that the keys known before stay. */
function toKeySet(document: Readonly<Record<string, unknown>>): JWTVerifyGetKey {
  if (!Array.isArray(document.keys) || document.keys.length === 0) throw badDocument('its key set holds no keys');
  return createLocalJWKSet(document as unknown as JSONWebKeySet);
}
