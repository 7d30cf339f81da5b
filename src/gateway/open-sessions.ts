import { EndedSessions } from '../features/access/ended-sessions.ts';
import { RoleChanges } from '../features/access/role-changes.ts';
import type { SessionParts } from '../features/access/session-actions.ts';
import { SessionTouches } from '../features/access/session-touches.ts';
import { Sessions } from '../features/access/sessions.ts';
import { VerifiedSessions } from '../features/access/verified-sessions.ts';
import type { Pseudonyms } from '../features/audit/pseudonyms.ts';
import { Job } from '../jobs/job.ts';
import type { Database } from '../platform/database.ts';
import { createPool } from '../platform/database-pool.ts';
import type { Logger } from '../platform/log.ts';
import type { Sealer } from '../platform/sealing/sealer.ts';
import type { Config, PoolSettings } from '../platform/settings.ts';
import type { Metrics } from './metrics.ts';

export interface OpenSessionsOptions {
  readonly config: Pick<Config, 'sessions' | 'publicOrigin' | 'production' | 'maxTokenAgeSeconds'>;
  readonly database: Pick<Database, 'inTenant'>;
  /** Where sessions are looked up, over connections of their own. */
  readonly primary: { readonly url: string; readonly settings: PoolSettings };
  readonly sealer: Sealer;
  readonly pseudonyms: Pseudonyms;
  readonly metrics: Pick<Metrics, 'changes'>;
  readonly log: Logger;
}

/** Everything about sessions that requests share. */
export interface OpenSessions extends SessionParts {
  readonly sessions: Sessions;
  readonly roleChanges: RoleChanges;
  /** Writes what is not written yet, and ends. */
  close(): Promise<void>;
}

/** Whoever is let in must be let in while all other connections are busy. */
const MAX_CONNECTIONS = 3;
const CONNECTION_TIMEOUT_MS = 1_000;
const TOUCH_INTERVAL_MS = 10_000;
const FORGET_AT_ONCE = 10_000;
const CLOSE_BUDGET_MS = 1_000;

export function openSessions({
  config,
  database,
  primary,
  sealer,
  pseudonyms,
  metrics,
  log,
}: OpenSessionsOptions): OpenSessions {
  const { sessions: settings, publicOrigin, production } = config;
  const pool = createPool(
    'sessions',
    primary.url,
    { ...primary.settings, maxConnections: MAX_CONNECTIONS, connectionTimeoutMs: CONNECTION_TIMEOUT_MS },
    log,
  );
  const verified = new VerifiedSessions({ idleTtlMs: settings.idleTtlSeconds * 1_000 });
  const ended = new EndedSessions({
    pool,
    url: primary.url,
    log,
    isNeeded: () => verified.size > 0,
    onEnded: (tokenHash) => verified.delete(tokenHash),
    onGap: (beforeMs) => verified.dropVerifiedBefore(beforeMs),
  });
  const touches = new SessionTouches(database);
  const roleChanges = new RoleChanges({
    ...{ database, ended, pseudonyms, log },
    maxTokenAgeSeconds: config.maxTokenAgeSeconds,
  });
  const jobs = [
    new Job({
      name: 'session-touches',
      intervalMs: TOUCH_INTERVAL_MS,
      log,
      metrics: metrics.changes.jobs,
      run: async () => {
        verified.prune(performance.now());
        return (await touches.write()) > 0 ? 'done' : 'idle';
      },
    }),
    new Job({
      name: 'forget-sessions',
      intervalMs: settings.cleanupIntervalSeconds * 1_000,
      log,
      metrics: metrics.changes.jobs,
      run: async () => {
        const { rows } = await pool.query<{ forgotten: number }>('select forget_ended_sessions($1, $2) as forgotten', [
          settings.idleTtlSeconds,
          FORGET_AT_ONCE,
        ]);
        return (rows[0]?.forgotten ?? 0) > 0 ? 'done' : 'idle';
      },
    }),
  ];
  return {
    times: settings,
    sessions: new Sessions({ pool, times: settings, sealer, verified, ended, touches }),
    ended,
    roleChanges,
    sealer,
    hasSecureCookies: production || publicOrigin?.startsWith('https:') === true,
    close: async () => {
      await Promise.all(jobs.map((job) => job.stop()));
      await roleChanges.settled();
      await touches.write().catch(() => undefined);
      await ended.close();
      // A server that answers nothing does not say goodbye either.
      await Promise.race([pool.end(), new Promise((resolve) => setTimeout(resolve, CLOSE_BUDGET_MS).unref())]);
    },
  };
}
