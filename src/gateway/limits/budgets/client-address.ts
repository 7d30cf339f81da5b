import { type BlockList, isIPv4, isIPv6 } from 'node:net';

/** An IPv4 address that came over an IPv6 socket. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** More hops than any honest chain has. */
const MAX_HOPS = 20;

/**
 * The address of whoever sent a request: that of the socket, or, while it is one of a trusted proxy, the one that this proxy has added to
 * X-Forwarded-For. What stands further left is whatever the client liked to write.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trusted: BlockList | null,
): string | null {
  let address = plainAddress(socketAddress ?? '');
  if (address === null) return null;
  const hops = (trusted && forwardedFor ? forwardedFor.split(',') : []).slice(-MAX_HOPS);
  while (trusted && isTrusted(trusted, address)) {
    const next = plainAddress(hops.pop()?.trim() ?? '');
    if (next === null) break;
    address = next;
  }
  return address;
}

/** What counts as one caller: an IPv4 address, or the /64 that a provider gives to one customer. */
export function addressKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = '', right = ''] = address.split('%')[0]?.split('::') ?? [];
  const head = left.split(':').filter((group) => group !== '');
  const tail = address.includes('::') ? right.split(':').filter((group) => group !== '') : [];
  const groups = address.includes('::')
    ? [...head, ...Array(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
    : head;
  const network = groups.slice(0, 4).map((group) => Number.parseInt(String(group), 16).toString(16));
  return `${network.join(':')}::/64`;
}

function plainAddress(text: string): string | null {
  const mapped = MAPPED.exec(text)?.[1];
  const address = mapped ?? text;
  return isIPv4(address) || isIPv6(address) ? address : null;
}

function isTrusted(trusted: BlockList, address: string): boolean {
  return trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
