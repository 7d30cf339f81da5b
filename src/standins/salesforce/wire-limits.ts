import type { StandInAnswer, StandInRequest } from '../kit/exchange.ts';

/** What Salesforce takes as request line and headers together, in bytes. */
const MAX_REQUEST_HEAD_BYTES = 16_384;

/** 414 when the URI alone is too long, 431 when it is with its headers; as HTML, as Salesforce's front end writes it. */
export function refuseTooLong(request: StandInRequest): StandInAnswer | null {
  const uriBytes = Buffer.byteLength(request.path);
  if (uriBytes > MAX_REQUEST_HEAD_BYTES) return page(414, 'URI Too Long');
  const headerBytes = Object.entries(request.headers).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(`${name}: ${String(value)}\r\n`),
    0,
  );
  return uriBytes + headerBytes > MAX_REQUEST_HEAD_BYTES ? page(431, 'Request Header Fields Too Large') : null;
}

function page(status: number, reason: string): StandInAnswer {
  return {
    status,
    contentType: 'text/html;charset=UTF-8',
    body: `<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`,
    billed: 0,
  };
}
