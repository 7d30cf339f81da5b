import type { ServerResponse } from 'node:http';
import type { StandInAnswer, WireAnswer } from './exchange.ts';
import type { Fault } from './fault.ts';

const DEFAULT_DELAY_MS = 1000;
const DEFAULT_OVERSIZE_BYTES = 64 * 1024 * 1024;

/** Faults whose request the handler never sees; the others answer for work that was really done, so that a write may be lost on the way back. */
export function answersWithoutHandler(fault: Fault): boolean {
  return fault.kind === 'down' || fault.kind === 'hang' || fault.kind === 'status' || fault.kind === 'oversize';
}

/** What a `status` fault answers. */
export function faultAnswer(fault: Fault): StandInAnswer {
  return {
    status: fault.status ?? 503,
    billed: 0,
    ...(fault.headers ? { headers: fault.headers } : {}),
    ...(fault.body === undefined ? {} : { body: fault.body }),
    ...(fault.contentType ? { contentType: fault.contentType } : {}),
  };
}

export function delayOf(fault: Fault): number {
  return fault.delayMs ?? DEFAULT_DELAY_MS;
}

/** Half of the body in a chunked answer that ends properly: HTTP is content, the JSON within is not. */
export function sendTruncated(response: ServerResponse, { status, headers, bytes }: WireAnswer): void {
  response.writeHead(status, headers);
  response.end(bytes.subarray(0, Math.floor(bytes.length / 2)));
}

/** Half of the announced body, then a TCP reset. */
export function sendReset(response: ServerResponse, { status, headers, bytes }: WireAnswer): void {
  response.writeHead(status, { ...headers, 'Content-Length': String(bytes.length) });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    // The peer's kernel drops what it has not read when the reset arrives, so the half body gets a moment to be read.
    setTimeout(() => response.socket?.resetAndDestroy(), 20).unref();
  });
}

/** A valid JSON document of exactly `bytes` bytes (64 MB unless told), sent piece by piece as the client reads. */
export async function sendOversize(response: ServerResponse, fault: Fault): Promise<void> {
  const total = Math.max(fault.bytes ?? DEFAULT_OVERSIZE_BYTES, 2);
  response.writeHead(200, { 'Content-Type': 'application/json;charset=UTF-8', 'Content-Length': String(total) });
  const filler = Buffer.alloc(64 * 1024, 'x');
  response.write('"');
  for (let left = total - 2; left > 0 && !response.destroyed; left -= filler.length) {
    if (!response.write(filler.subarray(0, Math.min(left, filler.length)))) await drained(response);
  }
  response.end('"');
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
  });
}
