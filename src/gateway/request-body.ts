import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../platform/errors.ts';
import type { BodyPlace } from './body-room.ts';
import { defaultVariableLimits } from './limits/document-limits.ts';
import { checkJsonText } from './limits/json-text.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** How much of a refused body is still read and thrown away, so that the client gets to read the refusal instead of a reset connection. */
const MAX_DISCARDED_BYTES = 64 * 1_048_576;
const MAX_DISCARD_MS = 5_000;

/**
 * The text of a JSON request's body. Throws UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE or BAD_REQUEST; a body that says it is too long is
 * refused before it is read; OVERLOADED when there is no room for it. The caller answers a refusal and then calls `discardBody`.
 */
export async function readBodyText(request: IncomingMessage, maxBytes: number, place: BodyPlace): Promise<string> {
  checkMediaType(request);
  const bytes = await readBodyBytes(request, maxBytes, place);
  if (bytes.length === 0) throw new GatewayError('BAD_REQUEST', 'The body is empty. Send {"query": "…"} as JSON.');
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new GatewayError('BAD_REQUEST', 'The body is not valid UTF-8. Encode the JSON as UTF-8.');
  }
}

/** The JSON that a body's text is. Throws BAD_REQUEST, and OPERATION_TOO_COMPLEX for more values than any variables may have, before it parses them. */
export function parseBody(text: string): unknown {
  checkJsonText(text, defaultVariableLimits);
  const body = jsonOf(text);
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0)
    throw new GatewayError(
      'BAD_REQUEST',
      'The body names no operation. Send {"query": "…", "variables": {…}} as JSON.',
    );
  return body;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError('BAD_REQUEST', 'The body is not valid JSON. Send {"query": "…", "variables": {…}}.');
  }
}

function checkMediaType(request: IncomingMessage): void {
  const [mediaType = '', ...parameters] = (request.headers['content-type'] ?? '').split(';');
  if (mediaType.trim().toLowerCase() !== 'application/json') {
    const sent = mediaType.trim() === '' ? 'no content-type' : 'another content-type';
    throw new GatewayError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The request carries ${sent}, but /graphql takes application/json. Send \`content-type: application/json\`.`,
    );
  }
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim().toLowerCase() !== 'charset') continue;
    const charset = value.trim().replaceAll('"', '').toLowerCase();
    if (charset !== 'utf-8' && charset !== 'utf8')
      throw new GatewayError(
        'BAD_REQUEST',
        'The content-type names a charset other than UTF-8. JSON is sent as UTF-8; leave the charset out or name utf-8.',
      );
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity')
    throw new GatewayError(
      'UNSUPPORTED_MEDIA_TYPE',
      'The body is compressed, which /graphql does not take. Send it without a content-encoding.',
    );
}

/** The bytes of a body as they came. Throws PAYLOAD_TOO_LARGE, BAD_REQUEST or OVERLOADED; as for the text otherwise. */
export async function readBodyBytes(request: IncomingMessage, maxBytes: number, place: BodyPlace): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (finish: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      finish();
      chunks.length = 0;
      place.leave();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      try {
        if (length > maxBytes) throw tooLarge(maxBytes);
        place.add(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const onEnd = (): void =>
      settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    const onGone = (): void =>
      settle(() => reject(new GatewayError('BAD_REQUEST', 'The connection ended before the whole body had arrived.')));
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'PAYLOAD_TOO_LARGE',
    `The body is longer than the ${maxBytes} bytes that one request may have. Send less at once, in several requests.`,
    { details: { maxBytes } },
  );
}

/** Reads what is left of a refused body to nowhere, bounded in bytes and time; resolves when it is over. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    let discarded = 0;
    const timer = setTimeout(resolve, MAX_DISCARD_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.on('data', (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded > MAX_DISCARDED_BYTES) done();
    });
    request.on('end', done).on('error', done).on('close', done);
    request.resume();
  });
}
