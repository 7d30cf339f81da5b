import type { RoleName } from '../../src/platform/settings.ts';
import type { TestGateway } from './gateway.ts';
import type { GraphqlAnswer } from './send-operation.ts';

/** Somebody whom the stand-in issuer vouches for. */
export interface TestPerson {
  readonly subject?: string;
  readonly tenant?: string;
  readonly roles?: readonly RoleName[];
  /** Seconds before now at which the token was issued; 0 unless told. */
  readonly issuedSecondsAgo?: number;
  /** Claim `name`; that of Maya unless told. */
  readonly name?: string;
  /** Address; that of Maya unless told. */
  readonly email?: string;
  /** Claim `email_verified`; left out unless told. */
  readonly emailVerified?: boolean;
}

export type Headers = Record<string, string>;

/** The header of a bearer token for any person. */
export async function bearerOf({ identity }: Pick<TestGateway, 'identity'>, person: TestPerson = {}): Promise<Headers> {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const token = await identity.sign(
    {
      iss: identity.issuer,
      aud: identity.audience,
      sub: person.subject ?? 'maya',
      name: person.name ?? 'Maya Olsen',
      email: person.email ?? 'maya@brightwell.example',
      ...(person.emailVerified === undefined ? {} : { email_verified: person.emailVerified }),
      tenant: person.tenant ?? 'demo',
      roles: person.roles ?? ['VIEWER'],
      iat: nowSeconds - (person.issuedSecondsAgo ?? 0),
      exp: nowSeconds + 3_600,
    },
    'ES256',
  );
  return { authorization: `Bearer ${token}` };
}

export interface BegunSession {
  readonly token: string;
  readonly id: string;
  /** Of a request that comes with the session. */
  readonly headers: Headers;
  readonly answer: GraphqlAnswer;
}

/** Begins a session with these headers; fails the test when it is refused. */
export async function beginSession(gateway: Pick<TestGateway, 'query'>, headers: Headers): Promise<BegunSession> {
  const answer = await gateway.query('mutation { createSession { token session { id } } }', {}, headers);
  const { token, session } = answer.data?.createSession ?? {};
  if (!token) throw new Error(`No session was begun: ${JSON.stringify(answer.errors)}`);
  return { token, id: session.id, headers: { 'x-session-token': token }, answer };
}

/** The error code of an answer as a whole or of its first error; null when there is none. */
export function codeOf({ errors }: GraphqlAnswer): unknown {
  return errors[0]?.extensions.code ?? null;
}
