import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** A request as a stand-in's handler sees it: read completely, within the size bound. */
export interface StandInRequest {
  /** Upper case. */
  readonly method: string;
  /** Absolute; `url.pathname` is percent-encoded as the client sent it. */
  readonly url: URL;
  /** Path with query exactly as it came over the wire. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: Buffer;
  /** The body as UTF-8. */
  readonly body: string;
}

export interface StandInAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is, undefined as no body, everything else as JSON. */
  readonly body?: unknown;
  /** `application/json;charset=UTF-8` when absent. */
  readonly contentType?: string;
  /** What the call counts against the allowance; 1 when absent. */
  readonly billed?: number;
}

export type StandInHandler = (request: StandInRequest) => StandInAnswer | Promise<StandInAnswer>;

const SMALLEST_GZIPPED_BYTES = 1024;

/** An answer ready to be sent, or to be cut short by a fault. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

export function toWire(answer: StandInAnswer, acceptEncoding: string | undefined): WireAnswer {
  const headers: Record<string, string> = { ...answer.headers };
  if (answer.body === undefined) return { status: answer.status, headers, bytes: Buffer.alloc(0) };
  headers['Content-Type'] = answer.contentType ?? 'application/json;charset=UTF-8';
  const bytes = Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body), 'utf8');
  if (bytes.length < SMALLEST_GZIPPED_BYTES || !/\bgzip\b/.test(acceptEncoding ?? '')) {
    return { status: answer.status, headers, bytes };
  }
  headers['Content-Encoding'] = 'gzip';
  return { status: answer.status, headers, bytes: gzipSync(bytes, { level: 1 }) };
}

export function send(response: ServerResponse, { status, headers, bytes }: WireAnswer): void {
  // A 204 or 304 has no body, and then a Content-Length is forbidden.
  const length = status === 204 || status === 304 ? {} : { 'Content-Length': String(bytes.length) };
  response.writeHead(status, { ...headers, ...length });
  response.end(bytes);
}

/** The whole body, or null when it has more than `maxBytes` bytes. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  // Left open on return: a client that is still writing has to be able to read the refusal.
  for await (const piece of message.iterator({ destroyOnReturn: false })) {
    size += piece.length;
    if (size > maxBytes) {
      message.resume();
      return null;
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
