import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedDocuments } from '../../cache/responses/parsed-documents.ts';
import { WeightedLru } from '../../cache/responses/weighted-lru.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { AskedRequest } from '../audit/known-subjects.ts';
import { defaultVariableLimits } from '../limits/document-limits.ts';
import type { DocumentJudge } from '../limits/document-verdict.ts';
import { requestKey } from '../limits/request-key.ts';
import { checkVariables } from '../limits/variable-values.ts';
import { CLIENT_NAME_HEADER, clientName } from '../operation-costs/client-name.ts';
import type { FreeDocuments } from './free-documents.ts';
import { hashOf } from './manifest.ts';
import { type NamedDocument, namedDocument, withText } from './named-document.ts';
import type { TrustedSet } from './trusted-set.ts';

/** What came of a request's document: `free` is not in the manifest and is let in, `refused` is not let in. */
export type DocumentOutcome = 'hash' | 'text' | 'free' | 'refused' | 'unknown' | 'mismatch';

export interface DocumentDeskOptions {
  /** `log`: whatever is not in the manifest is let in and noted. */
  readonly mode: 'log' | 'safelist';
  readonly trusted: TrustedSet;
  readonly parsed: Pick<ParsedDocuments, 'of'>;
  readonly judge: Pick<DocumentJudge, 'judge'>;
  readonly free: Pick<FreeDocuments, 'note'>;
  /** Called once per request that names a document. */
  onOutcome(outcome: DocumentOutcome): void;
}

/** A request whose document was looked up: what it is answered as, or why it is not. */
type Decision =
  | { readonly kind: 'asSent'; readonly outcome: DocumentOutcome | null }
  | {
      readonly kind: 'rewritten';
      readonly outcome: DocumentOutcome;
      readonly search: string;
      readonly bodyText: string;
    }
  | { readonly kind: 'refused'; readonly outcome: DocumentOutcome | null; readonly error: GatewayError };

const REMEMBERED_CHARACTERS = 8_000_000;
const ENTRY_WEIGHT = 300;

/**
 * Puts the texts of trusted documents in the place of their hashes, and lets in or refuses what is no trusted document. What leaves the
 * desk names its document by its text alone, so everything behind it, the kept answers among it, sees one request whichever way it was sent.
 */
export class DocumentDesk {
  readonly #options: DocumentDeskOptions;
  #trusted: TrustedSet;
  #known = new WeightedLru<Decision>(REMEMBERED_CHARACTERS);

  constructor(options: DocumentDeskOptions) {
    this.#options = options;
    this.#trusted = options.trusted;
  }

  /** From now on these documents are trusted and no others. */
  trust(trusted: TrustedSet): void {
    this.#trusted = trusted;
    this.#known = new WeightedLru<Decision>(REMEMBERED_CHARACTERS);
  }

  /**
   * Throws PERSISTED_QUERY_NOT_FOUND for a hash that is not in the manifest, DOCUMENT_NOT_TRUSTED, DOCUMENT_HASH_MISMATCH, BAD_REQUEST, and
   * BAD_USER_INPUT or OPERATION_TOO_COMPLEX for variables that can't be taken.
   */
  admit<Asked extends AskedRequest>(asked: Asked, headers: IncomingHttpHeaders): Asked {
    const key = requestKey(asked.isPost, asked.search, asked.bodyText);
    let decision = this.#known.get(key);
    if (decision === undefined) {
      decision = this.#decide(asked, headers);
      const room = decision.kind === 'rewritten' ? decision.search.length + decision.bodyText.length : 0;
      this.#known.set(key, decision, key.length + room + ENTRY_WEIGHT);
    }
    if (decision.outcome !== null) this.#options.onOutcome(decision.outcome);
    if (decision.kind === 'refused') throw decision.error;
    if (decision.kind === 'asSent') return asked;
    const { search, bodyText } = decision;
    let body: unknown;
    return { ...asked, search, bodyText, parsed: () => (body ??= JSON.parse(bodyText) as unknown) };
  }

  #decide(asked: AskedRequest, headers: IncomingHttpHeaders): Decision {
    try {
      const parameters = asked.isPost ? asked.parsed() : parametersIn(asked.search);
      const named = namedDocument(parameters);
      if (named === null || (named.query === null && named.hash === null)) return { kind: 'asSent', outcome: null };
      return this.#decideOn(asked, parameters as Readonly<Record<string, unknown>>, named, headers);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const outcome = error.code === 'DOCUMENT_HASH_MISMATCH' ? 'mismatch' : null;
      return { kind: 'refused', outcome, error };
    }
  }

  #decideOn(
    asked: AskedRequest,
    parameters: Readonly<Record<string, unknown>>,
    { query, hash }: NamedDocument,
    headers: IncomingHttpHeaders,
  ): Decision {
    const trustedText = hash === null ? null : this.#trusted.textOf(hash);
    if (query === null && trustedText === null) return { kind: 'refused', outcome: 'unknown', error: notFound() };
    const text = trustedText ?? query ?? '';
    const outcome = trustedText === null ? this.#outcomeOf(text, headers) : 'hash';
    if (outcome === 'refused') return { kind: 'refused', outcome, error: notTrusted() };
    if (hash === null) return { kind: 'asSent', outcome };
    // JSON nests deeper than it can be written again.
    checkVariables(parameters, defaultVariableLimits);
    if (!asked.isPost) return { kind: 'rewritten', outcome, search: searchWithText(asked.search, text), bodyText: '' };
    const bodyText = JSON.stringify(withText(parameters, text));
    return { kind: 'rewritten', outcome, search: asked.search, bodyText };
  }

  /** Of a document that came as text. What breaks a limit or is no GraphQL is left to whoever refuses it, unless nothing free is let in. */
  #outcomeOf(text: string, headers: IncomingHttpHeaders): DocumentOutcome {
    const { mode, judge, parsed, free } = this.#options;
    const hash = hashOf(text);
    if (this.#trusted.textOf(hash) !== null) return 'text';
    const isFree = mode === 'log';
    const document = judge.judge(text).kind === 'measured' ? parsed.of(text) : null;
    if (document?.kind !== 'document') return isFree ? 'free' : 'refused';
    if (this.#trusted.hasForm(document.node)) return 'text';
    if (!isFree) return 'refused';
    const client = headers[CLIENT_NAME_HEADER];
    free.note(hash, document.node, typeof client === 'string' ? clientName(client) : null);
    return 'free';
  }
}

function parametersIn(search: string): Readonly<Record<string, unknown>> {
  const parameters = new URLSearchParams(search);
  const plain = Object.fromEntries(['query', 'documentId'].map((name) => [name, parameters.get(name)]));
  try {
    return { ...plain, extensions: JSON.parse(parameters.get('extensions') ?? 'null') as unknown };
  } catch {
    // The server says what is wrong with it.
    return plain;
  }
}

/** The query string with the document's text in the place of its hash, everything else as it was. */
function searchWithText(search: string, text: string): string {
  const parameters = new URLSearchParams(search);
  const { extensions } = withText(parametersIn(search), text);
  for (const name of ['documentId', 'extensions']) parameters.delete(name);
  if (extensions !== undefined) parameters.set('extensions', JSON.stringify(extensions));
  parameters.set('query', text);
  return `?${parameters}`;
}

/** In the very words that clients look for before they send the text as well. */
function notFound(): GatewayError {
  return new GatewayError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', {
    details: { reason: 'No trusted document has this hash, and a request can not add any.' },
  });
}

function notTrusted(): GatewayError {
  return new GatewayError(
    'DOCUMENT_NOT_TRUSTED',
    'This gateway answers only documents that are in its manifest, and this one is not. Have it added there, or ask for what a trusted document asks for.',
  );
}
