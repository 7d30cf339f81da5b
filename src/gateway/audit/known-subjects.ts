import { type DocumentNode, type GraphQLSchema, Kind, OperationTypeNode } from 'graphql';
import type { ParsedDocuments } from '../../cache/responses/parsed-documents.ts';
import { WeightedLru } from '../../cache/responses/weighted-lru.ts';
import { askedByBody, askedBySearch } from '../limits/asked-operation.ts';
import { requestKey } from '../limits/request-key.ts';
import { type OperationSubject, subjectOf } from './operation-subject.ts';

/** A request for an operation, as it came. */
export interface AskedRequest {
  readonly isPost: boolean;
  /** Query string with its `?`, or empty. */
  readonly search: string;
  /** Of a POST. */
  readonly bodyText: string;
  /** The body as JSON, looked at only when it is new. */
  parsed(): unknown;
}

/** A subject with what of its entries is always the same, as JSON. Without fields: what it is about can't be told. */
export interface KnownSubject extends OperationSubject {
  /** Members of an entry about all of its fields. */
  readonly json: string;
  /** The member of its details that tells the names of its records, with a comma before it; empty where there are none. */
  readonly namesJson: string;
}

const REMEMBERED_CHARACTERS = 8_000_000;
const ENTRY_WEIGHT = 600;

/** What requests are about, remembered by their text. */
export class KnownSubjects {
  readonly #schema: GraphQLSchema;
  readonly #parsed: Pick<ParsedDocuments, 'of'>;
  readonly #known = new WeightedLru<KnownSubject>(REMEMBERED_CHARACTERS);

  constructor(schema: GraphQLSchema, parsed: Pick<ParsedDocuments, 'of'>) {
    this.#schema = schema;
    this.#parsed = parsed;
  }

  of(request: AskedRequest): KnownSubject {
    const key = requestKey(request.isPost, request.search, request.bodyText);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const subject = this.#understand(request);
    this.#known.set(key, subject, key.length + ENTRY_WEIGHT);
    return subject;
  }

  #understand({ isPost, search, parsed }: AskedRequest): KnownSubject {
    let node: DocumentNode | null = null;
    try {
      const { query, operationName, variables } = isPost ? askedByBody(parsed()) : askedBySearch(search);
      const document = query === null ? null : this.#parsed.of(query);
      if (document?.kind !== 'document') return unknownSubject(null);
      node = document.node;
      const subject = subjectOf(this.#schema, node, operationName, variables);
      return subject && subject.fields.length > 0 ? { ...subject, ...jsonOf(subject) } : unknownSubject(node);
    } catch {
      // Whoever refuses it says why.
      return unknownSubject(node);
    }
  }
}

/** What can not be told, because it will be refused, most likely. Should it be carried out all the same, nothing that it may be is taken for less. */
export function unknownSubject(document: DocumentNode | null): KnownSubject {
  const mayChange = document?.definitions.some(
    (node) => node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.MUTATION,
  );
  const json = '"actions":["operation"],"resourceType":null,"resourceId":null';
  const type = mayChange ? OperationTypeNode.MUTATION : OperationTypeNode.QUERY;
  return { type, fields: [], records: { resourceType: null, resourceId: null, names: [] }, json, namesJson: '' };
}

function jsonOf({ fields, records }: OperationSubject): Pick<KnownSubject, 'json' | 'namesJson'> {
  const actions = [...new Set(fields.map(({ field }) => field))];
  const { resourceType, resourceId, names } = records;
  return {
    json: JSON.stringify({ actions, resourceType, resourceId }).slice(1, -1),
    namesJson: names.length === 0 ? '' : `,${JSON.stringify({ names }).slice(1, -1)}`,
  };
}
