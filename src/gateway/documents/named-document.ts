import { GatewayError } from '../../platform/errors.ts';
import { hashOf } from './manifest.ts';

/** A request's document as far as it is named: by its text, by its hash, or both. */
export interface NamedDocument {
  readonly query: string | null;
  /** SHA-256, 64 hex digits in lower case. */
  readonly hash: string | null;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Of a POST's body or of a GET's parameters. The hash is told as `extensions.persistedQuery.sha256Hash` (Apollo's clients), as `documentId`
 * (GraphQL over HTTP), or both. Null for what is no request at all; the server says why. Throws BAD_REQUEST, and
 * DOCUMENT_HASH_MISMATCH when what is named is not one document.
 */
export function namedDocument(parameters: unknown): NamedDocument | null {
  if (!isObject(parameters)) return null;
  const { query, documentId, extensions } = parameters;
  if (query != null && typeof query !== 'string') return null;
  const hashes = [hashInExtensions(extensions), hashInId(documentId)].filter((hash) => hash !== null);
  const [hash = null] = hashes;
  const text = query == null || query === '' ? null : query;
  if (hashes.some((one) => one !== hash) || (hash !== null && text !== null && hash !== hashOf(text)))
    throw new GatewayError(
      'DOCUMENT_HASH_MISMATCH',
      'The hash is not the SHA-256 of the document that comes with it, so it is not clear which document is meant. Hash the very text that is sent, or send the hash alone.',
    );
  return { query: text, hash };
}

/** The same request, with the document's text in the place of its hash. */
export function withText(parameters: Json, text: string): Json {
  const { documentId: _, extensions, ...rest } = parameters;
  const { persistedQuery: __, ...others } = isObject(extensions) ? extensions : {};
  return { ...rest, query: text, ...(Object.keys(others).length > 0 ? { extensions: others } : {}) };
}

function hashInExtensions(extensions: unknown): string | null {
  const persisted = isObject(extensions) ? extensions.persistedQuery : null;
  if (persisted == null) return null;
  const { version, sha256Hash } = isObject(persisted) ? persisted : {};
  if (version !== 1)
    throw new GatewayError('BAD_REQUEST', '`extensions.persistedQuery.version` has to be 1; there is no other.');
  return checkedHash(sha256Hash, '`extensions.persistedQuery.sha256Hash`');
}

function hashInId(id: unknown): string | null {
  if (id == null) return null;
  return checkedHash(typeof id === 'string' ? id.replace(/^sha256:/, '') : id, '`documentId`');
}

function checkedHash(value: unknown, place: string): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
  throw new GatewayError(
    'BAD_REQUEST',
    `${place} has to be the SHA-256 of a document: 64 hex digits in lower case. Other identifiers are not known here.`,
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
