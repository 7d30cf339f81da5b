import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleAdmin } from './admin.ts';
import { createCallLog } from './call-log.ts';
import { readBody, type StandInAnswer, type StandInHandler, type StandInRequest, send, toWire } from './exchange.ts';
import type { Fault, RecordedCall, StandIn } from './fault.ts';
import { FaultQueue } from './fault-queue.ts';
import { answersWithoutHandler, delayOf, faultAnswer, sendOversize, sendReset, sendTruncated } from './strike.ts';

export interface StandInServerOptions {
  /** Answers every request but `/__admin/…`; what it throws becomes a 500 that names the message. */
  readonly handle: StandInHandler;
  /** 0 (default): a free port. */
  readonly port?: number;
  /** Longer request bodies are answered 413. 16 MB when absent. */
  readonly maxBodyBytes?: number;
  /** Request line and headers that the server itself takes before it answers 431; a handler may be stricter. 128 KB when absent. */
  readonly maxHeaderBytes?: number;
  /** Which paths are sign-in calls: recorded, but never counted. */
  readonly isSignIn?: (path: string) => boolean;
  /** Compress answers over 1 KB for clients that accept gzip. Off when absent. */
  readonly gzip?: boolean;
}

const DEFAULT_MAX_BODY_BYTES = 16 * 1024 * 1024;
const DEFAULT_MAX_HEADER_BYTES = 128 * 1024;

/** Starts an HTTP server on 127.0.0.1 that records its calls and takes faults. Rejects when the port can't be had. */
export async function startStandInServer(options: StandInServerOptions): Promise<StandIn> {
  const log = createCallLog(options.isSignIn ?? (() => false));
  const faults = new FaultQueue();
  const timers = new Set<NodeJS.Timeout>();
  let url = '';

  const server = createServer(
    { maxHeaderSize: options.maxHeaderBytes ?? DEFAULT_MAX_HEADER_BYTES },
    (message, response) => {
      serve(message, response).catch(() => response.destroy());
    },
  );

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = message.method ?? 'GET';
    const path = message.url ?? '/';
    const rawBody = await readBody(message, options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
    const body = rawBody?.toString('utf8') ?? '';
    if (path.startsWith('/__admin/')) {
      const request = toRequest(message, rawBody ?? Buffer.alloc(0), body);
      return send(response, toWire(handleAdmin(request, log.calls, faults), undefined));
    }
    const call = log.record({ method, path, body });
    if (rawBody === null) return refuseTooLarge(call, response);
    const fault = faults.take(method, path);
    if (fault && answersWithoutHandler(fault)) {
      if (fault.carriedOut) await handled(toRequest(message, rawBody, body));
      return answerByFault(fault, call, message, response);
    }
    const answer = await handled(toRequest(message, rawBody, body));
    call.billed = answer.billed ?? 1;
    if (fault?.kind === 'slow') await wait(delayOf(fault), response);
    deliver(answer, fault, call, message, response);
  }

  function toRequest(message: IncomingMessage, rawBody: Buffer, body: string): StandInRequest {
    const path = message.url ?? '/';
    return {
      method: message.method ?? 'GET',
      url: new URL(`${url}${path}`),
      path,
      headers: message.headers,
      rawBody,
      body,
    };
  }

  async function handled(request: StandInRequest): Promise<StandInAnswer> {
    try {
      return await options.handle(request);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return {
        status: 500,
        body: `The stand-in failed to answer ${request.method} ${request.path}: ${reason}`,
        contentType: 'text/plain',
      };
    }
  }

  function deliver(
    answer: StandInAnswer,
    fault: Fault | undefined,
    call: RecordedCall,
    message: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (response.destroyed) return;
    const wire = toWire(answer, options.gzip ? message.headers['accept-encoding'] : undefined);
    // A reset leaves status 0: the client has an answer of no use.
    if (fault?.kind !== 'reset') call.status = wire.status;
    if (fault?.kind === 'reset') sendReset(response, wire);
    else if (fault?.kind === 'truncated') sendTruncated(response, wire);
    else send(response, wire);
  }

  async function answerByFault(
    fault: Fault,
    call: RecordedCall,
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (fault.kind === 'hang') return;
    if (fault.kind === 'down') {
      response.socket?.destroy();
      return;
    }
    if (fault.kind === 'oversize') {
      call.status = 200;
      return sendOversize(response, fault);
    }
    if (fault.delayMs !== undefined) await wait(fault.delayMs, response);
    deliver(faultAnswer(fault), fault, call, message, response);
  }

  /** Ends early when the client goes away or the server closes. */
  function wait(delayMs: number, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        timers.delete(timer);
        response.off('close', finish);
        resolve();
      };
      const timer = setTimeout(finish, delayMs);
      timers.add(timer);
      response.on('close', finish);
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  let closed: Promise<void> | undefined;
  return {
    url,
    calls: log.calls,
    faults: { add: (fault) => faults.add(fault), clear: () => faults.clear() },
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const timer of timers) clearTimeout(timer);
      });
      return closed;
    },
  };
}

function refuseTooLarge(call: RecordedCall, response: ServerResponse): void {
  call.status = 413;
  const body = 'The request body is over the limit of this server. Send less at once.';
  send(response, toWire({ status: 413, body, contentType: 'text/plain', headers: { Connection: 'close' } }, undefined));
}
