import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, parse } from 'graphql';
import { z } from 'zod';

/** One operation that clients may name by its hash. */
export interface TrustedDocument {
  /** SHA-256 of `body`, 64 hex digits in lower case. */
  readonly id: string;
  readonly name: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** The document: the operation and the fragments that it needs. */
  readonly body: string;
  /** Who sends it; empty in a manifest that a client's own tools have written. */
  readonly clients: readonly string[];
}

/** Everything that is wrong with a manifest; no text of a document is in it. */
export class ManifestError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ManifestError';
    this.problems = problems;
  }
}

const FORMAT = 'apollo-persisted-query-manifest';
const MAX_PROBLEMS = 20;

const shape = z.object({
  format: z.literal(FORMAT, { error: `expected "${FORMAT}"` }),
  version: z.literal(1, { error: 'expected 1' }),
  operations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.enum(['query', 'mutation', 'subscription'], { error: 'expected query, mutation or subscription' }),
      body: z.string(),
      clients: z.array(z.string()).default([]),
    }),
  ),
});

/** SHA-256 of a document's text as clients name it: 64 hex digits in lower case. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Reads a manifest in the format of Apollo's clients, with or without names of clients. Throws ManifestError. */
export function readManifest(text: string): TrustedDocument[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ManifestError(['It is not JSON.']);
  }
  const read = shape.safeParse(json);
  if (!read.success)
    throw new ManifestError(
      read.error.issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => `${path.join('.') || 'It'}: ${message}.`),
    );
  const { operations } = read.data;
  const problems = operations.flatMap(({ id, name, type, body }, index) =>
    problemsOf({ id, name, type, body }).map((problem) => `operations.${index} (${name}): ${problem}`),
  );
  if (problems.length > 0) throw new ManifestError(problems.slice(0, MAX_PROBLEMS));
  return operations;
}

function problemsOf({ id, name, type, body }: Omit<TrustedDocument, 'clients'>): string[] {
  if (id !== hashOf(body)) return ['its id is not the SHA-256 of its body, in hex.'];
  let document: DocumentNode;
  try {
    document = parse(body, { noLocation: true });
  } catch {
    return ['its body is not GraphQL.'];
  }
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (!operation || operations.length > 1) return ['its body has to hold exactly one operation.'];
  if (operation.name?.value !== name) return ['its body holds an operation of another name.'];
  return operation.operation === type ? [] : [`its body holds a ${operation.operation}, not a ${type}.`];
}

/** The text of a manifest; the same documents give the same text. */
export function manifestText(documents: readonly TrustedDocument[]): string {
  const operations = documents
    .map(({ id, name, type, body, clients }) => ({ id, name, type, body, clients: [...new Set(clients)].sort() }))
    .sort((a, b) => order(a.name, b.name) || order(a.id, b.id));
  return `${JSON.stringify({ format: FORMAT, version: 1, operations }, null, 2)}\n`;
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
