import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table mentors (
      tenant text not null check (tenant <> ''),
      id bigint generated always as identity,
      name text not null check (length(name) between 1 and 200),
      email text not null check (length(email) between 3 and 320),
      active boolean not null default true,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      primary key (tenant, id)
    )
  `.execute(db);
  await sql`create unique index mentors_by_email on mentors (tenant, lower(email))`.execute(db);
  await sql`create index mentors_by_name on mentors (tenant, name, id)`.execute(db);

  await sql`
    create table mentor_assignments (
      tenant text not null,
      mentor_id bigint not null,
      ps_request_number text not null check (ps_request_number ~ '^PSR-[0-9]{5,9}$'),
      assigned_at timestamptz(3) not null default now(),
      primary key (tenant, mentor_id, ps_request_number),
      foreign key (tenant, mentor_id) references mentors (tenant, id) on delete cascade
    )
  `.execute(db);

  await sql`
    create table assessments (
      tenant text not null,
      id bigint generated always as identity,
      mentor_id bigint not null,
      ps_request_number text not null check (ps_request_number ~ '^PSR-[0-9]{5,9}$'),
      score smallint not null check (score between 1 and 5),
      comment text check (length(comment) <= 4000),
      assessed_at timestamptz(3) not null default now(),
      version integer not null default 1 check (version >= 1),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      primary key (tenant, id),
      unique (tenant, mentor_id, ps_request_number),
      foreign key (tenant, mentor_id) references mentors (tenant, id) on delete cascade
    )
  `.execute(db);
  await sql`create index assessments_by_mentor on assessments (tenant, mentor_id, id)`.execute(db);

  for (const table of ['mentors', 'assessments']) {
    await sql`create trigger touch before update on ${sql.table(table)} for each row execute function touch_updated_at()`.execute(
      db,
    );
  }
  for (const table of ['mentors', 'mentor_assignments', 'assessments']) {
    await sql`select protect_tenant_table(${table}::regclass, 'select, insert, update, delete')`.execute(db);
  }
}
