import { existsSync, readFileSync } from 'node:fs';
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';
import { sortedDocument } from '../src/gateway/documents/document-form.ts';
import { documentProblems, placeOf } from '../src/gateway/documents/document-problems.ts';
import {
  hashOf,
  ManifestError,
  manifestText,
  readManifest,
  type TrustedDocument,
} from '../src/gateway/documents/manifest.ts';
import type { DocumentJudge } from '../src/gateway/limits/document-verdict.ts';
import { openLimits } from '../src/gateway/limits/open-limits.ts';
import { resolverMaps } from '../src/gateway/resolvers.ts';
import { buildSchema, readSchemaDocuments } from '../src/gateway/schema.ts';
import { loadConfig } from '../src/platform/config.ts';
import { type ClientDefinitions, type ClientSource, describeProblem, readClient } from './client-documents.ts';

export const MANIFEST_FILE = 'trusted-documents.json';

/** The client whose documents are in this repository: built anew each time. */
const OWN_CLIENT: ClientSource = { name: 'examples', path: 'examples' };

export interface BuiltManifest {
  readonly text: string;
  readonly documents: readonly TrustedDocument[];
  /** `file:line: what is wrong`. With any of them nothing is to be written. */
  readonly problems: readonly string[];
}

/** The manifest as it is in the repository; null without one. */
export function committedManifest(): string | null {
  return existsSync(MANIFEST_FILE) ? readFileSync(MANIFEST_FILE, 'utf8') : null;
}

/**
 * The manifest with the documents of the examples and of these clients as their files have them now, of all other clients as `committed` has
 * them, and without those of `forgotten` clients. All of them are held against the schema and the limits as they are now.
 */
export function buildManifest(
  committed: string | null,
  clients: readonly ClientSource[] = [],
  forgotten: readonly string[] = [],
): BuiltManifest {
  const builder = new ManifestBuilder();
  const sources = [OWN_CLIENT, ...clients];
  const replaced = new Set([...sources.map(({ name }) => name), ...forgotten]);
  if (committed !== null) builder.addCommitted(committed, replaced);
  for (const source of sources) builder.addClient(source.name, readClient(source));
  return builder.build();
}

class ManifestBuilder {
  readonly #documents = new Map<string, TrustedDocument>();
  readonly #problems: string[] = [];
  readonly #schema: GraphQLSchema;
  readonly #judge: DocumentJudge;

  constructor() {
    this.#schema = buildSchema(readSchemaDocuments(), resolverMaps(true));
    this.#judge = openLimits({ schema: this.#schema, settings: loadConfig({}).operations }).judge;
  }

  addCommitted(text: string, replaced: ReadonlySet<string>): void {
    try {
      for (const document of readManifest(text)) {
        const clients = document.clients.filter((client) => !replaced.has(client));
        if (clients.length > 0) this.#addReady(`${MANIFEST_FILE} (${clients.join(', ')})`, { ...document, clients });
      }
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      this.#problems.push(...error.problems.map((problem) => `${MANIFEST_FILE}: ${problem}`));
    }
  }

  addClient(client: string, definitions: ClientDefinitions): void {
    this.#problems.push(...definitions.problems);
    for (const { file, document } of definitions.ready) this.#addReady(file, { ...document, clients: [client] });
    for (const operation of definitions.operations) this.#addOperation(client, operation, definitions.fragments);
  }

  build(): BuiltManifest {
    const documents = [...this.#documents.values()];
    return { text: manifestText(documents), documents, problems: this.#problems };
  }

  #addReady(file: string, document: TrustedDocument): void {
    this.#check(parse(document.body, { noLocation: true }), `${file}, ${document.name}`);
    this.#add(document);
  }

  #addOperation(
    client: string,
    node: OperationDefinitionNode,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ): void {
    if (!node.name) {
      const message = `The ${node.operation} has no name. Name it, so that logs and manifests can tell of it.`;
      this.#problems.push(describeProblem({ message, place: placeOf(node) }, client));
      return;
    }
    const needed = new Map<string, FragmentDefinitionNode>();
    addNeeded(node, fragments, needed);
    const document = sortedDocument({ kind: Kind.DOCUMENT, definitions: [node, ...needed.values()] });
    this.#check(document, client);
    const body = print(document);
    this.#add({ id: hashOf(body), name: node.name.value, type: node.operation, body, clients: [client] });
  }

  #check(document: DocumentNode, otherwise: string): void {
    const problems = documentProblems(document, this.#schema, this.#judge);
    this.#problems.push(...problems.map((problem) => describeProblem(problem, otherwise)));
  }

  /** The same document of two clients is one. */
  #add(document: TrustedDocument): void {
    const clients = this.#documents.get(document.id)?.clients ?? [];
    this.#documents.set(document.id, { ...document, clients: [...clients, ...document.clients] });
  }
}

/** Fragments that a definition spreads, and those that these spread. One that is not there is left to validation. */
function addNeeded(
  node: DefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  needed: Map<string, FragmentDefinitionNode>,
): void {
  visit(node, {
    FragmentSpread: ({ name }) => {
      const fragment = fragments.get(name.value);
      if (!fragment || needed.has(name.value)) return;
      needed.set(name.value, fragment);
      addNeeded(fragment, fragments, needed);
    },
  });
}
