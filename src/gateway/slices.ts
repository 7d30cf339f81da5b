import { createAccessLoaders } from '../features/access/loaders.ts';
import { ANONYMOUS_TENANT, type ViewerModel } from '../features/access/viewer.ts';
import { createAssessmentLoaders } from '../features/assessments/loaders.ts';
import { createAuditLoaders } from '../features/audit/loaders.ts';
import type { Pseudonyms } from '../features/audit/pseudonyms.ts';
import type { HashedPeople } from '../features/privacy/hashed-people.ts';
import type { PrivacyOptions } from '../features/privacy/resolvers.ts';
import { insertSampleData } from '../features/sample-data.ts';
import { createValidationLoaders } from '../features/validation/loaders.ts';
import { createLinkLoaders } from '../links/loaders.ts';
import type { Clock } from '../platform/clock.ts';
import type { Databases, PoolUse } from '../platform/database.ts';
import { FieldNeeds } from '../platform/edges.ts';
import type { Logger } from '../platform/log.ts';
import { Receipt } from '../platform/receipt.ts';
import { openRedis } from '../platform/redis.ts';
import type { RedisClient } from '../platform/redis-client.ts';
import type { RequestScope } from '../platform/request-scope.ts';
import type { Sealer } from '../platform/sealing/sealer.ts';
import type { Config } from '../platform/settings.ts';
import { createJiraLoaders } from '../sources/jira/create-loaders.ts';
import { type JiraSource, openJiraSource } from '../sources/jira/source.ts';
import { createSalesforceLoaders } from '../sources/salesforce/create-loaders.ts';
import { openSalesforceSource, type SalesforceSource } from '../sources/salesforce/source.ts';
import { allowanceNames } from './allowance-names.ts';
import { spellingsOf } from './audit/record-spellings.ts';
import { type Caches, openCaches, type RecordsDecorator } from './caches.ts';
import type { Loaders } from './context.ts';
import type { Metrics } from './metrics.ts';
import { maskOf, openErasureLedger, openErasures } from './open-privacy.ts';
import { type OpenSessions, openSessions } from './open-sessions.ts';
import type { HealthProbe } from './readiness.ts';
import { computedFields, edges } from './resolvers.ts';
import type { Upstreams } from './stand-ins.ts';
import { DatabaseOutcomes } from './status/database-outcomes.ts';
import type { StatusBoardOptions } from './status/status-board.ts';
import { openStores, type Stores } from './stores.ts';

const SAMPLE_DEADLINE_MS = 10_000;

export interface SlicesOptions {
  readonly config: Config;
  readonly upstreams: Upstreams;
  readonly sealer: Sealer;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'upstreamDurations' | 'upstream' | 'changes'>;
  readonly pseudonyms: Pseudonyms;
  readonly recordsOf?: RecordsDecorator | undefined;
  /** How long an erasure waits for what was under way; see ErasureRunner. */
  readonly erasureSettleMs?: number | undefined;
}

/** Everything beneath the resolvers, open. */
export interface Slices {
  readonly healthProbes: readonly HealthProbe[];
  readonly caches: Caches;
  readonly databases: Pick<Databases, 'oltp' | 'audit'>;
  /** Null: there is none. */
  readonly redis: RedisClient | null;
  readonly sources: { readonly salesforce: SalesforceSource; readonly jira: JiraSource };
  readonly sessions: OpenSessions;
  /** Where cached payloads and what belongs to them go. */
  readonly content: Stores['content'];
  readonly primary: Stores['primary'];
  /** Of the user that owns the tables. */
  readonly owner: Stores['owner'];
  readonly state: SourcesState;
  readonly privacy: PrivacyOptions;
  /** Whom nothing may name again. */
  readonly erased: HashedPeople;
  pools(): readonly PoolUse[];
  /** The loaders of one request. */
  createLoaders(scope: RequestScope, viewer: ViewerModel): Loaders;
  close(): Promise<void>;
}

/** How what is beneath the resolvers is doing, for `gatewayStatus`. */
export type SourcesState = Pick<StatusBoardOptions, 'upstreams' | 'quotas' | 'databaseHealth' | 'databaseOutcomes'>;

/** Opens the stores, then side by side what works on them; nothing that can not be reached holds up the others or the start. */
export async function openSlices(options: SlicesOptions): Promise<Slices> {
  const { config, upstreams, sealer, log, clock, metrics } = options;
  const durations = metrics.upstreamDurations;
  const { standIns } = upstreams;
  await using opened = new AsyncDisposableStack();
  const redis = openRedis({ url: config.redisUrl, log });
  opened.defer(() => redis.close());
  const needs = new FieldNeeds(edges, computedFields);
  const salesforceOptions = { settings: upstreams.salesforce, standIn: standIns.salesforce !== null, needs };
  const jiraOptions = { settings: upstreams.jira, standIn: standIns.jira !== null };
  const databaseOutcomes = new DatabaseOutcomes(clock);
  const { onStatement } = databaseOutcomes;
  const prepare = (databases: Databases): Promise<void> => insertSamples(databases, upstreams, sealer);
  const stores = await openStores({ config, log, onStatement, prepare });
  opened.defer(() => stores.close());
  const { recordsOf } = options;
  const common = { config, log, clock, recordsOf };
  await redis.settled;
  let records: Caches['records'] | null = null;
  const { migrated } = stores;
  const ledger = openErasureLedger({
    ...{ config, database: stores.databases.oltp, migrated, sealer, log },
    records: () => records,
  });
  opened.defer(() => ledger.close());
  const caches = await openCaches({
    ...common,
    redis: redis.client,
    database: stores.content,
    quotaDatabase: { ...stores.primary, migrated },
    allowances: allowanceNames(upstreams),
    upstreamMetrics: metrics.upstream,
    mask: maskOf(ledger.people),
  });
  records = caches.records;
  opened.defer(() => caches.close());
  // Before the sources: what they learned of themselves is looked for among what is kept, and during an outage nowhere else.
  await stores.settled();
  await caches.settled();
  const [salesforce, jira] = await Promise.allSettled([
    openSalesforceSource({
      ...salesforceOptions,
      log,
      clock,
      durations,
      cache: caches.records,
      coalesceWindowMs: config.cache.coalesceWindowMs,
      metrics: caches.policy.metrics,
      retryBudget: caches.policy.retryBudget,
      quota: caches.policy.quotas.salesforce,
      onAnswersAgain: () => caches.records.sourceIsBack('SALESFORCE'),
    }),
    openJiraSource({
      ...jiraOptions,
      log,
      clock,
      durations,
      cache: caches.records,
      metrics: caches.policy.metrics,
      retryBudget: caches.policy.retryBudget,
      quota: caches.policy.quotas.jira,
      onAnswersAgain: () => caches.records.sourceIsBack('JIRA'),
    }),
  ]);
  for (const part of [salesforce, jira]) if (part.status === 'fulfilled') opened.defer(() => part.value.close());
  if (salesforce.status === 'rejected') throw salesforce.reason;
  if (jira.status === 'rejected') throw jira.reason;

  const { databases } = stores;
  const { pseudonyms } = options;
  const sessions = openSessions({
    config,
    database: databases.oltp,
    primary: stores.primary,
    sealer: options.sealer,
    pseudonyms,
    metrics,
    log,
  });
  opened.defer(() => sessions.close());
  const sources = { salesforce: salesforce.value, jira: jira.value };
  const privacy = openErasures({
    config,
    database: databases.oltp,
    content: stores.content,
    redis: redis.client,
    records: caches.records,
    sources,
    ledger,
    sealer,
    pseudonyms,
    settleMs: options.erasureSettleMs,
    log,
  });
  opened.defer(() => privacy.erasures.close());
  const running = opened.move();
  return {
    healthProbes: [
      () => stores.health(),
      () => salesforce.value.health(),
      () => jira.value.health(),
      () => redis.health(),
      () => caches.health(),
    ],
    caches,
    databases,
    redis: redis.client,
    sessions,
    sources,
    privacy,
    erased: ledger.people,
    content: stores.content,
    primary: stores.primary,
    owner: stores.owner,
    state: {
      upstreams: () => [salesforce.value.upstream.status(), jira.value.upstream.status()],
      quotas: () => [
        ['SALESFORCE', caches.policy.quotas.salesforce.snapshot()],
        ['JIRA', caches.policy.quotas.jira.snapshot()],
      ],
      databaseHealth: () => stores.health(),
      databaseOutcomes,
    },
    pools: () =>
      [databases.oltp.use, databases.olap.use, databases.audit.use, caches.records.poolUse()].filter(
        (use) => use !== null,
      ),
    createLoaders: (scope, viewer) => {
      const salesforceLoaders = createSalesforceLoaders(salesforce.value, scope);
      return {
        salesforce: salesforceLoaders,
        jira: createJiraLoaders(jira.value, scope, needs),
        links: createLinkLoaders({ salesforce: salesforceLoaders }),
        assessments: createAssessmentLoaders(databases, scope, sealer),
        validation: createValidationLoaders(databases, scope),
        audit: createAuditLoaders(databases, pseudonyms, viewer, scope, spellingsOf),
        access: createAccessLoaders(databases.oltp, sessions, scope),
      };
    },
    close: () => running.disposeAsync(),
  };
}

/** Sample rows refer to requests of the made-up company, so they come with its stand-in only. */
async function insertSamples(databases: Databases, { company }: Upstreams, sealer: Sealer): Promise<void> {
  if (!company) return;
  const requests = company.salesforce.PS_Request__c.filter((row) => row.IsDeleted !== true).map((row) => ({
    id: String(row.Id),
    number: String(row.Name),
  }));
  const scope = { tenant: ANONYMOUS_TENANT, signal: AbortSignal.timeout(SAMPLE_DEADLINE_MS), receipt: new Receipt() };
  await insertSampleData(databases.oltp, { scope, requests, sealer });
}
