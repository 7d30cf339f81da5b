import type pg from 'pg';

/** Until when the changes that a feed tells of are known. Times are milliseconds since the epoch. */
export interface SyncCursor {
  /** By the source's clock; the next poll asks from here. Null before the first. */
  readonly highWaterMs: number | null;
  /** Changes that the last polls told of: what changed, its stamp, when it was told. A source that is asked with overlap tells them again. */
  readonly recent: readonly ToldChange[];
  /** Types whose changes are known, one poll after the other without a gap, from `coveredSinceMs` to `confirmedUntilMs`, by the pollers' clock. */
  readonly types: readonly string[];
  readonly coveredSinceMs: number | null;
  readonly confirmedUntilMs: number | null;
  /** Whoever has seen this invalidation has seen all that was told until then. */
  readonly invalidationId: number;
}

/** What a round takes, in milliseconds. */
export interface ClaimTerms {
  /** Since the last one. */
  readonly intervalMs: number;
  readonly leaseMs: number;
  readonly readSinceMs: number;
}

export type ToldChange = readonly [what: string, stamp: string, toldAtMs: number];

interface CursorRow {
  readonly high_water: string | null;
  readonly recent: readonly ToldChange[];
  readonly types: readonly string[];
  readonly covered_since: string | null;
  readonly confirmed_until: string | null;
  readonly invalidation_id: number;
  readonly last_read_at: string | null;
  readonly claimed: boolean;
}

const BUDGET_MS = 2_000;

/**
 * The table `sync_cursors`. A round of a poll is claimed for a while, by PostgreSQL's clock: so one instance does it, whichever comes first
 * once it is due, and when that one ends in the middle, another takes over after the claim has run out. Rejects when PostgreSQL is away.
 */
export class SyncCursors {
  readonly #pool: pg.Pool;

  /** The pool belongs to the caller; one that `createPool` made. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Tells all instances that something of the source was read at this time, in milliseconds since the epoch by the caller's clock. */
  async noteRead(feed: string, readAtMs: number): Promise<void> {
    await this.#query(NOTE_READ, [feed, toTime(readAtMs)]);
  }

  /**
   * The cursor as it is, whether this round was claimed for the caller, and whether anything was read through any instance since
   * `readSinceMs`, by the readers' clock: otherwise nothing is claimed.
   */
  async claim(
    feed: string,
    owner: string,
    { intervalMs, leaseMs, readSinceMs }: ClaimTerms,
  ): Promise<{ readonly cursor: SyncCursor; readonly isClaimed: boolean; readonly isRead: boolean }> {
    const times = [intervalMs / 1_000, leaseMs / 1_000, toTime(readSinceMs)];
    const { rows } = await this.#query<CursorRow>(CLAIM, [feed, owner, ...times]);
    const [row] = rows;
    const lastReadMs = toMs(row?.last_read_at ?? null);
    return {
      cursor: row ? toCursor(row) : NO_CURSOR,
      isClaimed: row?.claimed ?? false,
      isRead: lastReadMs !== null && lastReadMs >= readSinceMs,
    };
  }

  /** The cursor without claiming anything. */
  async read(feed: string): Promise<SyncCursor> {
    const { rows } = await this.#query<CursorRow>('select *, false as claimed from sync_cursors where source = $1', [
      feed,
    ]);
    return rows[0] ? toCursor(rows[0]) : NO_CURSOR;
  }

  /** Ends the round with what it brought; false, and nothing is stored, when the claim was lost meanwhile. */
  async advance(feed: string, owner: string, next: SyncCursor): Promise<boolean> {
    const { highWaterMs, recent, types, coveredSinceMs, confirmedUntilMs, invalidationId } = next;
    const { rowCount } = await this.#query(ADVANCE, [
      feed,
      owner,
      toTime(highWaterMs),
      JSON.stringify(recent),
      types,
      toTime(coveredSinceMs),
      toTime(confirmedUntilMs),
      invalidationId,
    ]);
    return rowCount === 1;
  }

  /** Ends the round without a result; it is due again an interval after it began. */
  async release(feed: string, owner: string): Promise<void> {
    await this.#query(
      'update sync_cursors set claimed_by = null, claimed_until = null where source = $1 and claimed_by = $2',
      [feed, owner],
    );
  }

  #query<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<pg.QueryResult<Row>> {
    return this.#pool.query<Row>({ text, values, query_timeout: BUDGET_MS } as pg.QueryConfig);
  }
}

const NO_CURSOR: SyncCursor = {
  highWaterMs: null,
  recent: [],
  types: [],
  coveredSinceMs: null,
  confirmedUntilMs: null,
  invalidationId: 0,
};

function toCursor(row: CursorRow): SyncCursor {
  return {
    highWaterMs: toMs(row.high_water),
    recent: row.recent,
    types: row.types,
    coveredSinceMs: toMs(row.covered_since),
    confirmedUntilMs: toMs(row.confirmed_until),
    invalidationId: row.invalidation_id,
  };
}

function toMs(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Makes the row when there is none. */
const NOTE_READ = `
  insert into sync_cursors as c (source, last_read_at) values ($1, $2)
    on conflict (source) do update set last_read_at = excluded.last_read_at
      where c.last_read_at is null or c.last_read_at < excluded.last_read_at`;

/** In one statement: the row is claimed when it is read, due and free, and answered in any case. */
const CLAIM = `
  with claimed as (
    update sync_cursors as c
      set claimed_by = $2, claimed_until = now() + make_interval(secs => $4), polled_at = now()
      where c.source = $1 and c.last_read_at >= $5
        and (c.claimed_until is null or c.claimed_until < now())
        and (c.polled_at is null or c.polled_at <= now() - make_interval(secs => $3))
    returning *
  )
  select *, true as claimed from claimed
  union all
  select *, false as claimed from sync_cursors where source = $1 and not exists (select from claimed)`;

const ADVANCE = `
  update sync_cursors set high_water = $3, recent = $4::jsonb, types = $5, covered_since = $6, confirmed_until = $7,
    invalidation_id = $8, claimed_by = null, claimed_until = null
  where source = $1 and claimed_by = $2 and claimed_until >= now()`;
