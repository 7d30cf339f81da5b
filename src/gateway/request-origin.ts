import type { IncomingMessage } from 'node:http';
import type { RequestOrigin } from '../features/access/caller.ts';

const MAX_USER_AGENT_LENGTH = 300;

/** Where a request came from. The address is the socket's: headers such as X-Forwarded-For are whatever the client likes to write. */
export function originOf({ socket, headers }: IncomingMessage): RequestOrigin {
  return {
    address: socket.remoteAddress ?? null,
    userAgent: headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
  };
}
