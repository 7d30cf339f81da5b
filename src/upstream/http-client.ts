import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Dispatcher, Pool } from 'undici';
import { GatewayError } from '../platform/errors.ts';
import { displayNames } from './call.ts';
import type { AnswerHeaders } from './quota-headers.ts';
import type { PolicedCall, Upstream } from './upstream.ts';

/** An answer whose status was not among the accepted ones, as the source's own translation gets it. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body when it was JSON of a moderate size; for logs and decisions, never for messages. */
  readonly json: unknown;
}

export interface JsonHttpClientOptions<Operation extends string> {
  /** The policy that every call is made under. */
  readonly upstream: Pick<Upstream<Operation>, 'source' | 'call'>;
  /** Scheme, host and port; paths of requests are absolute below it. */
  readonly origin: string;
  /** Sockets at most; `totalConcurrency` of the upstream's endpoint classes, so that none waits for another's. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** A longer answer is cut off with UPSTREAM_BAD_RESPONSE, on the wire and once more inflated; 20 MB unless told. */
  readonly maxResponseBytes?: number;
  /** Sent with every request: authorization, user agent. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a status that is not accepted means for this source. */
  readonly translateFailure: (answer: FailedAnswer, operation: Operation) => GatewayError;
  /** Gets the headers of every answer, failures too, before the call ends. */
  readonly onHeaders?: (headers: AnswerHeaders) => void;
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute path with query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Statuses that mean "there is nothing": the call then gives null. */
  readonly nullStatuses?: readonly number[];
  /** Called when the request is handed to a connection: from then on nobody knows whether it took effect. */
  readonly onSend?: () => void;
}

const DEFAULT_MAX_RESPONSE_BYTES = 20 * 1024 * 1024;
const MAX_FAILURE_BYTES = 64 * 1024;
const inflate = promisify(gunzip);

/**
 * JSON over HTTP to one upstream: a bounded pool of its own, no retries but those of the policy, no redirects, no proxies of the environment.
 * Every call has a deadline and ends in a GatewayError or in `parse`'s answer; bodies of the upstream never reach an error.
 */
export class JsonHttpClient<Operation extends string> {
  readonly #options: JsonHttpClientOptions<Operation>;
  readonly #pool: Pool;

  constructor(options: JsonHttpClientOptions<Operation>) {
    this.#options = options;
    this.#pool = new Pool(options.origin, {
      connections: options.connections,
      pipelining: 1,
      // One request per socket keeps `connections` the bound on calls in flight.
      allowH2: false,
      connect: { timeout: options.connectTimeoutMs },
      keepAliveTimeout: 10_000,
      // The signal of each call holds its deadline.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Sends one request. Null only for a status in `nullStatuses`. A body that `parse` throws on is UPSTREAM_BAD_RESPONSE. */
  async send<Answer>(
    request: JsonRequest,
    call: PolicedCall<Operation>,
    parse: (json: unknown) => Answer,
    countRecords: (answer: Answer) => number = () => 1,
  ): Promise<Answer | null> {
    return this.#options.upstream.call<Answer | null>(
      call,
      (signal) => this.#exchange(request, call.operation, signal, parse),
      (answer) => (answer === null ? 0 : countRecords(answer)),
    );
  }

  /** Waits for nothing: calls in flight end as unavailable. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #exchange<Answer>(
    request: JsonRequest,
    operation: Operation,
    signal: AbortSignal,
    parse: (json: unknown) => Answer,
  ): Promise<Answer | null> {
    signal.throwIfAborted();
    request.onSend?.();
    const answer = await this.#pool.request({
      method: request.method,
      path: request.path,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip',
        ...this.#options.headers,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal,
    });
    this.#options.onHeaders?.(answer.headers);
    return this.#read(request, operation, answer, parse);
  }

  async #read<Answer>(
    request: JsonRequest,
    operation: Operation,
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
      const text = isJson ? await readText(answer, MAX_FAILURE_BYTES) : null;
      if (!isJson) discard(body);
      const json = typeof text === 'string' ? parseJson(text)?.value : undefined;
      throw this.#options.translateFailure({ status: statusCode, headers, json }, operation);
    }
    if (!isJson) {
      // A login page, a maintenance page or a proxy in between: whatever it says, it is not the upstream's API.
      discard(body);
      throw this.#badResponse('UPSTREAM_UNAVAILABLE', 'answered with something that is not JSON');
    }
    const maxBytes = this.#options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
    const text = await readText(answer, maxBytes);
    if (text === tooLong) throw this.#badResponse('UPSTREAM_BAD_RESPONSE', `answered with more than ${maxBytes} bytes`);
    if (text === unreadable) throw this.#badResponse('UPSTREAM_BAD_RESPONSE', 'answered with a damaged body');
    const json = parseJson(text);
    if (!json) throw this.#badResponse('UPSTREAM_BAD_RESPONSE', 'answered with broken JSON');
    try {
      return parse(json.value);
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      throw this.#badResponse('UPSTREAM_BAD_RESPONSE', 'answered in a shape that is not known', error);
    }
  }

  #badResponse(
    code: 'UPSTREAM_BAD_RESPONSE' | 'UPSTREAM_UNAVAILABLE',
    happened: string,
    cause?: unknown,
  ): GatewayError {
    const { source } = this.#options.upstream;
    const message = `${displayNames[source]} ${happened}. Other sources are not affected; try again in a moment.`;
    return new GatewayError(code, message, { source, cause });
  }
}

/** Drops an unread body and its socket; the abort that this raises in the stream is nobody's news. */
function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => {});
  body.destroy();
}

const tooLong = Symbol('longer than allowed');
const unreadable = Symbol('not what its encoding promises');

/** The body as text, inflated where it is compressed: a few bytes can't become more than `maxBytes`. */
async function readText(
  { headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<string | typeof tooLong | typeof unreadable> {
  const bytes = await readBytes(body, maxBytes);
  if (bytes === null) return tooLong;
  const encoding = String(headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase();
  if (encoding === 'identity') return bytes.toString('utf8');
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return unreadable;
  try {
    return (await inflate(bytes, { maxOutputLength: maxBytes })).toString('utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLong : unreadable;
  }
}

/** Null when the body is longer than `maxBytes`; the stream is destroyed then, and its socket with it. */
async function readBytes(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop early destroys the stream.
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}
