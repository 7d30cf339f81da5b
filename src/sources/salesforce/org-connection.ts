import { PassThrough } from 'node:stream';
import { Connection, OAuth2, StreamPromise } from 'jsforce/lib/core.js';
import { Transport } from 'jsforce/lib/transport.js';
import { GatewayError } from '../../platform/errors.ts';
import type { SalesforceSettings } from '../../platform/settings.ts';
import { parseRetryAfter } from '../../upstream/retry-after.ts';
import { badAnswer, failureOf, SalesforceFailure, toGatewayError } from './failures.ts';
import type { HttpAnswer, HttpExchange, HttpRequest } from './http-exchange.ts';
import { toId18 } from './ids.ts';
import { instanceOrigin } from './instance-address.ts';
import { signAssertion } from './jwt-assertion.ts';

/** A request to the org: a path below the instance, JSON in a body. */
export interface OrgRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The one session with the org: jsforce addresses, authorises and parses. The only file that knows jsforce. */
export class OrgConnection {
  /** 18-character id of the user that the session is of; null where the sign-in did not tell. */
  readonly userId: string | null;
  readonly #connection: Connection;
  readonly #exchange: HttpExchange;

  constructor(connection: Connection, exchange: HttpExchange, userId: string | null) {
    this.#connection = connection;
    this.#exchange = exchange;
    this.userId = userId;
  }

  /**
   * Sends once. Gives a JSON object or array, {} for an answer without content; fails with a GatewayError for an answer that is an error or no JSON, with undici's own error
   * when there was no answer. `observe` sees every answer, failed ones too.
   */
  async send(request: OrgRequest, signal: AbortSignal, observe: (answer: HttpAnswer) => void): Promise<object> {
    const transport = new ExchangeTransport(this.#exchange, signal);
    try {
      const body: unknown = await this.#connection.request(
        {
          method: request.method,
          url: request.path,
          ...(request.body === undefined ? {} : { body: request.body }),
          headers: {
            ...request.headers,
            ...(request.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
          },
        },
        { transport, noContentResponse: {} },
      );
      // jsforce hands on the text of what it could not parse.
      if (typeof body !== 'object' || body === null) throw badAnswer('an answer that is no JSON');
      return body;
    } catch (error) {
      if (error instanceof GatewayError || !transport.answer) throw error;
      throw toGatewayError(
        failureOf(dataOf(error), transport.answer.statusCode),
        retryAfterSecondsOf(transport.answer),
      );
    } finally {
      if (transport.answer) observe(transport.answer);
    }
  }
}

/**
 * Signs in by client credentials or JWT bearer. Fails with UPSTREAM_AUTHENTICATION_FAILED when Salesforce refuses the credentials;
 * no message holds any of them.
 */
export async function signIn(
  settings: SalesforceSettings,
  exchange: HttpExchange,
  nowMs: number,
  signal: AbortSignal,
): Promise<OrgConnection> {
  const transport = new ExchangeTransport(exchange, signal);
  try {
    const oauth = new OAuth2({ loginUrl: settings.loginUrl });
    oauth._transport = transport;
    const token: { access_token?: unknown; instance_url?: unknown; id?: unknown } = await oauth.requestToken(
      grantOf(settings, nowMs),
    );
    const instanceUrl = instanceOrigin(token?.instance_url, settings.loginUrl);
    if (typeof token?.access_token !== 'string' || instanceUrl === null) {
      throw badAnswer('a token answer without access_token, or with an instance_url that is no host of Salesforce');
    }
    // Without OAuth settings jsforce installs no refresh of its own, which would repeat for as long as 401s come.
    const connection = new Connection({
      instanceUrl,
      accessToken: token.access_token,
      version: settings.apiVersion,
    });
    return new OrgConnection(connection, exchange, userIdOf(token.id));
  } catch (error) {
    if (error instanceof GatewayError || !transport.answer) throw error;
    throw signInFailure(error, transport.answer);
  }
}

/** jsforce's way to HTTP for one call: keeps the answer, of which jsforce passes neither status nor headers on. */
class ExchangeTransport extends Transport {
  answer: HttpAnswer | null = null;
  readonly #exchange: HttpExchange;
  readonly #signal: AbortSignal;

  constructor(exchange: HttpExchange, signal: AbortSignal) {
    super();
    this.#exchange = exchange;
    this.#signal = signal;
  }

  override httpRequest(request: Parameters<Transport['httpRequest']>[0]): StreamPromise<HttpAnswer> {
    return StreamPromise.create(() => ({
      stream: new PassThrough(),
      promise: this.#exchangeOnce(request as HttpRequest),
    }));
  }

  async #exchangeOnce(request: HttpRequest): Promise<HttpAnswer> {
    this.answer = await this.#exchange.send(request, this.#signal);
    return this.answer;
  }
}

/** What the token endpoint is sent. */
function grantOf(settings: SalesforceSettings, nowMs: number): { grant_type: string; [name: string]: string } {
  const { clientId, credentials, loginUrl } = settings;
  if (credentials.kind === 'clientCredentials') {
    return { grant_type: 'client_credentials', client_id: clientId, client_secret: credentials.clientSecret };
  }
  const claims = { clientId, username: credentials.username, audience: loginUrl, nowMs };
  try {
    const assertion = signAssertion(claims, credentials.privateKeyPem);
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  } catch {
    // The reason is left out because it may quote the key.
    throw toGatewayError(new SalesforceFailure('INVALID_AUTH_HEADER', 'SALESFORCE_PRIVATE_KEY is no RSA key', null));
  }
}

/** OAuth refusals are 400 and 401 with an `error` of their own vocabulary; jsforce keeps it as the error's name. */
function signInFailure(error: unknown, answer: HttpAnswer): GatewayError {
  const refused = answer.statusCode >= 400 && answer.statusCode < 500 && answer.statusCode !== 429;
  // jsforce puts a body that is no OAuth error (a whole page, say) into the message, and JSON without `error` leaves no name at all.
  const name: unknown = error instanceof Error ? error.name : undefined;
  const documented = error instanceof Error && typeof name === 'string' && !name.startsWith('ERROR_HTTP_');
  const failure = new SalesforceFailure(
    refused ? 'INVALID_AUTH_HEADER' : `ERROR_HTTP_${answer.statusCode}`,
    `sign-in failed: ${documented ? `${error.name}: ${error.message}` : 'no OAuth error in the answer'}`,
    answer.statusCode,
  );
  return toGatewayError(failure, retryAfterSecondsOf(answer));
}

/** jsforce keeps the parsed error body in `data`: one error, or several in a list. */
function dataOf(error: unknown): unknown {
  return error instanceof Error && 'data' in error ? error.data : null;
}

function retryAfterSecondsOf(answer: HttpAnswer): number | undefined {
  const seconds = parseRetryAfter(answer.headers['retry-after'], Date.now());
  return seconds === undefined || seconds <= 0 ? undefined : seconds;
}

/** Of the identity URL, `https://login.salesforce.com/id/<organisation>/<user>`. */
function userIdOf(identityUrl: unknown): string | null {
  const last = typeof identityUrl === 'string' ? identityUrl.slice(identityUrl.lastIndexOf('/') + 1) : '';
  return toId18(last);
}
