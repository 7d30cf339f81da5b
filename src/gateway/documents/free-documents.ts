import type { DocumentNode } from 'graphql';
import { Kind } from 'graphql';
import type { Logger } from '../../platform/log.ts';
import { withoutValues } from './document-form.ts';
import { hashOf } from './manifest.ts';

export interface FreeDocumentsOptions {
  readonly log: Logger;
  /** Called once for each document that is noted. */
  onNoted(): void;
}

/** So many are told apart. Who has more has something else to do first than to trust each of them. */
const MAX_NOTED = 1_000;
/** Hashes of 64 characters. With more texts than that, values are written in them, and none comes again. */
const MAX_KNOWN_TEXTS = 10_000;
const MAX_LOGGED_CHARACTERS = 2_000;

/** Documents that were sent and are not in the manifest, each logged once, whatever values are written in it, and without them. */
export class FreeDocuments {
  readonly #options: FreeDocumentsOptions;
  readonly #noted = new Set<string>();
  /** Texts whose forms are noted, by their hashes: to find the form takes as long as to print the document. */
  readonly #knownTexts = new Set<string>();

  constructor(options: FreeDocumentsOptions) {
    this.#options = options;
  }

  /** `hash`: of its text. `client`: the name that it gives itself, if it is one that may be logged. */
  note(hash: string, document: DocumentNode, client: string | null): void {
    if (this.#noted.size >= MAX_NOTED || this.#knownTexts.has(hash)) return;
    if (this.#knownTexts.size >= MAX_KNOWN_TEXTS) this.#knownTexts.clear();
    this.#knownTexts.add(hash);
    // Whoever writes values into the text sends another text each time, and is told of once.
    const text = withoutValues(document);
    const form = hashOf(text);
    if (this.#noted.has(form)) return;
    const { log, onNoted } = this.#options;
    this.#noted.add(form);
    onNoted();
    const operations = document.definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION ? [node.name?.value ?? '(no name)'] : [],
    );
    log.warn(
      { hash, operations, client, document: text.slice(0, MAX_LOGGED_CHARACTERS) },
      'A document is not in the manifest of trusted documents.',
    );
    if (this.#noted.size === MAX_NOTED)
      log.warn({ documents: MAX_NOTED }, 'Further documents that are not in the manifest are not logged.');
  }
}
