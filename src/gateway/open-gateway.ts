import { Door } from '../features/access/door.ts';
import { Identity } from '../features/access/identity.ts';
import { applyAccessRules } from '../features/access/rules.ts';
import { Pseudonyms } from '../features/audit/pseudonyms.ts';
import { privacyResolvers } from '../features/privacy/resolvers.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { openSealer } from '../platform/sealing/open-sealer.ts';
import type { Config } from '../platform/settings.ts';
import type { Company } from '../standins/data/company.ts';
import { noteAnswerPlaces } from './answer-places.ts';
import { answerPlugin } from './answer-plugin.ts';
import { boundAnswerSize } from './answer-size.ts';
import { startApollo } from './apollo.ts';
import { openAudit } from './audit/open-audit.ts';
import { cacheAdministrationResolvers } from './cache-administration.ts';
import type { CacheReadings } from './cache-metrics.ts';
import { CachedOperations } from './cached-operations.ts';
import type { RecordsDecorator } from './caches.ts';
import { openChangeFeeds } from './change-feeds.ts';
import { openDocuments, readTrustedDocuments } from './documents/open-documents.ts';
import { graphiqlRoutes } from './explorers/graphiql.ts';
import { sandboxRoutes } from './explorers/sandbox.ts';
import { freshnessPlugin } from './freshness-plugin.ts';
import { type GraphqlRouteOptions, graphqlRoute, OperationsUnderWay } from './graphql-route.ts';
import { defaultHttpLimits, type HttpLimits } from './http-limits.ts';
import { openHttpServer, type Route } from './http-server.ts';
import { sourcesOf } from './kept-reads.ts';
import { type StopTimes, stopServing } from './lifecycle.ts';
import { ExecutionCap } from './limits/execution-cap.ts';
import { openBudgets, openLimits } from './limits/open-limits.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { openAccounting } from './open-accounting.ts';
import { openUpstreamWrites } from './open-upstream-writes.ts';
import { openWarming } from './open-warming.ts';
import { operationsRoutes } from './operations-routes.ts';
import { type Readiness, ReadinessCheck } from './readiness.ts';
import { createRequestContext } from './request-context.ts';
import { trustedProxiesOf } from './request-origin.ts';
import { openRequestScope } from './request-scope.ts';
import { edges, resolverMaps } from './resolvers.ts';
import { createResponseCaching } from './response-caching.ts';
import { buildSchema, readSchemaDocuments } from './schema.ts';
import { openSlices, type Slices } from './slices.ts';
import { startUpstreams, type Upstreams } from './stand-ins.ts';
import { missingKeysReading } from './status/missing-keys.ts';
import { StatusBoard } from './status/status-board.ts';
import { createUpstreamMutations } from './upstream-mutations.ts';
import { gatewayVersion } from './version.ts';

export interface GatewayOptions {
  readonly log: Logger;
  /** Aborts the start: what was started is stopped again, and `openGateway` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly limits?: Partial<HttpLimits>;
  readonly stopTimes?: Partial<StopTimes>;
  /** How much memory whole answers may take; 0: none is kept, and every operation is executed. 64 MB when absent. */
  readonly responseCacheBytes?: number;
  /** What takes the place of the records that all requests share; for benchmarks. */
  readonly recordsOf?: RecordsDecorator;
  /** False: operations have no entries in the audit log; for benchmarks. */
  readonly isAudited?: boolean;
  /** Milliseconds between two looks at what has to be kept warm; 5,000 when absent. */
  readonly warmingRoundMs?: number;
  /** What the stand-ins are filled with; the generated company when absent. */
  readonly company?: Company;
  /** How long an erasure waits for what was under way when it began; see ErasureRunner. For tests. */
  readonly erasureSettleMs?: number;
}

const DEFAULT_RESPONSE_CACHE_BYTES = 64_000_000;

/** A running gateway with everything that it started. */
export interface Gateway {
  /** Without a trailing slash; `/graphql` is below it. */
  readonly url: string;
  readonly port: number;
  readonly standIns: Upstreams['standIns'];
  readiness(): Promise<Readiness>;
  /** Ends answers under way, then everything that was started; may be called more than once. */
  close(): Promise<void>;
}

/** The composition root: the one place that knows every part. What the settings do not name is started here and stopped by `close`. */
export async function openGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const { log, signal, clock = systemClock } = options;
  const limits: HttpLimits = { ...defaultHttpLimits, ...options.limits };
  await using started = new AsyncDisposableStack();
  const sealer = openSealer(config);
  const trustedDocuments = readTrustedDocuments(config.trustedDocuments);

  const pseudonyms = new Pseudonyms(sealer);
  let readPools: Slices['pools'] = () => [];
  let readCaches: () => CacheReadings | null = () => null;
  let readAlerts: () => readonly string[] = () => [];
  let readJournalBytes: () => number = () => 0;
  const metrics: Metrics = createMetrics(
    () => readPools(),
    () => readCaches(),
    () => readAlerts(),
    () => readJournalBytes(),
  );
  const upstreams = await startUpstreams(config, options.company);
  started.defer(() => upstreams.close());
  signal?.throwIfAborted();
  const slices: Slices = await openSlices({
    config,
    upstreams,
    sealer,
    pseudonyms,
    log,
    clock,
    metrics,
    recordsOf: options.recordsOf,
    erasureSettleMs: options.erasureSettleMs,
  });
  started.defer(() => slices.close());
  readPools = slices.pools;
  signal?.throwIfAborted();

  const identity = new Identity({
    oidc: upstreams.oidc,
    standIn: upstreams.standIns.identity !== null,
    anonymousRole: config.anonymousRole,
    durations: metrics.upstreamDurations,
    log,
    clock,
  });
  const readiness = new ReadinessCheck([...slices.healthProbes, () => identity.health()]);
  const documents = readSchemaDocuments();
  const schema = buildSchema(documents, [
    ...resolverMaps(config.allowIntrospection),
    cacheAdministrationResolvers(slices.caches.records),
    privacyResolvers(slices.privacy),
  ]);
  applyAccessRules(schema);
  boundAnswerSize(schema);
  noteAnswerPlaces(schema);
  const { parsed, judge, gate } = openLimits({ schema, settings: config.operations });
  const documentDesk = openDocuments({
    settings: config.trustedDocuments,
    documents: trustedDocuments,
    schema,
    parsed,
    judge,
    metrics: metrics.documents,
    log,
  });
  started.defer(() => documentDesk?.close());
  const audit = openAudit({
    config,
    databases: slices.databases,
    primary: slices.primary,
    owner: slices.owner,
    pseudonyms,
    schema,
    parsed,
    metrics,
    log,
  });
  started.defer(() => audit.close());
  readJournalBytes = () => audit.journal.bytes;
  const accounting = openAccounting({ config, schema, gate, slices, sealer, metrics, log, clock });
  started.defer(() => accounting.close());
  const apollo = await startApollo({
    schema,
    allowIntrospection: config.allowIntrospection,
    production: config.production,
    maxTokens: config.operations.maxTokens,
    log,
    plugins: [answerPlugin(metrics.operations), freshnessPlugin(edges), accounting.plugin],
  });
  const { budgets, close: closeBudgets } = openBudgets({ settings: config.budgets, redis: slices.redis, clock, log });
  started.defer(closeBudgets);
  const operationsUnderWay = new OperationsUnderWay();
  const openContext: GraphqlRouteOptions['openContext'] = (
    caller,
    requestId,
    requestSignal,
    maxAgeSeconds,
    priority,
  ) => {
    const scope = openRequestScope(requestId, caller.viewer.tenant, requestSignal, log, maxAgeSeconds, priority);
    const loaders = slices.createLoaders(scope, caller.viewer);
    const trail = audit.operations.requestOf(caller, requestId);
    return createRequestContext(scope, caller, loaders, {
      gatewayStatus: () => board.status(),
      afterWrite: feeds.afterWrite,
      audit: trail,
      upstream: createUpstreamMutations(
        { writes: upstreamWrites.writes, sources: slices.sources },
        { viewer: caller.viewer, scope, audit: trail, loaders },
      ),
    });
  };
  const maxBytes = options.responseCacheBytes ?? DEFAULT_RESPONSE_CACHE_BYTES;
  const { records, sharedAnswers, reads } = slices.caches;
  const warming =
    maxBytes > 0 && config.cache.warmingTop > 0
      ? openWarming({ config, slices, metrics, clock, log, roundMs: options.warmingRoundMs ?? 5_000 })
      : null;
  const caching =
    maxBytes === 0
      ? null
      : createResponseCaching({
          schema,
          documents,
          parsed,
          clock,
          ledger: records.invalidations,
          returns: records.returns,
          maxBytes,
          log,
          shared: sharedAnswers,
          invalidate: (tags) => records.invalidate(tags),
          metrics,
          ...(warming ? { onSharedQuery: warming.onSharedQuery } : {}),
          onKeptAnswer: (answer) => {
            const { operation } = answer;
            accounting.onKeptAnswer(answer);
            if (operation.policy.kind === 'uncacheable') return;
            for (const source of sourcesOf(operation.policy.tags)) reads.note(source);
          },
        });
  const caches = (): CacheReadings => ({ records: records.stats(), answers: caching?.cache.usage ?? null });
  readCaches = caches;
  const board = new StatusBoard({
    ...slices.state,
    pools: slices.pools,
    furtherAlerts: () => [...audit.alertReadings(), missingKeysReading(sealer.missingKeys)],
    caches,
    keptAnswers: () => caching?.keptAnswers ?? 0,
    version: gatewayVersion(),
    clock,
    log,
  });
  started.defer(() => board.close());
  readAlerts = () => board.activeAlerts;
  const door = new Door({ ...slices.sessions, identity, ownOrigin: config.publicOrigin });
  const callerOf: GraphqlRouteOptions['callerOf'] = async ({ request, response, origin }) => {
    return await door.callerOf({
      method: request.method,
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      origin,
      answerCookies: (cookies) => {
        if (!response.headersSent) response.setHeader('set-cookie', [...cookies]);
      },
    });
  };
  const feeds = openChangeFeeds({
    config,
    database: slices.content,
    records,
    reads,
    sources: slices.sources,
    limits,
    metrics: metrics.changes,
    log,
    clock,
  });
  started.defer(() => feeds.close());
  const upstreamWrites = openUpstreamWrites({
    ...{ config, slices, sealer, pseudonyms, log },
    afterWrite: feeds.afterWrite,
    metrics: metrics.changes.jobs,
  });
  started.defer(() => upstreamWrites.close());
  if (warming && caching) {
    warming.start(new CachedOperations({ apollo, openContext }, caching));
    started.defer(() => warming.stop());
  }
  await identity.warmUp();
  signal?.throwIfAborted();

  const audited = options.isAudited === false ? null : audit.operations;
  const http = await openHttpServer({
    ...config.http,
    limits,
    trustedProxies: trustedProxiesOf(config.trustedProxies),
    log,
    routes: new Map<string, Route>([
      [
        '/graphql',
        graphqlRoute({
          apollo,
          limits,
          documents: documentDesk?.desk ?? null,
          gate,
          budgets,
          executions: new ExecutionCap(config.operationsUnderWay),
          callerOf,
          openContext,
          caching,
          operationsUnderWay,
          audit: audited,
        }),
      ],
      ...operationsRoutes(readiness, metrics),
      ...feeds.routes,
      ...(config.allowIntrospection ? [...sandboxRoutes(), ...graphiqlRoutes()] : []),
    ]),
    onRequestEnd: (path, status) => metrics.httpRequests.inc({ path, status: String(status) }),
  });
  const stopTimes: StopTimes = { lameDuckMs: config.production ? 5_000 : 0, drainMs: 10_000, ...options.stopTimes };
  started.defer(() => stopServing({ readiness, operationsUnderWay, http, apollo }, stopTimes));

  const running = started.move();
  let closed: Promise<void> | undefined;
  return {
    url: http.url,
    port: http.port,
    standIns: upstreams.standIns,
    readiness: () => readiness.check(),
    close: () => (closed ??= running.disposeAsync()),
  };
}
