import type { ApolloServerOptions } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { WeightedLru } from '../cache/responses/weighted-lru.ts';
import type { RequestContext } from './request-context.ts';

type DocumentStore = NonNullable<ApolloServerOptions<RequestContext>['documentStore']>;

/** Bytes that parsed documents may take, about. */
const MAX_BYTES = 32_000_000;
/** A tree with its places in the text takes some fifty times the room of the text. */
const BYTES_PER_CHARACTER = 50;
const BYTES_PER_DOCUMENT = 1_000;

/**
 * Parsed and validated documents, for Apollo. Its own store counts a tree by its JSON, a fraction of what it takes, so that clients who
 * send ever new documents would fill hundreds of megabytes.
 */
export function createDocumentStore(): DocumentStore {
  const documents = new WeightedLru<DocumentNode>(MAX_BYTES);
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => {
      const characters = document.loc?.source.body.length ?? 0;
      documents.set(key, document, characters * BYTES_PER_CHARACTER + BYTES_PER_DOCUMENT);
    },
    delete: async (key) => documents.delete(key),
  };
}
