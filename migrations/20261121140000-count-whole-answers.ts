import { type Kysely, sql } from 'kysely';

/** Answers that were given whole, without being executed for their request, and how long each took, on the scale of `durations`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table operation_costs
      add column whole_answers bigint not null default 0 check (whole_answers >= 0),
      add column whole_answer_durations bigint[] not null default '{}'
  `.execute(db);
}
