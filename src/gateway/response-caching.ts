import { createHash } from 'node:crypto';
import { type DocumentNode, type GraphQLSchema, print } from 'graphql';
import type { Invalidations } from '../cache/responses/answer-memory.ts';
import { Operations } from '../cache/responses/operations.ts';
import type { ParsedDocuments } from '../cache/responses/parsed-documents.ts';
import { ResponseCache } from '../cache/responses/response-cache.ts';
import type { SharedAnswers } from '../cache/responses/shared-answers.ts';
import type { SourceReturns } from '../cache/source-returns.ts';
import { declaredRole } from '../features/access/declared-role.ts';
import { leastRole } from '../features/access/viewer.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError, type Logger } from '../platform/log.ts';
import { recordAnswerTags } from './answer-tags.ts';
import type { ResponseCaching } from './cached-operations.ts';
import type { Metrics } from './metrics.ts';

export interface ResponseCachingOptions {
  /** The finished schema; is made to note what answers are made of. */
  readonly schema: GraphQLSchema;
  /** The SDL that it was built of. */
  readonly documents: readonly DocumentNode[];
  readonly parsed: Pick<ParsedDocuments, 'of'>;
  readonly clock: Clock;
  /** Those of the record cache. */
  readonly ledger: Invalidations;
  readonly returns: Pick<SourceReturns, 'sequence' | 'since'>;
  readonly maxBytes: number;
  readonly log: Pick<Logger, 'error'>;
  /** Null or absent: answers stay in this instance. */
  readonly shared?: SharedAnswers | null;
  invalidate(tags: readonly string[]): unknown;
  readonly metrics: Pick<Metrics, 'operations' | 'responseCacheAnswers'>;
  readonly onSharedQuery?: ResponseCaching['onSharedQuery'];
  readonly onKeptAnswer?: ResponseCaching['onKeptAnswer'];
}

/** Puts the response cache together for a schema. `keptAnswers` counts those that were given without being executed. */
export function createResponseCaching(
  options: ResponseCachingOptions,
): ResponseCaching & { readonly keptAnswers: number } {
  let keptAnswers = 0;
  const { schema, documents, clock, ledger, returns, maxBytes, metrics, log } = options;
  recordAnswerTags(schema);
  const schemaHash = createHash('sha256').update(documents.map(print).join('\n')).digest('base64url');
  const operations = new Operations({
    schema,
    schemaHash,
    parsed: options.parsed,
    isRestricted: (type, field) => (declaredRole(field) ?? declaredRole(type) ?? leastRole) !== leastRole,
  });
  return {
    operations,
    cache: new ResponseCache({ clock, invalidations: ledger, returns, maxBytes, shared: options.shared ?? null }),
    clock,
    get keptAnswers() {
      return keptAnswers;
    },
    invalidate: (tags) => options.invalidate(tags),
    onRenewalFailed: (error) => log.error({ error: describeError(error) }, 'A stale answer could not be made anew.'),
    ...(options.onSharedQuery ? { onSharedQuery: options.onSharedQuery } : {}),
    ...(options.onKeptAnswer ? { onKeptAnswer: options.onKeptAnswer } : {}),
    onAnswer: (origin) => {
      metrics.responseCacheAnswers.inc({ origin });
      const isKept = origin === 'memory' || origin === 'stale' || origin === 'shared';
      if (isKept || origin === 'joined') keptAnswers += 1;
      // Operations that are executed are counted where Apollo ends them.
      if (isKept) metrics.operations.inc({ type: 'query', outcome: 'ok' });
    },
  };
}
