import { send } from '../http-answer.ts';
import type { Exchange } from '../http-server.ts';

/** Sends an HTML page whose Content-Security-Policy allows what the page needs and nothing else. */
export function sendPage(exchange: Exchange, html: string, policy: readonly string[]): void {
  send(
    exchange.response,
    200,
    {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': policy.join('; '),
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      vary: 'accept',
    },
    html,
  );
}

/** Whether the client is a browser that shows a page, rather than a program that reads JSON. */
export function wantsHtml({ request }: Exchange): boolean {
  return (request.headers.accept ?? '').includes('text/html');
}
