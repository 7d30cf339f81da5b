import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { TimeFrame, ValidationTrendPoint } from '../../generated/graphql.ts';

const daysOf: Readonly<Record<TimeFrame, number>> = { DAY: 1, WEEK: 7, MONTH: 30, YEAR: 365 };

/**
 * One point for each day in UTC, oldest first, today last; a day without results counts zeros. The failure rate is the share of failures
 * among the results that were decided: skipped ones do not count.
 */
export async function selectTrend(
  db: Kysely<DB>,
  timeFrame: TimeFrame,
  ruleId: string | null,
): Promise<ValidationTrendPoint[]> {
  const { rows } = await sql<Omit<ValidationTrendPoint, 'failureRate'>>`
    with days as (
      select (now() at time zone 'UTC')::date - back as day from generate_series(0, ${daysOf[timeFrame] - 1}::int) back
    ), counted as (
      select (executed_at at time zone 'UTC')::date as day,
        count(*) filter (where status = 'PASS') as pass,
        count(*) filter (where status = 'FAIL') as fail,
        count(*) filter (where status = 'SKIPPED') as skipped
      from validation_results
      where executed_at >= (select min(day) from days)::timestamp at time zone 'UTC'
        and (${ruleId}::text is null or rule_id = ${ruleId})
      group by 1
    )
    select days.day, coalesce(pass, 0) as pass, coalesce(fail, 0) as fail, coalesce(skipped, 0) as skipped
    from days left join counted using (day)
    order by days.day
  `.execute(db);
  return rows.map((row) => {
    const decided = row.pass + row.fail;
    return { ...row, failureRate: decided === 0 ? 0 : row.fail / decided };
  });
}
