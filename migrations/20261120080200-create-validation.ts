import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table validation_configurations (
      tenant text not null check (tenant <> ''),
      rule_id text not null check (rule_id ~ '^[A-Za-z0-9_-]{1,40}$'),
      enabled boolean not null default true,
      config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
      version integer not null default 1 check (version >= 1),
      updated_by text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      primary key (tenant, rule_id)
    )
  `.execute(db);

  await sql`
    create table validation_runs (
      tenant text not null check (tenant <> ''),
      id bigint generated always as identity,
      status text not null check (status in ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED')),
      time_frame text not null check (time_frame in ('DAY', 'WEEK', 'MONTH', 'YEAR')),
      rule_ids text[] not null,
      total_records integer not null default 0 check (total_records >= 0),
      valid_records integer not null default 0 check (valid_records >= 0),
      invalid_records integer not null default 0 check (invalid_records >= 0),
      processed_records integer not null default 0 check (processed_records >= 0),
      started_at timestamptz(3) not null default now(),
      completed_at timestamptz(3),
      started_by text,
      updated_at timestamptz(3) not null default now(),
      primary key (tenant, id),
      check (completed_at >= started_at),
      check (valid_records + invalid_records <= processed_records and processed_records <= total_records)
    )
  `.execute(db);

  await sql`
    create table validation_results (
      tenant text not null,
      id bigint generated always as identity,
      run_id bigint not null,
      rule_id text not null check (rule_id ~ '^[A-Za-z0-9_-]{1,40}$'),
      status text not null check (status in ('PASS', 'FAIL', 'SKIPPED')),
      message text not null,
      details jsonb check (jsonb_typeof(details) = 'object'),
      record_id text not null check (record_id ~ '^[A-Za-z0-9]{18}$'),
      record_name text,
      executed_at timestamptz(3) not null default now(),
      primary key (tenant, id),
      unique (tenant, run_id, rule_id, record_id),
      foreign key (tenant, run_id) references validation_runs (tenant, id) on delete cascade
    )
  `.execute(db);
  await sql`create index validation_results_by_run on validation_results (tenant, run_id, id)`.execute(db);
  await sql`create index validation_results_newest on validation_results (tenant, record_id, rule_id, executed_at desc, id desc)`.execute(
    db,
  );
  await sql`create index validation_results_by_time on validation_results (tenant, executed_at) include (rule_id, status)`.execute(
    db,
  );

  for (const table of ['validation_configurations', 'validation_runs']) {
    await sql`create trigger touch before update on ${sql.table(table)} for each row execute function touch_updated_at()`.execute(
      db,
    );
  }
  for (const table of ['validation_configurations', 'validation_runs', 'validation_results']) {
    await sql`select protect_tenant_table(${table}::regclass, 'select, insert, update, delete')`.execute(db);
  }
}
