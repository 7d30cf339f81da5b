import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { RequestOrigin } from '../features/access/caller.ts';
import { clientAddress } from './limits/budgets/client-address.ts';

const MAX_USER_AGENT_LENGTH = 300;

/**
 * Where a request came from. The address is the socket's, unless that is a trusted proxy: then the one that the proxy names. Headers such as
 * X-Forwarded-For are otherwise whatever the client likes to write.
 */
export function originOf({ socket, headers }: IncomingMessage, trusted: BlockList | null): RequestOrigin {
  const forwardedFor = headers['x-forwarded-for'];
  return {
    address: clientAddress(
      socket.remoteAddress,
      typeof forwardedFor === 'string' ? forwardedFor : forwardedFor?.join(','),
      trusted,
    ),
    userAgent: headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
  };
}

/** Addresses and networks as settings name them; null when there are none. */
export function trustedProxiesOf(networks: readonly string[]): BlockList | null {
  if (networks.length === 0) return null;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
