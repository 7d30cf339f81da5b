import { randomUUID } from 'node:crypto';
import type { Company } from '../data/company.ts';
import type { StandInAnswer, StandInRequest } from '../kit/exchange.ts';
import type { StandIn } from '../kit/fault.ts';
import { startStandInServer } from '../kit/server.ts';
import { type Person, peopleByRole, type StandInRole } from './people.ts';
import { type SigningAlgorithm, SigningKeys } from './signing-keys.ts';
import { answerTokenRequest, type IssuedToken } from './token-endpoint.ts';

export interface IdentityStandInOptions {
  /** 0 (default): a free port. */
  readonly port?: number;
  /** People with tokens are taken from its staff. */
  readonly company?: Company;
}

/** An OpenID Connect provider on loopback: discovery, keys, tokens for a demo person of each role. */
export interface IdentityStandIn extends StandIn {
  /** `iss` of its tokens; equal to `url`. */
  readonly issuer: string;
  /** `aud` of its tokens. */
  readonly audience: string;
  /** A token of the role's demo person in the tenant `demo`, good for 12 hours. */
  tokenFor(role: StandInRole): Promise<string>;
  /** Signs any claims with a current key, wrong ones too: for tests of what a gateway must refuse. */
  sign(claims: Readonly<Record<string, unknown>>, algorithm?: SigningAlgorithm): Promise<string>;
  /** New signing keys; the ones before stay published unless `withdrawOld`. Over HTTP: `POST /keys/rotate?withdrawOld=true`. */
  rotateKeys(options?: { readonly withdrawOld?: boolean }): Promise<void>;
}

const STAND_IN_AUDIENCE = 'deployment-graph';
const TENANT = 'demo';
const DEMO_TOKEN_SECONDS = 12 * 3600;
const ISSUED_TOKEN_SECONDS = 3600;

/** Starts the provider on 127.0.0.1. Rejects when the port can't be had. */
export async function startIdentityStandIn(options: IdentityStandInOptions = {}): Promise<IdentityStandIn> {
  const keys = new SigningKeys();
  await keys.rotate(true);
  const people = peopleByRole(options.company);
  const server = await startStandInServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    isSignIn: (path) => path.split('?')[0] === '/token',
    handle: (request) => answer(request),
  });

  /** ES256 makes short tokens, good to copy from a terminal; RS256 is what most providers issue. */
  async function issue(person: Person, seconds: number, algorithm: SigningAlgorithm): Promise<IssuedToken> {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const claims = {
      iss: server.url,
      aud: STAND_IN_AUDIENCE,
      sub: person.subject,
      name: person.name,
      email: person.email,
      email_verified: true,
      tenant: TENANT,
      roles: person.roles,
      iat: nowSeconds,
      exp: nowSeconds + seconds,
      jti: randomUUID(),
    };
    return { accessToken: await keys.sign(claims, algorithm), expiresInSeconds: seconds };
  }

  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    switch (`${request.method} ${request.url.pathname}`) {
      case 'GET /.well-known/openid-configuration':
        return { status: 200, body: discoveryDocument(server.url) };
      case 'GET /jwks':
        return { status: 200, body: keys.keySet(), contentType: 'application/jwk-set+json' };
      case 'POST /keys/rotate':
        await keys.rotate(request.url.searchParams.get('withdrawOld') === 'true');
        return { status: 200, body: keys.keySet() };
      default:
        if (request.url.pathname === '/token') {
          return answerTokenRequest(request, people, (person) => issue(person, ISSUED_TOKEN_SECONDS, 'RS256'));
        }
        return {
          status: 404,
          body: {
            error: `There is no ${request.method} ${request.url.pathname}. See /.well-known/openid-configuration.`,
          },
        };
    }
  }

  return {
    ...server,
    issuer: server.url,
    audience: STAND_IN_AUDIENCE,
    tokenFor: async (role) => (await issue(people[role], DEMO_TOKEN_SECONDS, 'ES256')).accessToken,
    sign: (claims, algorithm = 'RS256') => keys.sign(claims, algorithm),
    rotateKeys: ({ withdrawOld = false } = {}) => keys.rotate(withdrawOld),
  };
}

function discoveryDocument(issuer: string): Record<string, unknown> {
  return {
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    claims_supported: ['iss', 'aud', 'sub', 'name', 'email', 'email_verified', 'tenant', 'roles', 'iat', 'exp', 'jti'],
  };
}
