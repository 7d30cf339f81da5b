import { type Kysely, sql } from 'kysely';

/** What clients call themselves may be anything, a person's name too: entries hold a pseudonym of it, and its value is kept where it can be erased. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table audit_identities drop constraint audit_identities_kind_check`.execute(db);
  await sql`
    alter table audit_identities add constraint audit_identities_kind_check
      check (kind in ('person', 'name', 'address', 'userAgent', 'session', 'client'))
  `.execute(db);
}
