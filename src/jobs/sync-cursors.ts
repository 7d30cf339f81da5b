import type pg from 'pg';
import type { SourceName } from '../platform/errors.ts';

/** Until when the changes of a source are known. Times are milliseconds since the epoch. */
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

export type ToldChange = readonly [what: string, stamp: string, toldAtMs: number];

interface CursorRow {
  readonly high_water: string | null;
  readonly recent: readonly ToldChange[];
  readonly types: readonly string[];
  readonly covered_since: string | null;
  readonly confirmed_until: string | null;
  readonly invalidation_id: number;
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

  /** The cursor as it is, and whether this round was claimed for the caller. */
  async claim(
    source: SourceName,
    owner: string,
    { intervalMs, leaseMs }: { readonly intervalMs: number; readonly leaseMs: number },
  ): Promise<{ readonly cursor: SyncCursor; readonly isClaimed: boolean }> {
    const { rows } = await this.#query<CursorRow>(CLAIM, [source, owner, intervalMs / 1_000, leaseMs / 1_000]);
    const [row] = rows;
    return { cursor: row ? toCursor(row) : NO_CURSOR, isClaimed: row?.claimed ?? false };
  }

  /** The cursor without claiming anything. */
  async read(source: SourceName): Promise<SyncCursor> {
    const { rows } = await this.#query<CursorRow>('select *, false as claimed from sync_cursors where source = $1', [
      source,
    ]);
    return rows[0] ? toCursor(rows[0]) : NO_CURSOR;
  }

  /** Ends the round with what it brought; false, and nothing is stored, when the claim was lost meanwhile. */
  async advance(source: SourceName, owner: string, next: SyncCursor): Promise<boolean> {
    const { highWaterMs, recent, types, coveredSinceMs, confirmedUntilMs, invalidationId } = next;
    const { rowCount } = await this.#query(ADVANCE, [
      source,
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
  async release(source: SourceName, owner: string): Promise<void> {
    await this.#query(
      'update sync_cursors set claimed_by = null, claimed_until = null where source = $1 and claimed_by = $2',
      [source, owner],
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

/** In one statement: the row is made when there is none, claimed when it is due and free, and answered in any case. */
const CLAIM = `
  with claimed as (
    insert into sync_cursors as c (source, claimed_by, claimed_until, polled_at)
    values ($1, $2, now() + make_interval(secs => $4), now())
    on conflict (source) do update
      set claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until, polled_at = excluded.polled_at
      where (c.claimed_until is null or c.claimed_until < now())
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
