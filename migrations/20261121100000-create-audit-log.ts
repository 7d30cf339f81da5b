import { type Kysely, sql } from 'kysely';

/**
 * The audit log: per tenant a sequence without gaps and a chain of hashes. Nobody writes these tables but the functions below, which run
 * with the rights of the tables' owner; the gateway's role may read, and append while it has the right to INSERT.
 *
 * What identifies people stands beside the chain: `commitment` is a hash of two salted promises, one about whoever did it and one about the
 * person that it was done to, and the chain covers the commitment alone. When a person is erased, what identifies them and the salt go, the
 * promise stays in their place, and every hash stays right.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_heads (
      tenant text primary key check (tenant <> ''),
      sequence bigint not null check (sequence >= 0),
      hash bytea not null check (octet_length(hash) = 32),
      created_at timestamptz(3) not null
    )
  `.execute(db);
  // Partitions are made when their month begins: a date in a migration would make every installation another one.
  await sql`
    create table audit_logs (
      tenant text not null check (tenant <> ''),
      sequence bigint not null check (sequence >= 1),
      id uuid not null,
      actions text[] not null check (cardinality(actions) >= 1),
      resource_type text,
      resource_id text,
      outcome text not null check (outcome in ('ALLOWED', 'DENIED', 'FAILED')),
      request_id text,
      client text,
      occurred_at timestamptz(3) not null,
      created_at timestamptz(3) not null,
      details json,
      commitment bytea not null check (octet_length(commitment) = 32),
      hash bytea not null check (octet_length(hash) = 32),
      salt text,
      actor text,
      address text,
      user_agent text,
      session text,
      personal text,
      actor_promise bytea,
      actor_erased_by bigint,
      subject_salt text,
      subject text,
      subject_promise bytea,
      subject_erased_by bigint,
      primary key (tenant, sequence, created_at)
    ) partition by range (created_at)
  `.execute(db);
  await sql`create index audit_logs_by_actor on audit_logs (tenant, actor, sequence)`.execute(db);
  await sql`create index audit_logs_by_resource on audit_logs (tenant, resource_type, resource_id, sequence)`.execute(
    db,
  );
  await sql`create index audit_logs_by_subject on audit_logs (tenant, subject) where subject is not null`.execute(db);
  await sql`create index audit_logs_by_time on audit_logs (tenant, created_at)`.execute(db);
  await sql`create index audit_logs_by_action on audit_logs using gin (actions)`.execute(db);

  await sql`
    create table audit_identities (
      tenant text not null check (tenant <> ''),
      pseudonym text not null check (pseudonym <> ''),
      kind text not null check (kind in ('person', 'name', 'address', 'userAgent', 'session')),
      owner text,
      value text not null,
      created_at timestamptz(3) not null default now(),
      primary key (tenant, pseudonym, kind)
    )
  `.execute(db);
  await sql`create index audit_identities_by_owner on audit_identities (tenant, owner)`.execute(db);
  // Entries of an erased person that were still on their way are stored without the person.
  await sql`
    create table audit_erasures (
      tenant text not null check (tenant <> ''),
      person text not null,
      erased_at timestamptz(3) not null,
      primary key (tenant, person)
    )
  `.execute(db);
  await sql`
    create table audit_journals (
      tenant text not null check (tenant <> ''),
      journal uuid not null,
      shipped bigint not null check (shipped >= 1),
      updated_at timestamptz(3) not null default now(),
      primary key (tenant, journal)
    )
  `.execute(db);
  await sql`create index audit_journals_by_age on audit_journals (updated_at)`.execute(db);

  await sql`select protect_tenant_table('audit_heads', 'select')`.execute(db);
  await sql`select protect_tenant_table('audit_logs', 'select, insert')`.execute(db);
  await sql`select protect_tenant_table('audit_identities', 'select')`.execute(db);
  await sql`select protect_tenant_table('audit_erasures', 'select')`.execute(db);
  await sql`select protect_tenant_table('audit_journals', 'select')`.execute(db);
  // The right to INSERT is the right to append, which an operator can take away; rows come in through append_audit alone.
  await sql`
    create policy append_only on audit_logs as restrictive for insert with check (current_user <> 'deployment_graph_app')
  `.execute(db);
  // Retention and verification look at every tenant. They work as the owner, which FORCE binds like everybody else.
  for (const table of ['audit_heads', 'audit_logs', 'audit_identities', 'audit_erasures', 'audit_journals']) {
    await sql`do ${sql.lit(`begin execute format('create policy keeper on ${table} to %I using (true)', current_user); end`)}`.execute(
      db,
    );
  }

  // Each value with its length before it, so that no two lists of values are written alike.
  await sql`
    create function audit_text(variadic parts text[]) returns text language sql immutable parallel safe as $$
      select string_agg(coalesce(octet_length(part) || ':' || part, '-'), ',' order by place)
      from unnest(parts) with ordinality as given (part, place)
    $$
  `.execute(db);

  await sql`
    create function audit_promise(variadic parts text[]) returns bytea language sql immutable parallel safe as $$
      select sha256(convert_to(audit_text(variadic parts), 'UTF8'))
    $$
  `.execute(db);

  await sql`
    create function ensure_audit_partition(moment timestamptz) returns void language plpgsql security definer as $$
    declare
      first_day date := date_trunc('month', moment at time zone 'UTC')::date;
      partition text := 'audit_logs_' || to_char(first_day, 'YYYYMM');
    begin
      if to_regclass(partition) is not null then return; end if;
      perform pg_advisory_xact_lock(7301884402119);
      if to_regclass(partition) is not null then return; end if;
      execute format('create table %I (like audit_logs including all)', partition);
      execute format('alter table %I enable row level security', partition);
      execute format('alter table %I force row level security', partition);
      execute format(
        'create policy tenant_isolation on %I using (tenant = nullif(current_setting(''app.tenant'', true), ''''))', partition);
      execute format('create policy keeper on %I to %I using (true)', partition, current_user);
      -- Attaching, unlike creating in place, lets others go on appending.
      execute format('alter table audit_logs attach partition %I for values from (%L) to (%L)', partition,
        first_day::timestamp at time zone 'UTC', (first_day + interval '1 month') at time zone 'UTC');
    end $$
  `.execute(db);

  // entries: [{id, actions, resourceType, resourceId, outcome, requestId, client, at, details, actor, address, userAgent, session, subject,
  // personal, n}], at in ms, n: place in the journal. identities: [{pseudonym, kind, owner, value, at}], owner: pseudonym of the person that it
  // goes with when they are erased. Answers the number of the last entry.
  await sql`
    create function append_audit(entries json, identities json default null, from_journal uuid default null)
      returns bigint language plpgsql security definer as $$
    declare
      of_tenant text := nullif(current_setting('app.tenant', true), '');
      asking text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
      head audit_heads;
      shipped_before bigint := 0;
      shipped_now bigint;
      moment timestamptz(3);
      erased_people text[];
      entry record;
      salt_text text;
      subject_salt_text text;
      promised bytea;
    begin
      if of_tenant is null then
        raise exception 'append_audit needs app.tenant' using errcode = 'insufficient_privilege';
      end if;
      if not has_table_privilege(asking, 'audit_logs', 'INSERT') then
        raise exception 'permission denied for table audit_logs' using errcode = 'insufficient_privilege';
      end if;
      -- What an entry is about must not be answered before the entry is on disk, whatever the server's default is.
      if current_setting('synchronous_commit') in ('off', 'local') then
        perform set_config('synchronous_commit', 'on', true);
      end if;
      -- Twice at most: for the chain, and for the table.
      perform set_config('lock_timeout', '900', true);
      select * into head from audit_heads where tenant = of_tenant for update;
      if not found then
        insert into audit_heads (tenant, sequence, hash, created_at)
          values (of_tenant, 0, sha256(convert_to('deployment-graph audit ' || of_tenant, 'UTF8')), '-infinity')
          on conflict do nothing;
        select * into strict head from audit_heads where tenant = of_tenant for update;
      end if;
      if from_journal is not null then
        select coalesce(max(shipped), 0) into shipped_before from audit_journals
          where tenant = of_tenant and journal = from_journal;
        shipped_now := shipped_before;
        select array_agg(person) into erased_people from audit_erasures where tenant = of_tenant;
      end if;
      -- Never before the entry before it, even if the server's clock was set back.
      moment := greatest(clock_timestamp()::timestamptz(3), head.created_at);
      perform ensure_audit_partition(moment);
      for entry in
        select * from json_to_recordset(entries) as given (
          id uuid, actions text[], "resourceType" text, "resourceId" text, outcome text, "requestId" text, client text,
          at double precision, details json, actor text, address text, "userAgent" text, session text, subject text,
          personal text, n bigint)
      loop
        continue when entry.n <= shipped_before;
        shipped_now := greatest(shipped_now, entry.n);
        if entry.actor = any(erased_people) and exists (select from audit_erasures e where e.tenant = of_tenant
            and e.person = entry.actor and e.erased_at >= to_timestamp(entry.at / 1000)) then
          entry.actor := null; entry.address := null; entry."userAgent" := null; entry.session := null; entry.personal := null;
        end if;
        salt_text := gen_random_uuid()::text;
        subject_salt_text := case when entry.subject is null then null else gen_random_uuid()::text end;
        promised := sha256(
          audit_promise(salt_text, entry.actor, entry.address, entry."userAgent", entry.session, entry.personal)
          || audit_promise(subject_salt_text, entry.subject));
        head.sequence := head.sequence + 1;
        head.hash := sha256(head.hash || convert_to(audit_text(of_tenant, head.sequence::text, entry.id::text,
          array_to_string(entry.actions, ' '), entry."resourceType", entry."resourceId", entry.outcome, entry."requestId",
          entry.client, round(coalesce(entry.at, extract(epoch from moment) * 1000))::bigint::text,
          round(extract(epoch from moment) * 1000)::bigint::text, entry.details::text, encode(promised, 'hex')), 'UTF8'));
        insert into audit_logs (tenant, sequence, id, actions, resource_type, resource_id, outcome, request_id, client,
          occurred_at, created_at, details, commitment, hash, salt, actor, address, user_agent, session, personal, subject_salt, subject)
        values (of_tenant, head.sequence, entry.id, entry.actions, entry."resourceType", entry."resourceId", entry.outcome,
          entry."requestId", entry.client,
          coalesce(to_timestamp(round(entry.at) / 1000), moment), moment, entry.details, promised, head.hash, salt_text,
          entry.actor, entry.address, entry."userAgent", entry.session, entry.personal, subject_salt_text, entry.subject);
      end loop;
      update audit_heads set sequence = head.sequence, hash = head.hash, created_at = moment where tenant = of_tenant;
      if shipped_now > shipped_before then
        insert into audit_journals as known (tenant, journal, shipped) values (of_tenant, from_journal, shipped_now)
          on conflict (tenant, journal) do update set shipped = excluded.shipped, updated_at = now();
      end if;
      if identities is not null then
        insert into audit_identities (tenant, pseudonym, kind, owner, value)
          select distinct on (pseudonym, kind) of_tenant, pseudonym, kind, owner, value
          from json_to_recordset(identities) as given (pseudonym text, kind text, owner text, value text, at double precision)
          where not exists (select from audit_erasures e where e.tenant = of_tenant and e.person = given.owner
            and e.erased_at >= to_timestamp(given.at / 1000))
          order by pseudonym, kind
          on conflict do nothing;
      end if;
      return head.sequence;
    end $$
  `.execute(db);

  await sql`
    create function probe_audit() returns void language plpgsql as $$
    begin
      perform append_audit(json_build_array(json_build_object(
        'id', gen_random_uuid(), 'actions', array['probe'], 'outcome', 'FAILED')));
      raise exception 'undo' using errcode = 'DG001';
    exception when sqlstate 'DG001' then
      null;
    end $$
  `.execute(db);

  // Takes a person out of up to so many entries, and appends the entry that says of how many. Answers how many.
  await sql`
    create function erase_from_audit(erased text, entry json, max_entries integer) returns bigint
      language plpgsql security definer as $$
    declare
      of_tenant text := nullif(current_setting('app.tenant', true), '');
      next_sequence bigint;
      done bigint;
    begin
      if of_tenant is null then
        raise exception 'erase_from_audit needs app.tenant' using errcode = 'insufficient_privilege';
      end if;
      perform set_config('lock_timeout', '900', true);
      select sequence + 1 into next_sequence from audit_heads where tenant = of_tenant for update;
      insert into audit_erasures (tenant, person, erased_at) values (of_tenant, erased, clock_timestamp())
        on conflict (tenant, person) do update set erased_at = excluded.erased_at;
      delete from audit_identities where tenant = of_tenant and (owner = erased or pseudonym = erased);
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
      if done > 0 then
        perform append_audit(json_build_array(jsonb_set(entry::jsonb, '{details}', jsonb_build_object('entries', done))));
      end if;
      return done;
    end $$
  `.execute(db);

  for (const signature of [
    'audit_text(text[])',
    'audit_promise(text[])',
    'erase_from_audit(text, json, integer)',
    'ensure_audit_partition(timestamptz)',
    'append_audit(json, json, uuid)',
    'probe_audit()',
  ]) {
    // Temporary tables last: nobody slips another table under a function that runs with the owner's rights.
    await sql`do ${sql.lit(`begin execute format('alter function ${signature} set search_path to %I, pg_temp', current_schema()); end`)}`.execute(
      db,
    );
    await sql`revoke all on function ${sql.raw(signature)} from public`.execute(db);
  }
  for (const signature of [
    'append_audit(json, json, uuid)',
    'probe_audit()',
    'erase_from_audit(text, json, integer)',
  ]) {
    await sql`grant execute on function ${sql.raw(signature)} to deployment_graph_app`.execute(db);
  }
}
