import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { ActivityRow, TimeFrame } from '../../generated/graphql.ts';
import { type AuditOutcome, SEVERAL_TYPES } from './event.ts';
import type { SealedIdentity } from './pseudonyms.ts';

/** Which entries, with people as pseudonyms. Null: any. */
export interface EntryChoice {
  readonly actor: string | null;
  readonly actions: readonly string[] | null;
  readonly resourceType: string | null;
  /** What the record is called, and the person who may be meant; an entry about either fits. */
  readonly resource: { readonly names: readonly string[]; readonly subject: string | null } | null;
  readonly outcomes: readonly AuditOutcome[] | null;
  /** RFC 3339. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface EntryRow {
  readonly id: string;
  readonly sequence: number;
  readonly actions: string[];
  readonly resource_type: string | null;
  readonly resource_id: string | null;
  readonly outcome: AuditOutcome;
  readonly request_id: string | null;
  readonly occurred_at: string;
  readonly created_at: string;
  readonly details: Record<string, unknown> | null;
  readonly personal: string | null;
  readonly actor: string | null;
  readonly address: string | null;
  readonly user_agent: string | null;
  readonly subject: string | null;
}

const columns = sql`id, sequence, actions, resource_type, resource_id, outcome, request_id, occurred_at, created_at, details, personal,
  actor, address, user_agent, subject`;

/** The latest first, from before the entry of number `before` on. */
export async function selectEntries(
  db: Kysely<DB>,
  choice: EntryChoice,
  before: number | null,
  limit: number,
): Promise<EntryRow[]> {
  const { resource, ...others } = choice;
  const rest = sql`${conditions({ ...others, resource: null }, resource !== null)} ${before === null ? sql`` : sql`and sequence < ${before}`}`;
  const chosen = resource === null ? rest : latestAbout(resource, choice.resourceType, rest, limit);
  const { rows } = await sql<EntryRow>`
    select ${columns} from audit_logs where ${chosen} order by sequence desc limit ${limit}
  `.execute(db);
  return rows;
}

export async function countEntries(db: Kysely<DB>, choice: EntryChoice): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit_logs where ${conditions(choice)}
  `.execute(db);
  return rows[0]?.count ?? 0;
}

/** `actor`: only entries of this one; null: of anybody. */
export async function selectEntriesBySequence(
  db: Kysely<DB>,
  sequences: readonly number[],
  actor: string | null,
): Promise<EntryRow[]> {
  const { rows } = await sql<EntryRow>`
    select ${columns} from audit_logs where sequence = any(${sequences}::bigint[]) and (${actor}::text is null or actor = ${actor})
  `.execute(db);
  return rows;
}

export async function selectIdentities(db: Kysely<DB>, pseudonyms: readonly string[]): Promise<SealedIdentity[]> {
  if (pseudonyms.length === 0) return [];
  const { rows } = await sql<SealedIdentity>`
    select pseudonym, kind, owner, value from audit_identities where pseudonym = any(${pseudonyms}::text[])
  `.execute(db);
  return rows;
}

const daysOf: Readonly<Record<TimeFrame, number>> = { DAY: 1, WEEK: 7, MONTH: 30, YEAR: 365 };
const MAX_ACTIVITY_ROWS = 1_000;

/** `actor`: only what this one did; null: anybody. */
export async function selectActivity(
  db: Kysely<DB>,
  timeFrame: TimeFrame,
  actor: string | null,
): Promise<{ readonly rows: ActivityRow[]; readonly activeUsers: number }> {
  const chosen = sql`created_at >= now() - make_interval(days => ${daysOf[timeFrame]}) and (${actor}::text is null or actor = ${actor})`;
  const { rows } = await sql<ActivityRow>`
    select (created_at at time zone 'UTC')::date as day, action, resource_type as "resourceType", count(*) as count
    from audit_logs cross join unnest(actions) as action where ${chosen}
    group by 1, 2, 3 order by day desc, count desc, action, resource_type limit ${MAX_ACTIVITY_ROWS}
  `.execute(db);
  const users = await sql<{ count: number }>`
    select count(distinct actor) as count from audit_logs where ${chosen}
  `.execute(db);
  return { rows, activeUsers: users.rows[0]?.count ?? 0 };
}

/** `isAboutRecord`: what is about records of several types may be about this one. */
function conditions(choice: EntryChoice, isAboutRecord = choice.resource !== null): RawBuilder<unknown> {
  const all = [
    choice.actor === null ? null : sql`actor = ${choice.actor}`,
    choice.actions === null ? null : sql`actions && ${choice.actions}::text[]`,
    choice.resourceType === null ? null : ofType(sql`resource_type`, choice.resourceType, isAboutRecord),
    choice.resource === null ? null : aboutResource(choice.resource, choice.resourceType),
    choice.outcomes === null ? null : sql`outcome = any(${choice.outcomes}::text[])`,
    choice.from === null ? null : sql`created_at >= ${choice.from}::timestamptz`,
    choice.to === null ? null : sql`created_at <= ${choice.to}::timestamptz`,
  ].filter((condition) => condition !== null);
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
}

function ofType(column: RawBuilder<unknown>, type: string, orSeveral: boolean): RawBuilder<unknown> {
  return orSeveral ? sql`${column} in (${type}, ${SEVERAL_TYPES})` : sql`${column} = ${type}`;
}

type Resource = NonNullable<EntryChoice['resource']>;

function aboutResource({ names, subject }: Resource, resourceType: string | null): RawBuilder<unknown> {
  const known = namesOfRecord(names, resourceType);
  return subject === null
    ? sql`resource_id = any(${known})`
    : sql`(resource_id = any(${known}) or subject = ${subject})`;
}

/**
 * The numbers of so many entries, found name by name: asked for all names at once, in the order of the numbers, PostgreSQL may walk all entries backwards until it
 * has found enough.
 */
function latestAbout(
  { names, subject }: Resource,
  resourceType: string | null,
  rest: RawBuilder<unknown>,
  limit: number,
): RawBuilder<unknown> {
  const ofPerson = sql`
    union select sequence from (select sequence from audit_logs where subject = ${subject} and ${rest} offset 0) of_person`;
  return sql`sequence = any(array(
    select latest.sequence from unnest(${namesOfRecord(names, resourceType)}) as known (name)
    cross join lateral (
      select sequence from audit_logs where resource_id = known.name and ${rest} order by sequence desc limit ${limit}
    ) latest
    ${subject === null ? sql`` : ofPerson}))`;
}

/**
 * Reads tell the name that a record was asked by, its id or another; entries of writes tell all of them, so that each leads to the others. The names of an entry about
 * several records, whose ids have blanks between them, lead to this entry alone.
 */
function namesOfRecord(names: readonly string[], resourceType: string | null): RawBuilder<unknown> {
  const fits = (orSeveral: boolean) =>
    resourceType === null ? sql`true` : ofType(sql`n.resource_type`, resourceType, orSeveral);
  const isOne = sql`position(' ' in n.record) = 0 and ${fits(false)}`;
  return sql`array(
    with records as (
      select n.record from audit_names n where n.name = any(${names}::text[]) and ${isOne}
      union
      select unnest(${names}::text[])
    ), known as (
      select record as name from records
      union
      select n.name from audit_names n where n.record = any(array(select record from records)) and ${isOne}
    )
    select name from known
    union
    select n.record from audit_names n
      where n.name = any(array(select name from known)) and position(' ' in n.record) > 0 and ${fits(true)}
  )`;
}
