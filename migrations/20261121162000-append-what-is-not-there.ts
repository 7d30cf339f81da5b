import { type Kysely, sql } from 'kysely';

/**
 * How far a journal is shipped is what whoever calls `append_audit` says it is. So it tells no longer what may be left out, but only where it is
 * worth looking: an entry is left out when one with its id is between the first and the last that came from its journal. And the gateway's role,
 * which never had to read them, no longer learns the names of journals.
 *
 * Each action is written with its length into the text that is hashed, like everything else, so that no two lists of actions have the same
 * hash. What TypeScript would read otherwise than it was hashed is refused, or hashed as it is stored.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table audit_journals add column first_sequence bigint, add column last_sequence bigint`.execute(db);
  await sql`revoke select on audit_journals from deployment_graph_app`.execute(db);

  await sql`
    create or replace function append_audit(entries json, identities json default null, from_journal uuid default null)
      returns bigint language plpgsql security definer as $$
    declare
      of_tenant text := nullif(current_setting('app.tenant', true), '');
      asking text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
      head audit_heads;
      before_all bigint;
      shipped_journal audit_journals;
      shipped_before bigint := 0;
      shipped_now bigint;
      stored_ids uuid[];
      moment timestamptz(3);
      happened timestamptz(3);
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
      before_all := head.sequence;
      if from_journal is not null then
        select * into shipped_journal from audit_journals where tenant = of_tenant and journal = from_journal;
        shipped_before := coalesce(shipped_journal.shipped, 0);
        shipped_now := shipped_before;
        select array_agg(l.id) into stored_ids
          from json_to_recordset(entries) as given (id uuid, n bigint)
          join audit_logs l on l.tenant = of_tenant and l.id = given.id
            and l.sequence between coalesce(shipped_journal.first_sequence, 1) and coalesce(shipped_journal.last_sequence, before_all)
          where given.n <= shipped_before;
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
        continue when entry.n <= shipped_before and entry.id = any(stored_ids);
        if array_ndims(entry.actions) is distinct from 1 or array_position(entry.actions, null) is not null then
          raise exception 'actions has to be a list of texts' using errcode = 'invalid_parameter_value';
        end if;
        shipped_now := greatest(shipped_now, entry.n);
        happened := coalesce(to_timestamp(round(entry.at) / 1000), moment);
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
          audit_text(variadic entry.actions), entry."resourceType", entry."resourceId", entry.outcome, entry."requestId",
          entry.client, round(extract(epoch from happened) * 1000)::bigint::text,
          round(extract(epoch from moment) * 1000)::bigint::text, entry.details::text, encode(promised, 'hex')), 'UTF8'));
        insert into audit_logs (tenant, sequence, id, actions, resource_type, resource_id, outcome, request_id, client,
          occurred_at, created_at, details, commitment, hash, salt, actor, address, user_agent, session, personal, subject_salt, subject)
        values (of_tenant, head.sequence, entry.id, entry.actions, entry."resourceType", entry."resourceId", entry.outcome,
          entry."requestId", entry.client,
          happened, moment, entry.details, promised, head.hash, salt_text,
          entry.actor, entry.address, entry."userAgent", entry.session, entry.personal, subject_salt_text, entry.subject);
      end loop;
      update audit_heads set sequence = head.sequence, hash = head.hash, created_at = moment where tenant = of_tenant;
      if shipped_now > 0 and head.sequence > before_all then
        insert into audit_journals as known (tenant, journal, shipped, first_sequence, last_sequence)
          values (of_tenant, from_journal, shipped_now, before_all + 1, head.sequence)
          on conflict (tenant, journal) do update
            set shipped = excluded.shipped, last_sequence = excluded.last_sequence, updated_at = now();
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
  // Replacing a function takes its settings away, and leaves it its grants.
  const signature = 'append_audit(json, json, uuid)';
  await sql`do ${sql.lit(`begin execute format('alter function ${signature} set search_path to %I, pg_temp', current_schema()); end`)}`.execute(
    db,
  );
}
