import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gqlPluckFromCodeStringSync } from '@graphql-tools/graphql-tag-pluck';
import {
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  Source,
} from 'graphql';
import { type DocumentProblem, placeOf } from '../src/gateway/documents/document-problems.ts';
import { ManifestError, readManifest, type TrustedDocument } from '../src/gateway/documents/manifest.ts';

/** Where the documents of one client are: a folder, a file with documents, or a manifest. */
export interface ClientSource {
  readonly name: string;
  readonly path: string;
}

/** What the files of one client hold. */
export interface ClientDefinitions {
  /** Each with its place in its file. */
  readonly operations: readonly OperationDefinitionNode[];
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** From manifests that the client's own tools have written. */
  readonly ready: readonly { readonly file: string; readonly document: TrustedDocument }[];
  /** `file:line: what is wrong`. */
  readonly problems: readonly string[];
}

const NOT_SEARCHED = /(^|[\\/])(node_modules|\.git|dist|build|coverage|\.next|__generated__)([\\/]|$)/;
const SEARCHED = [
  '**/*.{graphql,gql}',
  '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}',
  // As Apollo's generator calls it unless told otherwise.
  '**/persisted-query-manifest.json',
];

/** Reads everything that a client may send. Fragments are found by their names, whichever file they are in. */
export function readClient({ path }: ClientSource): ClientDefinitions {
  const found = new Definitions();
  if (!existsSync(path)) return { ...found, problems: [`${path}: there is nothing here.`] };
  for (const file of filesOf(path)) found.addFile(file);
  const count = found.operations.length + found.ready.length + found.problems.length;
  return count > 0 ? found : { ...found, problems: [`${path}: there is no operation in it.`] };
}

/** `file:line: what is wrong`. */
export function describeProblem({ message, place }: DocumentProblem, otherwise: string): string {
  return `${place ? `${place.file}:${place.line}` : otherwise}: ${message}`;
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return globSync(SEARCHED, { cwd: path })
    .filter((file) => !NOT_SEARCHED.test(file))
    .sort()
    .map((file) => join(path, file));
}

class Definitions implements ClientDefinitions {
  readonly operations: OperationDefinitionNode[] = [];
  readonly fragments = new Map<string, FragmentDefinitionNode>();
  readonly ready: { readonly file: string; readonly document: TrustedDocument }[] = [];
  readonly problems: string[] = [];

  addFile(path: string): void {
    const file = relative(process.cwd(), resolve(path));
    try {
      const text = readFileSync(path, 'utf8');
      if (path.endsWith('.json')) this.ready.push(...readManifest(text).map((document) => ({ file, document })));
      else for (const source of sourcesIn(path, file, text)) this.#addSource(source);
    } catch (error) {
      this.problems.push(...describeFailure(file, error));
    }
  }

  #addSource(source: Source): void {
    for (const node of parse(source).definitions) {
      if (node.kind === Kind.OPERATION_DEFINITION) this.operations.push(node);
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#addFragment(node);
    }
  }

  #addFragment(node: FragmentDefinitionNode): void {
    const name = node.name.value;
    const known = this.fragments.get(name);
    if (!known) this.fragments.set(name, node);
    else if (print(known) !== print(node)) {
      const message = `The fragment ${name} is a different one in ${placeOf(known)?.file}.`;
      this.problems.push(describeProblem({ message, place: placeOf(node) }, name));
    }
  }
}

function sourcesIn(path: string, file: string, text: string): readonly Source[] {
  if (/\.(graphql|gql)$/.test(path)) return [new Source(text, file)];
  // Most files have none, and reading code takes its time.
  if (!/\b(gql|graphql)\b/i.test(text)) return [];
  return gqlPluckFromCodeStringSync(path, text, { skipIndent: true }).map(
    ({ body, locationOffset }) => new Source(body, file, { line: locationOffset.line, column: 1 }),
  );
}

function describeFailure(file: string, error: unknown): string[] {
  if (error instanceof ManifestError) return error.problems.map((problem) => `${file}: ${problem}`);
  if (!(error instanceof GraphQLError)) return [`${file}: ${error instanceof Error ? error.message : String(error)}`];
  const line = (error.locations?.[0]?.line ?? 1) + (error.source?.locationOffset.line ?? 1) - 1;
  return [`${file}:${line}: ${error.message}`];
}
