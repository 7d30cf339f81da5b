import { createHmac, type KeyObject } from 'node:crypto';
import type { StandInAnswer, StandInRequest } from '../kit/exchange.ts';
import { assertionProblem } from './jwt-assertion.ts';
import type { Org } from './org.ts';
import { integrationUserId } from './record-resource.ts';
import type { Sessions } from './sessions.ts';

const ORGANIZATION_ID = '00D5g000004zvCOEAY';

/** The connected app, and who may sign in through it. */
export interface SignIn {
  readonly org: Org;
  readonly sessions: Sessions;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly publicKey: KeyObject | undefined;
  readonly refreshTokens: ReadonlySet<string>;
  /** Where the server listens; it is login URL and instance URL at once. */
  origin: string;
  isRefusing: boolean;
  count: number;
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** `POST /services/oauth2/token`. */
export function answerToken(signIn: SignIn, request: StandInRequest): StandInAnswer {
  signIn.count++;
  if (request.method !== 'POST') return refusal('invalid_request', 'must use HTTP POST');
  if (signIn.isRefusing) return refusal('invalid_grant', 'authentication failure');
  const form = new URLSearchParams(request.body);
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return clientProblem(signIn, form) ?? grant(signIn);
    case 'refresh_token':
      if (!signIn.refreshTokens.has(form.get('refresh_token') ?? ''))
        return refusal('invalid_grant', 'expired access/refresh token');
      return clientProblem(signIn, form) ?? grant(signIn);
    case JWT_BEARER: {
      const problem = assertionProblem(form.get('assertion') ?? '', {
        publicKey: signIn.publicKey,
        clientId: signIn.clientId,
        audiences: [signIn.origin, 'https://login.salesforce.com', 'https://test.salesforce.com'],
        isApprovedUser: (username) =>
          signIn.org.store.all('User').some((user) => user.Username === username && user.IsActive === true),
        nowMs: signIn.org.now(),
      });
      return problem === null
        ? grant(signIn)
        : refusal(problem.startsWith('client') ? 'invalid_client_id' : 'invalid_grant', problem);
    }
    default:
      return refusal('unsupported_grant_type', 'grant type not supported');
  }
}

/** `POST /services/oauth2/revoke`. */
export function answerRevoke(signIn: SignIn, request: StandInRequest): StandInAnswer {
  const token = new URLSearchParams(request.body).get('token') ?? request.url.searchParams.get('token') ?? '';
  return signIn.sessions.revoke(token)
    ? { status: 200, body: '', contentType: 'text/html' }
    : refusal('invalid_token', `invalid token: ${token.slice(0, 15)}`);
}

export function identityUrl(signIn: SignIn): string {
  return `${signIn.origin}/id/${ORGANIZATION_ID}/${integrationUserId(signIn.org)}`;
}

/** `GET /id/<org>/<user>`. */
export function answerIdentity(signIn: SignIn): StandInAnswer {
  const id = integrationUserId(signIn.org);
  const user = signIn.org.store.get('User', id);
  return {
    status: 200,
    body: {
      id: identityUrl(signIn),
      asserted_user: true,
      user_id: id,
      organization_id: ORGANIZATION_ID,
      username: user?.Username,
      display_name: user?.Name,
      email: user?.Email,
      active: user?.IsActive,
      user_type: 'STANDARD',
      urls: {
        rest: `${signIn.origin}/services/data/v{version}/`,
        query: `${signIn.origin}/services/data/v{version}/query/`,
      },
    },
  };
}

function clientProblem(signIn: SignIn, form: URLSearchParams): StandInAnswer | null {
  if (form.get('client_id') !== signIn.clientId) return refusal('invalid_client_id', 'client identifier invalid');
  if (form.get('client_secret') !== signIn.clientSecret) return refusal('invalid_client', 'invalid client credentials');
  return null;
}

/** There is no expires_in: how long a session holds is the org's own business. */
function grant(signIn: SignIn): StandInAnswer {
  const issuedAt = String(signIn.org.now());
  const id = identityUrl(signIn);
  return {
    status: 200,
    body: {
      access_token: signIn.sessions.open(ORGANIZATION_ID),
      signature: createHmac('sha256', signIn.clientSecret)
        .update(id + issuedAt)
        .digest('base64'),
      scope: 'api',
      instance_url: signIn.origin,
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
    },
  };
}

function refusal(error: string, description: string): StandInAnswer {
  return { status: 400, body: { error, error_description: description } };
}
