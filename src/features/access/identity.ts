import { errors, jwtVerify } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { DependencyHealth } from '../../platform/health.ts';
import type { OidcSettings, RoleName } from '../../platform/settings.ts';
import { type Claims, viewerFromClaims } from './claims.ts';
import { badDocument } from './issuer-documents.ts';
import { IssuerKeys, type IssuerKeysOptions } from './issuer-keys.ts';
import { anonymousViewer, type ViewerModel } from './viewer.ts';

export interface IdentityOptions extends Omit<IssuerKeysOptions, 'issuer'> {
  readonly oidc: OidcSettings;
  /** Whether the issuer is the bundled stand-in; shown in the health only. */
  readonly standIn: boolean;
  /** Role of requests without credentials; null: they are refused. */
  readonly anonymousRole: RoleName | null;
}

/** Signatures by key pairs only: with a shared secret (HS…) the issuer's public key would pass for one, `none` needs no key at all. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_SECONDS = 5;
/** Headers of this length are refused by Node as a whole; no honest token comes near. */
const MAX_TOKEN_LENGTH = 16_384;

/** Tells who sends a request. One per process. */
export class Identity {
  readonly #options: IdentityOptions;
  readonly #keys: IssuerKeys;
  readonly #clock: Clock;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#keys = new IssuerKeys({ ...options, issuer: options.oidc.issuer });
  }

  /** Fetches the issuer's keys ahead of the first request. Never throws: without them the gateway starts, and `health` tells. */
  async warmUp(): Promise<void> {
    await this.#keys.refresh();
  }

  /**
   * The caller, by the request's Authorization header. Throws UNAUTHENTICATED for a token that is not good, even where requests
   * without one are let in; FORBIDDEN for a good one without tenant or role; UPSTREAM_UNAVAILABLE (source IDENTITY) while the
   * issuer's keys can't be had: nobody is let in unchecked.
   */
  async viewerOf(authorization: string | undefined): Promise<ViewerModel> {
    return authorization === undefined ? this.anonymous() : (await this.bearerOf(authorization)).viewer;
  }

  /** Who asks without credentials. Throws UNAUTHENTICATED where nobody may. */
  anonymous(): ViewerModel {
    if (this.#options.anonymousRole) return anonymousViewer(this.#options.anonymousRole);
    throw unauthenticated(
      'The request carries no credentials. Send the header `Authorization: Bearer <token>`, or a session token in `x-session-token`.',
    );
  }

  /** As `viewerOf`, with when the token was issued, in epoch milliseconds. */
  async bearerOf(authorization: string): Promise<{ readonly viewer: ViewerModel; readonly issuedAtMs: number }> {
    const claims = await this.#verify(bearerToken(authorization));
    return { viewer: viewerFromClaims(claims, this.#options.oidc), issuedAtMs: Math.trunc(Number(claims.iat) * 1_000) };
  }

  /** Whether tokens can be checked. Tries again, in the background, when the last fetch of keys failed. */
  health(): DependencyHealth {
    const { keys, failure } = this.#keys.state();
    if (failure || keys === 'missing') void this.#keys.refresh();
    const base = { name: 'identity', standIn: this.#options.standIn } as const;
    if (keys === 'current') return { ...base, state: 'up' };
    const reason = failure?.message ?? 'The keys have not been fetched yet.';
    if (keys === 'stale') {
      return { ...base, state: 'degraded', detail: `Tokens are checked with keys fetched before. ${reason}` };
    }
    return { ...base, state: 'down', detail: `Bearer tokens can not be checked. ${reason}` };
  }

  async #verify(token: string): Promise<Claims> {
    try {
      const { payload } = await jwtVerify(token, this.#keys.find, {
        issuer: this.#options.oidc.issuer,
        audience: this.#options.oidc.audience,
        algorithms,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: this.#options.oidc.maxTokenAgeSeconds,
        currentDate: new Date(this.#clock.now()),
      });
      if (typeof payload.sub !== 'string' || payload.sub === '') {
        throw unauthenticated(
          'The bearer token names nobody: its claim `sub` is empty. Get a new token and send it again.',
        );
      }
      return payload;
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      if (error instanceof errors.JOSEError) throw unauthenticated(reasonOf(error), error);
      // Not the token's fault: the key that it names is published, but unusable (too short, say).
      throw badDocument('the key that the token names is not usable', error);
    }
  }
}

function bearerToken(authorization: string): string {
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (!token) {
    throw unauthenticated(
      'The Authorization header is not of the form `Bearer <token>`. Send a bearer token, or no header.',
    );
  }
  if (token.length > MAX_TOKEN_LENGTH) {
    throw unauthenticated(
      `The bearer token is longer than ${MAX_TOKEN_LENGTH} characters. Send a token of the configured issuer.`,
    );
  }
  return token;
}

/** What is wrong with a token, without repeating any of it. */
function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired)
    return error.claim === 'iat'
      ? 'The bearer token was issued too long ago, whatever its expiry says. Get a new one and send the request again.'
      : 'The bearer token has expired. Get a new one and send the request again.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return (
      claimReasons[error.claim] ?? `The bearer token's claim \`${error.claim}\` is not acceptable. Get a new token.`
    );
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed) {
    return 'The bearer token is not signed by the issuer that this gateway trusts. Get a token from that issuer.';
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return "The bearer token does not say which of the issuer's keys signed it (`kid`). Get one that does.";
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return 'The bearer token is signed by a method that is not accepted. Use a token signed with a key pair (RS, PS, ES or Ed25519).';
  }
  return 'The bearer token is not a signed JWT. Send the access token exactly as the issuer gave it.';
}

const claimReasons: Readonly<Record<string, string>> = {
  iss: 'The bearer token was issued by someone else than the issuer that this gateway trusts. Get a token from that issuer.',
  aud: 'The bearer token was issued for another service. Ask the issuer for one whose audience is this gateway.',
  exp: 'The bearer token does not say when it expires. Get one that does.',
  iat: 'The bearer token does not say when it was issued, or names a time to come. Get one with the claim `iat`, or check the clock of the issuer.',
  nbf: 'The bearer token is not valid yet. Wait, or check the clock of the issuer.',
  sub: 'The bearer token does not say who it is for. Get one with the claim `sub`.',
};

function unauthenticated(message: string, cause?: unknown): GatewayError {
  return new GatewayError('UNAUTHENTICATED', message, cause === undefined ? {} : { cause });
}
