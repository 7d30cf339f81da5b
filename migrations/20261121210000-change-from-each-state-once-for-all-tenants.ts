import { type Kysely, sql } from 'kysely';

/**
 * Records of the sources belong to all tenants, so of two changes that were made from the same state of one, one goes through, whoever they are of. A
 * unique index holds for rows that its writer can't see, too, and shows nothing of them: the other is answered with the record's present state.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index upstream_writes_one_from_each_state`.execute(db);
  // What has gone through already stays, the first of them as the one that counts.
  await sql`
    update upstream_writes later set based_on = null
    where later.based_on is not null and exists (
      select from upstream_writes first
      where first.source = later.source and first.resource_id = later.resource_id and first.based_on = later.based_on
        and first.state in ('SENDING', 'UNKNOWN', 'DONE') and (first.sent_at, first.tenant, first.id) < (later.sent_at, later.tenant, later.id))
  `.execute(db);
  await sql`
    create unique index upstream_writes_one_from_each_state on upstream_writes (source, resource_id, based_on)
      where based_on is not null and state in ('SENDING', 'UNKNOWN', 'DONE')
  `.execute(db);
}
