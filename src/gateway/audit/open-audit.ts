import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import type { ParsedDocuments } from '../../cache/responses/parsed-documents.ts';
import { AuditTrail } from '../../features/audit/audit-trail.ts';
import { DatabaseClock } from '../../features/audit/database-clock.ts';
import { NO_TENANT } from '../../features/audit/event.ts';
import { Heads } from '../../features/audit/heads.ts';
import { Journal } from '../../features/audit/journal/journal.ts';
import { Shipper } from '../../features/audit/journal/shipper.ts';
import type { Pseudonyms } from '../../features/audit/pseudonyms.ts';
import { countOverdueMonths, keepRetention } from '../../features/audit/retention.ts';
import { SigningKey } from '../../features/audit/signing-key.ts';
import { Job } from '../../jobs/job.ts';
import type { Databases } from '../../platform/database.ts';
import { createPool } from '../../platform/database-pool.ts';
import type { Logger } from '../../platform/log.ts';
import { Receipt } from '../../platform/receipt.ts';
import { pseudonymKey } from '../../platform/sealing/open-sealer.ts';
import type { Config, PoolSettings } from '../../platform/settings.ts';
import type { Metrics } from '../metrics.ts';
import type { AlertReading } from '../status/alert-book.ts';
import { AuditHealth } from './audit-health.ts';
import { KnownSubjects } from './known-subjects.ts';
import { OperationAudit } from './operation-audit.ts';

export interface OpenAuditOptions {
  readonly config: Pick<Config, 'audit' | 'keys' | 'dataDirectory'>;
  readonly databases: Pick<Databases, 'audit'>;
  /** Of the gateway's login. */
  readonly primary: { readonly url: string; readonly settings: PoolSettings };
  /** Of the user that owns the tables, for retention. Without a URL `npm run audit:retention` keeps it. */
  readonly owner: { url(): string | null; readonly settings: PoolSettings };
  readonly pseudonyms: Pseudonyms;
  readonly schema: GraphQLSchema;
  readonly parsed: Pick<ParsedDocuments, 'of'>;
  readonly metrics: Pick<Metrics, 'audit' | 'changes'>;
  readonly log: Logger;
}

export interface OpenAudit {
  readonly operations: OperationAudit;
  readonly journal: Journal;
  alertReadings(): readonly AlertReading[];
  /** Ships what there is, if PostgreSQL is there, and sends the last heads. */
  close(): Promise<void>;
}

const CLOCK_INTERVAL_MS = 60_000;
const CLOCK_DEADLINE_MS = 2_000;
const RETENTION_INTERVAL_MS = 3_600_000;
const FIRST_RETENTION_MS = 30_000;
/** A command that runs once a day, and fails on a few of them, is late by less. */
const RETENTION_GRACE_DAYS = 7;
const CLOSE_BUDGET_MS = 1_000;

/** Puts together what writes the audit log of this instance, ships its journal, gets its heads out and keeps its retention. */
export function openAudit({
  config,
  databases,
  primary,
  owner,
  pseudonyms,
  schema,
  parsed,
  metrics,
  log,
}: OpenAuditOptions): OpenAudit {
  const { audit: settings } = config;
  const health = new AuditHealth(() => performance.now());
  const clock = new DatabaseClock();
  const journal = new Journal({
    directory: join(settings.directory, 'journal'),
    maxBytes: settings.journalMaxBytes,
  });
  const shipper = new Shipper({
    journal,
    database: databases.audit,
    log,
    nowMs: () => performance.now(),
    onRejected: (entries) => metrics.audit.rejected.inc(entries),
  });
  const trail = new AuditTrail({
    database: databases.audit,
    journal,
    clock,
    onOutcome: (path, outcome) => {
      metrics.audit.writes.inc({ path, outcome });
      if (path === 'database') health.noteDatabase(outcome);
    },
  });
  const pool = createPool('audit-heads', primary.url, { ...primary.settings, maxConnections: 1 }, log);
  const key = new SigningKey(pseudonymKey(config));
  const heads = new Heads({
    pool,
    key,
    file: settings.headsFile,
    url: settings.headsUrl,
    log,
    onOutcome: (place, outcome) => metrics.audit.heads.inc({ place, outcome }),
  });
  const setClock = async (): Promise<void> => {
    const scope = { tenant: NO_TENANT, signal: AbortSignal.timeout(CLOCK_DEADLINE_MS), receipt: new Receipt() };
    await databases.audit.inTenant(scope, (db) => clock.set(db));
  };
  const job = (name: string, intervalMs: number, work: () => Promise<boolean>): Job =>
    new Job({
      name,
      intervalMs,
      log,
      metrics: metrics.changes.jobs,
      run: async () => ((await work()) ? 'done' : 'idle'),
    });
  let overdueMonths = 0;
  const retain = async (): Promise<boolean> => {
    const url = owner.url();
    if (url === null) {
      overdueMonths = await countOverdueMonths(pool, settings.retentionDays + RETENTION_GRACE_DAYS);
      return false;
    }
    const ownerPool = createPool('audit-retention', url, { ...owner.settings, maxConnections: 1 }, log);
    try {
      const removed = await keepRetention({ pool: ownerPool, key, retentionDays: settings.retentionDays });
      for (const { tenant, entries } of removed)
        log.info({ tenant, entries }, 'Removed entries of the audit log past retention.');
      return removed.length > 0;
    } finally {
      await ownerPool.end();
    }
  };
  const jobs = [
    job('audit-clock', CLOCK_INTERVAL_MS, async () => {
      await setClock();
      return true;
    }),
    job('audit-heads', settings.headsIntervalSeconds * 1_000, async () => {
      await heads.send();
      return true;
    }),
    ...(settings.cleanupEnabled ? [job('audit-retention', RETENTION_INTERVAL_MS, retain)] : []),
  ];
  // The first round soon after the start, so that an instance that never runs for an hour does it too.
  const first = setTimeout(() => void jobs.at(-1)?.runNow(), FIRST_RETENTION_MS);
  first.unref();
  void jobs[0]?.runNow();
  return {
    operations: new OperationAudit({ trail, subjects: new KnownSubjects(schema, parsed), pseudonyms, log }),
    journal,
    alertReadings: () =>
      health.readings({
        backlogMs: shipper.failingMs,
        journalFill: journal.bytes / settings.journalMaxBytes,
        areHeadsFailing: heads.isFailing,
        overdueMonths,
      }),
    close: async () => {
      clearTimeout(first);
      await Promise.all(jobs.map((one) => one.stop()));
      await shipper.close();
      await journal.close();
      // A server that answers nothing does not say goodbye either.
      const goodbye = async (): Promise<void> => {
        await heads.send().catch(() => undefined);
        await pool.end();
      };
      await Promise.race([goodbye(), new Promise((resolve) => setTimeout(resolve, CLOSE_BUDGET_MS).unref())]);
    },
  };
}
