import type { StandInAnswer, StandInRequest } from '../kit/exchange.ts';
import type { Person, StandInRole } from './people.ts';

/** Secret of every demo client; it opens nothing but made-up data. */
const DEMO_CLIENT_SECRET = 'demo';

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
}

/**
 * `POST /token` with `grant_type=client_credentials`: each role is a client (`client_id=analyst`), with the id and secret in the form
 * or by HTTP Basic. Refusals as RFC 6749, section 5.2, has them.
 */
export async function answerTokenRequest(
  request: StandInRequest,
  people: Readonly<Record<StandInRole, Person>>,
  issue: (person: Person) => Promise<IssuedToken>,
): Promise<StandInAnswer> {
  if (request.method !== 'POST') return refusal(405, 'invalid_request', 'Use POST.', { Allow: 'POST' });
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
    return refusal(400, 'invalid_request', 'Send a form: application/x-www-form-urlencoded.');
  const form = new URLSearchParams(request.body);
  const { id, secret } = basicCredentials(request.headers.authorization) ?? {
    id: form.get('client_id') ?? '',
    secret: form.get('client_secret') ?? '',
  };
  const person = Object.entries(people).find(([role]) => role.toLowerCase() === id)?.[1];
  if (!person || secret !== DEMO_CLIENT_SECRET) {
    return refusal(401, 'invalid_client', 'The client or its secret is not known.', { 'WWW-Authenticate': 'Basic' });
  }
  if (form.get('grant_type') !== 'client_credentials')
    return refusal(400, 'unsupported_grant_type', 'Only client_credentials is supported.');
  const { accessToken, expiresInSeconds } = await issue(person);
  return {
    status: 200,
    headers: noStore,
    body: { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds },
  };
}

const noStore = { 'Cache-Control': 'no-store' };

function refusal(
  status: number,
  error: string,
  error_description: string,
  headers: Readonly<Record<string, string>> = {},
): StandInAnswer {
  return { status, headers: { ...noStore, ...headers }, body: { error, error_description } };
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are put into Basic. */
function basicCredentials(authorization: string | undefined): { id: string; secret: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (!encoded) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colonAt = text.indexOf(':');
  if (colonAt < 0) return null;
  const [id = '', secret = ''] = [text.slice(0, colonAt), text.slice(colonAt + 1)].map(
    (part) => new URLSearchParams(`part=${part}`).get('part') ?? '',
  );
  return { id, secret };
}
