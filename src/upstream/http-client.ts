import { type Dispatcher, errors, Pool } from 'undici';
import { GatewayError, type SourceName } from '../platform/errors.ts';
import type { Receipt } from '../platform/receipt.ts';
import { callUpstream, displayNames, type UpstreamDurations } from './call.ts';

/** An answer whose status was not among the accepted ones, as the source's own translation gets it. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body when it was JSON of a moderate size; for logs and decisions, never for messages. */
  readonly json: unknown;
}

export interface JsonHttpClientOptions {
  readonly source: SourceName;
  /** Scheme, host and port; paths of requests are absolute below it. */
  readonly origin: string;
  /** Sockets at most, and with them calls in flight at most; further calls wait for a free one, under their deadline. */
  readonly connections: number;
  readonly deadlineMs: number;
  /** A longer answer is cut off with UPSTREAM_BAD_RESPONSE; 20 MB unless told. */
  readonly maxResponseBytes?: number;
  readonly durations: UpstreamDurations;
  /** Sent with every request: authorization, user agent. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a status that is not accepted means for this source. */
  readonly translateFailure: (answer: FailedAnswer, operation: string) => GatewayError;
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute path with query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Statuses that mean "there is nothing": the call then gives null. */
  readonly nullStatuses?: readonly number[];
}

/** Who a call is made for, and how it is named in metrics. */
export interface JsonCall {
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
  readonly receipts: readonly Receipt[];
  /** The client's deadline unless told. */
  readonly deadlineMs?: number | undefined;
}

const DEFAULT_MAX_RESPONSE_BYTES = 20 * 1024 * 1024;
const MAX_FAILURE_BYTES = 64 * 1024;

/**
 * JSON over HTTP to one upstream: a bounded pool of its own, no retries, no redirects, no proxies of the environment.
 * Every call has a deadline and ends in a GatewayError or in `parse`'s answer; bodies of the upstream never reach an error.
 */
export class JsonHttpClient {
  readonly #options: JsonHttpClientOptions;
  readonly #pool: Pool;

  constructor(options: JsonHttpClientOptions) {
    this.#options = options;
    this.#pool = new Pool(options.origin, {
      connections: options.connections,
      pipelining: 1,
      // One request per socket keeps `connections` the bound on calls in flight.
      allowH2: false,
      connect: { timeout: Math.ceil(options.deadlineMs / 2) },
      keepAliveTimeout: 10_000,
    });
  }

  /** Sends one request. Null only for a status in `nullStatuses`. A body that `parse` throws on is UPSTREAM_BAD_RESPONSE. */
  async send<Answer>(
    request: JsonRequest,
    call: JsonCall,
    parse: (json: unknown) => Answer,
    countRecords: (answer: Answer) => number = () => 1,
  ): Promise<Answer | null> {
    const { source, durations } = this.#options;
    const deadlineMs = call.deadlineMs ?? this.#options.deadlineMs;
    return callUpstream<Answer | null>(
      { source, operation: call.operation, deadlineMs, signal: call.signal, receipts: call.receipts },
      durations,
      (signal) => this.#exchange(request, call.operation, deadlineMs, signal, parse),
      (answer) => (answer === null ? 0 : countRecords(answer)),
    );
  }

  /** Waits for nothing: calls in flight end as unavailable. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #exchange<Answer>(
    request: JsonRequest,
    operation: string,
    deadlineMs: number,
    signal: AbortSignal,
    parse: (json: unknown) => Answer,
  ): Promise<Answer | null> {
    try {
      const answer = await this.#pool.request({
        method: request.method,
        path: request.path,
        headers: {
          accept: 'application/json',
          ...this.#options.headers,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal,
        headersTimeout: deadlineMs,
        bodyTimeout: deadlineMs,
      });
      return await this.#read(request, operation, answer, parse);
    } catch (error) {
      if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
        const message = `${this.#name} did not answer within ${deadlineMs} ms. Other sources are not affected; try again in a moment.`;
        throw new GatewayError('UPSTREAM_TIMEOUT', message, { source: this.#options.source, cause: error });
      }
      throw error;
    }
  }

  async #read<Answer>(
    request: JsonRequest,
    operation: string,
    answer: Dispatcher.ResponseData,
    parse: (json: unknown) => Answer,
  ): Promise<Answer | null> {
    const { statusCode, headers, body } = answer;
    if (request.nullStatuses?.includes(statusCode)) {
      await body.dump({ limit: MAX_FAILURE_BYTES });
      return null;
    }
    const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
    if (statusCode < 200 || statusCode > 299) {
      const json = isJson ? parseJson(await readText(body, MAX_FAILURE_BYTES)) : null;
      if (!isJson) discard(body);
      throw this.#options.translateFailure({ status: statusCode, headers, json: json?.value }, operation);
    }
    if (!isJson) {
      // A login page, a maintenance page or a proxy in between: whatever it says, it is not the upstream's API.
      discard(body);
      throw this.#badResponse('UPSTREAM_UNAVAILABLE', 'answered with something that is not JSON');
    }
    const maxBytes = this.#options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
    const text = await readText(body, maxBytes);
    if (text === null) throw this.#badResponse('UPSTREAM_BAD_RESPONSE', `answered with more than ${maxBytes} bytes`);
    const json = parseJson(text);
    if (!json) throw this.#badResponse('UPSTREAM_BAD_RESPONSE', 'answered with broken JSON');
    try {
      return parse(json.value);
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      throw this.#badResponse('UPSTREAM_BAD_RESPONSE', 'answered in a shape that is not known', error);
    }
  }

  get #name(): string {
    return displayNames[this.#options.source];
  }

  #badResponse(
    code: 'UPSTREAM_BAD_RESPONSE' | 'UPSTREAM_UNAVAILABLE',
    happened: string,
    cause?: unknown,
  ): GatewayError {
    const message = `${this.#name} ${happened}. Other sources are not affected; try again in a moment.`;
    return new GatewayError(code, message, { source: this.#options.source, cause });
  }
}

/** Drops an unread body and its socket; the abort that this raises in the stream is nobody's news. */
function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => {});
  body.destroy();
}

/** Null when the body is longer than `maxBytes`; the stream is destroyed then, and its socket with it. */
async function readText(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop early destroys the stream.
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string | null): { readonly value: unknown } | null {
  if (text === null) return null;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}
