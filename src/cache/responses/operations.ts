import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, type OperationDefinitionNode, print } from 'graphql';
import { canonicalJson } from './canonical-json.ts';
import { type DocumentPolicy, type PolicyOptions, policyOf } from './document-policy.ts';
import type { ParsedDocuments } from './parsed-documents.ts';
import { WeightedLru } from './weighted-lru.ts';

/** One operation as a client sent it, understood once for all who send it. */
export interface KnownOperation {
  readonly type: 'query' | 'mutation' | 'subscription';
  /** SHA-256 of schema, document, variables, operation name and extensions in their canonical form. */
  readonly digest: string;
  /** As the document names it; null without a name. */
  readonly name: string | null;
  /** SHA-256 of the document's text as it was sent, in hexadecimal. */
  readonly documentHash: string;
  readonly policy: DocumentPolicy;
  /** Fields of the root, for mutations what they change. */
  readonly rootFields: readonly string[];
}

export interface OperationsOptions extends PolicyOptions {
  /** Changes with the SDL: answers to another schema are never taken. */
  readonly schemaHash: string;
  /** A document that it can not read is left to the server to refuse. */
  readonly parsed: Pick<ParsedDocuments, 'of'>;
  /** How much may be remembered of what was sent, in characters of the requests. */
  readonly maxRememberedCharacters?: number;
}

/** Extensions that tell who made the request, not what is asked. */
const EXTENSIONS_WITHOUT_MEANING: ReadonlySet<string> = new Set(['clientLibrary', 'tracing']);
const PARAMETERS: ReadonlySet<string> = new Set(['query', 'operationName', 'variables', 'extensions']);
const DEFAULT_REMEMBERED_CHARACTERS = 8_000_000;
/** Of the objects that remember it; keeps many tiny requests from counting for nothing. */
const ENTRY_WEIGHT = 500;

interface KnownDocument {
  readonly node: DocumentNode;
  readonly text: string;
  readonly hash: string;
  readonly operations: Map<string, DocumentOperation>;
}

interface DocumentOperation {
  readonly name: string | null;
  readonly type: OperationDefinitionNode['operation'];
  readonly variables: ReadonlySet<string>;
  readonly policy: DocumentPolicy;
  readonly rootFields: readonly string[];
}

interface OperationText {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/**
 * Understands requests: two steps, each remembered. The same text is the same operation, without parsing anything; another text is
 * brought to the canonical form, in which white space, comments, the order of keys and variables that the operation does not declare make
 * no difference. Variables are taken as sent, without the document's defaults: these are part of the document, so they can't be confused.
 */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #requests: WeightedLru<KnownOperation | null>;
  readonly #documents: WeightedLru<KnownDocument | null>;

  constructor(options: OperationsOptions) {
    this.#options = options;
    const weight = options.maxRememberedCharacters ?? DEFAULT_REMEMBERED_CHARACTERS;
    this.#requests = new WeightedLru(weight);
    this.#documents = new WeightedLru(weight);
  }

  /** What a POST's body asks for; `parsed` is the body as JSON, made only when the text was not seen before. Null: not understood. */
  ofBody(text: string, parsed: () => unknown): KnownOperation | null {
    return this.#remembered(`P${text}`, () => fromBody(parsed()));
  }

  /** What a GET's query string asks for. Null: not understood. */
  ofSearch(search: string): KnownOperation | null {
    return this.#remembered(`G${search}`, () => fromSearch(search));
  }

  #remembered(key: string, read: () => OperationText | null): KnownOperation | null {
    const known = this.#requests.get(key);
    if (known !== undefined) return known;
    const text = read();
    const operation = text && this.#understand(text);
    this.#requests.set(key, operation, key.length + ENTRY_WEIGHT);
    return operation;
  }

  #understand({ query, operationName, variables, extensions }: OperationText): KnownOperation | null {
    const document = this.#document(query);
    const operation = document && this.#operation(document, operationName);
    if (!operation) return null;
    const declared = Object.fromEntries(Object.entries(variables).filter(([name]) => operation.variables.has(name)));
    const meant = Object.entries(extensions).filter(([name]) => !EXTENSIONS_WITHOUT_MEANING.has(name));
    const parts = [canonicalJson(declared), canonicalJson(meant)];
    if (parts.includes(null)) return null;
    const canonical = JSON.stringify([this.#options.schemaHash, document.text, operationName, ...parts]);
    const digest = createHash('sha256').update(canonical).digest('base64url');
    const { type, name, policy, rootFields } = operation;
    return { type, digest, name, documentHash: document.hash, policy, rootFields };
  }

  #document(source: string): KnownDocument | null {
    const known = this.#documents.get(source);
    if (known !== undefined) return known;
    const parsed = this.#options.parsed.of(source);
    let document: KnownDocument | null = null;
    if (parsed.kind !== 'unreadable') {
      const hash = createHash('sha256').update(source).digest('hex');
      document = { node: parsed.node, text: print(parsed.node), hash, operations: new Map() };
    }
    // The tree takes some ten times the room of its text.
    this.#documents.set(source, document, source.length * 10 + ENTRY_WEIGHT);
    return document;
  }

  #operation(document: KnownDocument, name: string | null): DocumentOperation | null {
    const known = document.operations.get(name ?? '');
    if (known) return known;
    const operations = document.node.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const node = name === null ? operations[0] : operations.find((one) => one.name?.value === name);
    if (!node || (name === null && operations.length !== 1)) return null;
    const operation: DocumentOperation = {
      type: node.operation,
      name: node.name?.value ?? null,
      variables: new Set(node.variableDefinitions?.map(({ variable }) => variable.name.value)),
      policy: policyOf(document.node, node, this.#options),
      rootFields: node.selectionSet.selections.map((field) => (field.kind === Kind.FIELD ? field.name.value : '…')),
    };
    document.operations.set(name ?? '', operation);
    return operation;
  }
}

function fromBody(body: unknown): OperationText | null {
  if (!isObject(body)) return null;
  return operationText(body.query, body.operationName, body.variables, body.extensions);
}

function fromSearch(search: string): OperationText | null {
  const parameters = new URLSearchParams(search);
  for (const name of PARAMETERS) if (parameters.getAll(name).length > 1) return null;
  try {
    const json = (name: string): unknown => JSON.parse(parameters.get(name) ?? 'null');
    return operationText(
      parameters.get('query'),
      parameters.get('operationName'),
      json('variables'),
      json('extensions'),
    );
  } catch {
    return null;
  }
}

/** Whatever is not exactly as a client would mean it is left to the server. */
function operationText(query: unknown, name: unknown, variables: unknown, extensions: unknown): OperationText | null {
  if (typeof query !== 'string' || query === '') return null;
  if (name != null && (typeof name !== 'string' || name === '')) return null;
  if ((variables != null && !isObject(variables)) || (extensions != null && !isObject(extensions))) return null;
  return { query, operationName: name ?? null, variables: variables ?? {}, extensions: extensions ?? {} };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
