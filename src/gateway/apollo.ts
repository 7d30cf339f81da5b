import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { describeError, type Logger } from '../platform/log.ts';
import { createDocumentStore } from './document-store.ts';
import { formatError } from './format-error.ts';
import type { RequestContext } from './request-context.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly allowIntrospection: boolean;
  readonly production: boolean;
  readonly log: Logger;
  readonly plugins: readonly ApolloServerPlugin<RequestContext>[];
  /** A document with more tokens is not read; limits refuse it before it comes here. */
  readonly maxTokens: number;
}

/** Beyond these a document is not validated further; who mends so many sees the next ones. */
const MAX_VALIDATION_ERRORS = 5;

/**
 * Apollo Server with everything off that costs on the hot path or serves what we serve ourselves: no hook on fields (no plugin may
 * ever bring `willResolveField`: it doubles the cost of an answer), no cache-control plugin, no landing page, no stop on signals.
 */
export async function startApollo(options: ApolloOptions): Promise<ApolloServer<RequestContext>> {
  const { log } = options;
  const server = new ApolloServer<RequestContext>({
    schema: options.schema,
    nodeEnv: options.production ? 'production' : 'development',
    introspection: options.allowIntrospection,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    documentStore: createDocumentStore(),
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: options.maxTokens },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    formatError: (formatted, error) => formatError(formatted, error, options.allowIntrospection),
    logger: {
      debug: (message) => log.debug(describeError(message)),
      info: (message) => log.info(describeError(message)),
      warn: (message) => log.warn(describeError(message)),
      error: (message) => log.error(describeError(message)),
    },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ...options.plugins,
    ],
  });
  await server.start();
  return server;
}
