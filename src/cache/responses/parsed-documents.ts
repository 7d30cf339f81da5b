import { type DocumentNode, parse } from 'graphql';
import { WeightedLru } from './weighted-lru.ts';

/** The tree takes some ten times the room of its text. */
const ROOM_PER_CHARACTER = 10;
/** Of the objects that remember it; keeps many tiny documents from counting for nothing. */
const ENTRY_WEIGHT = 500;

/** A document, or what its parser threw: a GraphQLError, or a RangeError for one that is nested too deeply. */
export type ParsedDocument =
  | { readonly kind: 'document'; readonly node: DocumentNode }
  | { readonly kind: 'unreadable'; readonly error: unknown };

/** Documents as clients sent them, parsed once for all who look at them before the server does. Positions in the text are left out. */
export class ParsedDocuments {
  readonly #maxTokens: number;
  readonly #documents: WeightedLru<ParsedDocument>;

  /** `maxTokens`: a longer document counts as one that can not be read. `maxCharacters` bounds what is remembered. */
  constructor(maxTokens: number, maxCharacters = 8_000_000) {
    this.#maxTokens = maxTokens;
    this.#documents = new WeightedLru(maxCharacters);
  }

  /** The same text gives the same tree while it is remembered. */
  of(source: string): ParsedDocument {
    const known = this.#documents.get(source);
    if (known !== undefined) return known;
    const document = this.#parse(source);
    this.#documents.set(source, document, source.length * ROOM_PER_CHARACTER + ENTRY_WEIGHT);
    return document;
  }

  #parse(source: string): ParsedDocument {
    try {
      return { kind: 'document', node: parse(source, { noLocation: true, maxTokens: this.#maxTokens }) };
    } catch (error) {
      return { kind: 'unreadable', error };
    }
  }
}
