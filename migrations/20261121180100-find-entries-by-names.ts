import { type Kysely, sql } from 'kysely';

/**
 * Entries of the audit log are found by each name of a record without looking at the others. The policies let no index be searched with the operators of arrays and
 * JSON, which may tell of rows that are not the reader's; so what names a record has stands in a table of its own, where they are compared as texts.
 * It is no part of the chain: it says what leads where, and nothing of what happened.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_names (
      tenant text not null check (tenant <> ''),
      name text not null,
      resource_type text not null,
      record text not null,
      primary key (tenant, name, resource_type, record)
    )
  `.execute(db);
  await sql`create index audit_names_by_record on audit_names (tenant, record, resource_type)`.execute(db);
  await sql`select protect_tenant_table('audit_names', 'select')`.execute(db);
  await sql`do ${sql.lit(`begin execute format('create policy keeper on audit_names to %I using (true)', current_user); end`)}`.execute(
    db,
  );

  // As the owner, because nobody but append_audit inserts entries.
  await sql`
    create function note_audit_names() returns trigger language plpgsql as $$
    begin
      insert into audit_names (tenant, name, resource_type, record)
        select new.tenant, told.name, new.resource_type, new.resource_id
        from json_array_elements_text(new.details->'names') as told (name)
        where told.name is not null
        on conflict do nothing;
      return null;
    end $$
  `.execute(db);
  await sql`revoke all on function note_audit_names() from public`.execute(db);
  await sql`
    create trigger note_names after insert on audit_logs for each row
      when (new.resource_id is not null and new.resource_type is not null and json_typeof(new.details->'names') = 'array')
      execute function note_audit_names()
  `.execute(db);
  await sql`
    insert into audit_names (tenant, name, resource_type, record)
      select distinct l.tenant, told.name, l.resource_type, l.resource_id
      from audit_logs l cross join lateral json_array_elements_text(l.details->'names') as told (name)
      where l.resource_id is not null and l.resource_type is not null and json_typeof(l.details->'names') = 'array' and told.name is not null
  `.execute(db);
  await sql`
    create index audit_logs_by_record on audit_logs (tenant, resource_id, sequence) where resource_id is not null
  `.execute(db);
}
