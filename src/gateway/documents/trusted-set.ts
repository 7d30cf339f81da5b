import { type DocumentNode, parse } from 'graphql';
import { formOf } from './document-form.ts';
import { hashOf, type TrustedDocument } from './manifest.ts';

/** The documents of one manifest, found by hash and by what they ask for. */
export class TrustedSet {
  readonly documents: readonly TrustedDocument[];
  readonly #byHash: ReadonlyMap<string, TrustedDocument>;
  readonly #forms: ReadonlySet<string>;

  constructor(documents: readonly TrustedDocument[]) {
    this.documents = documents;
    this.#byHash = new Map(documents.map((document) => [document.id, document]));
    this.#forms = new Set(documents.map(({ body }) => hashOf(formOf(parse(body, { noLocation: true })))));
  }

  /** The text of the document with this hash; null: it is not trusted. */
  textOf(hash: string): string | null {
    return this.#byHash.get(hash)?.body ?? null;
  }

  /** Whether some trusted document asks for the same. The document must not be nested too deeply to be printed. */
  hasForm(document: DocumentNode): boolean {
    return this.#forms.has(hashOf(formOf(document)));
  }
}
