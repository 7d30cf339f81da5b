import { type Kysely, sql } from 'kysely';

/** When anything of a source was last read through any instance, to within a minute: nobody asks it for changes that nobody would see. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sync_cursors add column last_read_at timestamptz(3)`.execute(db);
}
