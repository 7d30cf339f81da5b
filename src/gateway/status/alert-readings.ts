import type { PoolUse } from '../../platform/database.ts';
import type { QuotaSnapshot } from '../../upstream/quota-ledger.ts';
import type { QuotaPressure } from '../../upstream/quota-pressure.ts';
import type { UpstreamStatus } from '../../upstream/upstream-status.ts';
import type { AlertReading } from './alert-book.ts';
import type { HitRatio } from './recent-hit-ratio.ts';

export interface StatusReadings {
  readonly upstreams: readonly UpstreamStatus[];
  readonly quotas: readonly (readonly [source: UpstreamStatus['source'], quota: QuotaSnapshot])[];
  readonly pools: readonly PoolUse[];
  /** Of the last five minutes. */
  readonly hits: HitRatio;
  /** Share of the time that the event loop was busy lately, and of the memory that the process may use; 0 to 1. */
  readonly load: { readonly eventLoop: number; readonly heap: number };
}

const MAX_POOL_UTILISATION = 0.8;
/** Longer than a burst that the pool works off by itself. */
const MAX_EXHAUSTED_SECONDS = 5;
const MIN_HIT_RATIO = 0.7;
/** Fewer reads tell nothing: a gateway that was just started has read nothing yet. */
const ENOUGH_READS = 200;
const MAX_LOAD = 0.9;
const names: Readonly<Record<string, string>> = { SALESFORCE: 'Salesforce', JIRA: 'Jira', POSTGRES: 'PostgreSQL' };
/** Where the pressures begin, as in quota-pressure.ts; they have a hysteresis of their own. */
const pressureThresholds: Readonly<Record<Exclude<QuotaPressure, 'normal'>, number>> = {
  tight: 0.7,
  critical: 0.9,
  exhausted: 1,
};
const pressureEffects: Readonly<Record<Exclude<QuotaPressure, 'normal'>, string>> = {
  tight: 'Values are kept longer than usual.',
  critical: 'Only people who wait for fresh values may still call; background work and analysts get what is kept.',
  exhausted:
    'Nothing is read until it is renewed, and what is kept is served as stale; changes are made while the organisation has calls left.',
};

/** Everything that is watched, with its threshold. */
export function readAlerts({ upstreams, quotas, pools, hits, load }: StatusReadings): readonly AlertReading[] {
  return [
    ...upstreams.map(upstreamReading),
    ...quotas.flatMap(([source, quota]) => quotaReading(source, quota)),
    ...pools.map(poolReading),
    ...pools.map(exhaustionReading),
    ...(hits.reads >= ENOUGH_READS ? [hitRatioReading(hits.ratio)] : []),
    loadReading('event-loop', load.eventLoop, 'The event loop is busy nearly all the time, so every answer is late.'),
    loadReading('memory', load.heap, 'The memory of the process is nearly used up, and the process ends when it is.'),
  ];
}

export function utilisationOf({ size, idle, max }: PoolUse): number {
  return max === 0 ? 0 : (size - idle) / max;
}

function upstreamReading({ source, state }: UpstreamStatus): AlertReading {
  return {
    name: `upstream-down-${source.toLowerCase()}`,
    value: state === 'DOWN' ? 1 : 0,
    threshold: 1,
    isBad: () => state === 'DOWN',
    message: `${names[source] ?? source} is down. ${effectOf(source)}; see \`lastError\`, and check the source and its settings.`,
  };
}

/** Of the gateway's own rows nothing is kept elsewhere but whole answers, for as long as they are fresh. */
function effectOf(source: UpstreamStatus['source']): string {
  return source === 'POSTGRES'
    ? 'What the gateway itself stores fails, and changes are refused'
    : 'What is kept of it is served as stale';
}

function quotaReading(source: UpstreamStatus['source'], { pressure, fill, budget }: QuotaSnapshot): AlertReading[] {
  if (pressure === 'normal') return [];
  const effect = pressureEffects[pressure];
  const name = names[source] ?? source;
  const what = budget
    ? `The gateway's own budget of calls to ${name} is ${pressure}: ${budget.usedCalls} of ${budget.allowedCalls} were made in 24 hours (${source}_DAILY_CALL_BUDGET).`
    : `The call allowance of ${name} is ${pressure}.`;
  return [
    {
      name: `quota-${pressure}-${source.toLowerCase()}`,
      value: fill,
      threshold: pressureThresholds[pressure],
      // The pressure has a hysteresis of its own, so the share may be a little below by now.
      isBad: () => true,
      message: `${what} ${effect} Raise it, or find what spends it.`,
    },
  ];
}

function poolReading(pool: PoolUse): AlertReading {
  return {
    name: `pool-${pool.name}`,
    value: utilisationOf(pool),
    threshold: MAX_POOL_UTILISATION,
    isBad: (isOn) => utilisationOf(pool) > MAX_POOL_UTILISATION - (isOn ? 0.1 : 0),
    message: `The connection pool \`${pool.name}\` is nearly used up. ${adviceFor(pool)} for slow statements.`,
  };
}

function exhaustionReading(pool: PoolUse): AlertReading {
  const value = pool.exhaustedMs / 1_000;
  return {
    name: `pool-exhausted-${pool.name}`,
    value,
    threshold: MAX_EXHAUSTED_SECONDS,
    isBad: () => value >= MAX_EXHAUSTED_SECONDS,
    message:
      `All ${pool.max} connections of the pool \`${pool.name}\` are taken, and requests wait for one until they are refused with DATABASE_UNAVAILABLE. ` +
      `${adviceFor(pool)} for slow statements and for locks (pg_stat_activity).`,
  };
}

function adviceFor({ name }: PoolUse): string {
  if (name === 'audit') return 'Look';
  return `Raise ${name === 'oltp' ? 'DB_POOL_SIZE' : `DB_POOL_SIZE_${name.toUpperCase()}`}, or look`;
}

function hitRatioReading(ratio: number): AlertReading {
  return {
    name: 'cache-hit-ratio',
    value: ratio,
    threshold: MIN_HIT_RATIO,
    isBad: (isOn) => ratio < MIN_HIT_RATIO + (isOn ? 0.05 : 0),
    message:
      'Too many reads wait for a source. Look for operations that always ask anew, and whether CACHE_MAX_SIZE and the time limits are large enough.',
  };
}

function loadReading(name: string, value: number, meaning: string): AlertReading {
  const message = `${meaning} Start further instances, or give the process more room.`;
  return { name, value, threshold: MAX_LOAD, isBad: (isOn) => value > MAX_LOAD - (isOn ? 0.1 : 0), message };
}
