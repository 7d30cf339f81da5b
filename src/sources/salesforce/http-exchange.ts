import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { badAnswer } from './failures.ts';

/** An HTTP request and answer in the shape of jsforce's transports. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface HttpExchangeOptions {
  /** Sockets that may be open at once per host. */
  readonly maxSockets: number;
  /** Bytes of an answer after decompression; a longer one fails with UPSTREAM_BAD_RESPONSE. */
  readonly maxAnswerBytes: number;
}

const unzip = promisify(gunzip);
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * One HTTP exchange at a time over bounded, kept-alive sockets: no retries, no redirects. The signal ends it at any point, while the body
 * arrives too. Stands in for jsforce's own transport, which opens sockets without bound, stops watching the time once headers
 * are there, and lets a connection that breaks in the middle of a body end the whole process.
 */
export class HttpExchange {
  readonly #maxAnswerBytes: number;
  readonly #direct: Agent;
  /** Follows HTTPS_PROXY and NO_PROXY, as an operator expects; made when first needed. */
  #proxied: EnvHttpProxyAgent | undefined;
  readonly #agentOptions: Agent.Options;

  constructor(options: HttpExchangeOptions) {
    this.#maxAnswerBytes = options.maxAnswerBytes;
    this.#agentOptions = {
      connections: options.maxSockets,
      pipelining: 1,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      // The call's own deadline rules; these would only give the same failure another name.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.#direct = new Agent(this.#agentOptions);
  }

  async send(httpRequest: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const response = await request(httpRequest.url, {
      method: httpRequest.method as Dispatcher.HttpMethod,
      headers: { ...httpRequest.headers, 'accept-encoding': 'gzip' },
      body: httpRequest.body ?? null,
      dispatcher: this.#dispatcherFor(httpRequest.url),
      signal,
    });
    const received = await this.#readBounded(response.body);
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
    return {
      statusCode: response.statusCode,
      headers,
      body: (await this.#decompress(received, headers['content-encoding'])).toString('utf8'),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#direct.destroy(), this.#proxied?.destroy()]);
  }

  /** A proxy can't reach this machine's own loopback, whatever the environment says. */
  #dispatcherFor(url: string): Dispatcher {
    if (isLoopback(new URL(url).hostname)) return this.#direct;
    return (this.#proxied ??= new EnvHttpProxyAgent(this.#agentOptions));
  }

  async #readBounded(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop destroys the body and with it the connection.
      if (bytes > this.#maxAnswerBytes) throw this.#tooLong();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async #decompress(received: Buffer, encoding: string | undefined): Promise<Buffer> {
    if (encoding === undefined || encoding === 'identity' || received.length === 0) return received;
    if (encoding !== 'gzip') throw badAnswer(`content-encoding ${encoding}, which was not asked for`);
    try {
      return await unzip(received, { maxOutputLength: this.#maxAnswerBytes });
    } catch (error) {
      if (error instanceof RangeError) throw this.#tooLong();
      throw badAnswer('a gzip body that does not decompress');
    }
  }

  #tooLong() {
    return badAnswer(`an answer of more than ${this.#maxAnswerBytes} bytes`);
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
