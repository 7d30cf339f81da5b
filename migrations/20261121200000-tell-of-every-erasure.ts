import { type Kysely, sql } from 'kysely';

/**
 * Nobody is taken out of the audit log any more without an entry that tells of it and of whom: the function appends one whenever it changes anything, asks to be told of
 * how many entries at most, and leaves what pseudonyms stand for until no entry needs it. Whom the entry tells of is a hash of the person's pseudonym, which names
 * nobody, and by which `audit:verify` knows whose names may be missing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function erase_from_audit(erased text, entry json, max_entries integer) returns bigint
      language plpgsql security definer as $$
    declare
      of_tenant text := nullif(current_setting('app.tenant', true), '');
      next_sequence bigint;
      is_known boolean;
      done bigint;
      forgotten bigint := 0;
    begin
      if of_tenant is null then
        raise exception 'erase_from_audit needs app.tenant' using errcode = 'insufficient_privilege';
      end if;
      if coalesce(erased, '') = '' or max_entries is null or max_entries < 1 then
        raise exception 'erase_from_audit needs a person and at least one entry' using errcode = 'invalid_parameter_value';
      end if;
      perform set_config('lock_timeout', '900', true);
      select sequence + 1 into next_sequence from audit_heads where tenant = of_tenant for update;
      select exists (select from audit_erasures where tenant = of_tenant and person = erased) into is_known;
      with chosen as (
        select sequence, created_at from audit_logs
        where tenant = of_tenant and (actor = erased or subject = erased) limit max_entries
      )
      update audit_logs l set
        actor_promise = case when l.actor = erased
          then audit_promise(l.salt, l.actor, l.address, l.user_agent, l.session, l.personal) else l.actor_promise end,
        actor_erased_by = case when l.actor = erased then next_sequence else l.actor_erased_by end,
        salt = case when l.actor = erased then null else l.salt end,
        address = case when l.actor = erased then null else l.address end,
        user_agent = case when l.actor = erased then null else l.user_agent end,
        session = case when l.actor = erased then null else l.session end,
        personal = case when l.actor = erased then null else l.personal end,
        subject_promise = case when l.subject = erased then audit_promise(l.subject_salt, l.subject) else l.subject_promise end,
        subject_erased_by = case when l.subject = erased then next_sequence else l.subject_erased_by end,
        subject_salt = case when l.subject = erased then null else l.subject_salt end,
        subject = case when l.subject = erased then null else l.subject end,
        actor = case when l.actor = erased then null else l.actor end
      from chosen where l.tenant = of_tenant and l.sequence = chosen.sequence and l.created_at = chosen.created_at;
      get diagnostics done = row_count;
      if not exists (select from audit_logs where tenant = of_tenant and (actor = erased or subject = erased)) then
        delete from audit_identities where tenant = of_tenant and (owner = erased or pseudonym = erased);
        get diagnostics forgotten = row_count;
      end if;
      if done = 0 and forgotten = 0 and is_known then return 0; end if;
      insert into audit_erasures (tenant, person, erased_at) values (of_tenant, erased, clock_timestamp())
        on conflict (tenant, person) do update set erased_at = excluded.erased_at;
      perform append_audit(json_build_array(coalesce(entry::jsonb, '{}') || jsonb_build_object(
        'id', coalesce(entry->>'id', gen_random_uuid()::text), 'actions', array['audit.pseudonymised'], 'outcome', 'ALLOWED',
        'resourceType', null, 'resourceId', null, 'subject', null, 'at', null,
        'details', jsonb_build_object('entries', done,
          'people', array[encode(audit_promise('audit.pseudonymised', of_tenant, erased), 'hex')]))));
      return done;
    end $$
  `.execute(db);
  // Replacing a function takes its settings away, and leaves it its grants.
  const signature = 'erase_from_audit(text, json, integer)';
  await sql`do ${sql.lit(`begin execute format('alter function ${signature} set search_path to %I, pg_temp', current_schema()); end`)}`.execute(
    db,
  );

  // Of whom no entry tells yet, though they were erased before.
  await sql`
    do $$
    declare
      before_all text := current_setting('app.tenant', true);
      erased record;
    begin
      for erased in
        select tenant, array_agg(encode(audit_promise('audit.pseudonymised', tenant, person), 'hex') order by erased_at) as people
        from audit_erasures group by tenant
      loop
        perform set_config('app.tenant', erased.tenant, true);
        perform append_audit(json_build_array(json_build_object('id', gen_random_uuid(), 'actions', array['audit.pseudonymised'],
          'outcome', 'ALLOWED', 'details', json_build_object('entries', 0, 'people', erased.people))));
      end loop;
      perform set_config('app.tenant', coalesce(before_all, ''), true);
    end $$
  `.execute(db);
}
