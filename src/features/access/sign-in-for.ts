import { GatewayError } from '../../platform/errors.ts';
import type { RoleName } from '../../platform/settings.ts';

/** What a caller without credentials is told where somebody who has signed in may do it. `what`: begins the sentence. */
export function signInFor(what: string, role: RoleName): GatewayError {
  return new GatewayError(
    'UNAUTHENTICATED',
    `${what} needs the role ${role}, and this request has no credentials. Sign in: send a bearer token or a session token of somebody who has the role.`,
  );
}
