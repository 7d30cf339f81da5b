import type pg from 'pg';
import type { Logger } from '../platform/log.ts';
import {
  type InstanceQuota,
  type OtherQuotas,
  QUOTA_KEPT_MS,
  type QuotaStore,
  toInstanceQuota,
} from './instance-quota.ts';
import { PatientStore } from './patient-store.ts';

export interface PostgresQuotaStoreOptions {
  /** One that `createPool` made; belongs to the caller. */
  readonly pool: pg.Pool;
  /** A UUID, unlike that of every other instance, past ones included. */
  readonly instanceId: string;
  /** Resolves when the table is there; nothing is asked before. */
  readonly migrated: Promise<void>;
  readonly log: Logger;
  /** Milliseconds for one exchange; 2,000 unless told. */
  readonly budgetMs?: number;
  /** Milliseconds without any attempt after one that failed; 5,000 unless told. */
  readonly pauseMs?: number;
}

interface QuotaRow {
  readonly instance: string;
  /** `InstanceQuota` */
  readonly known: unknown;
}

/** Instances that come and go by the minute are not more than that in a day. */
const MAX_INSTANCES = 2_000;

/**
 * Through the table `upstream_quotas`: what survives a flush of Redis and the end of every instance. A row per instance and allowance, written by that
 * instance alone, and only when it has something new to tell.
 */
export class PostgresQuotaStore implements QuotaStore {
  readonly #options: PostgresQuotaStoreOptions;
  readonly #budgetMs: number;
  readonly #patience: PatientStore;
  readonly #written = new Map<string, string>();
  #isUsable = false;

  constructor(options: PostgresQuotaStoreOptions) {
    this.#options = options;
    this.#budgetMs = options.budgetMs ?? 2_000;
    this.#patience = new PatientStore({
      log: options.log,
      budgetMs: this.#budgetMs,
      pauseMs: options.pauseMs ?? 5_000,
      messages: {
        failed: 'PostgreSQL can not keep the call allowances; an instance that starts now may not know what is left.',
        again: 'PostgreSQL keeps what is left of the call allowances again.',
      },
    });
    void options.migrated.then(() => {
      this.#isUsable = true;
    });
  }

  async exchange(allowance: string, own: InstanceQuota): Promise<OtherQuotas | null> {
    return this.#isUsable ? await this.#patience.run(allowance, () => this.#exchange(allowance, own)) : null;
  }

  async #exchange(allowance: string, own: InstanceQuota): Promise<OtherQuotas> {
    const { instanceId } = this.#options;
    const since = new Date(own.writtenAtMs - QUOTA_KEPT_MS).toISOString();
    const news = JSON.stringify({ ...own, writtenAtMs: 0 });
    const hasNews = hasAnything(own) && this.#written.get(allowance) !== news;
    const read = [allowance, instanceId, since, MAX_INSTANCES];
    const { rows } = hasNews
      ? await this.#query(WRITE_AND_READ, [...read, JSON.stringify(own), new Date(own.writtenAtMs).toISOString()])
      : await this.#query(READ, read);
    if (hasNews) this.#written.set(allowance, news);
    const others = new Map<string, InstanceQuota>();
    for (const { instance, known } of rows) {
      const other = toInstanceQuota(known);
      if (other) others.set(instance, other);
    }
    return others;
  }

  #query(text: string, values: unknown[]): Promise<pg.QueryResult<QuotaRow>> {
    const query = { text, values, query_timeout: this.#budgetMs } as pg.QueryConfig;
    return this.#options.pool.query<QuotaRow>(query);
  }
}

function hasAnything({ reading, uncountedCalls, callsByHour }: InstanceQuota): boolean {
  return reading !== null || uncountedCalls > 0 || Object.keys(callsByHour).length > 0;
}

const READ = `
  select instance, known from upstream_quotas where allowance = $1 and instance <> $2 and written_at > $3
  order by written_at desc limit $4`;

/** What is too old goes with it; several instances at it take different rows. */
const WRITE_AND_READ = `
  with written as (
    insert into upstream_quotas (allowance, instance, known, written_at) values ($1, $2, $5::jsonb, $6)
      on conflict (allowance, instance) do update set known = excluded.known, written_at = excluded.written_at
  ), removed as (
    delete from upstream_quotas where (allowance, instance) in
      (select allowance, instance from upstream_quotas where allowance = $1 and instance <> $2 and written_at <= $3 for update skip locked)
  )${READ}`;
