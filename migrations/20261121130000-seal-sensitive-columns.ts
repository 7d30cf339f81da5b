import { type Kysely, sql } from 'kysely';

/**
 * Mentors' e-mail addresses and assessments' comments become sealed text (AES-256-GCM, as base64 with its key's id), which is longer than what
 * it holds; addresses are found and kept unique by a keyed hash. Plain values stay readable until `npm run keys:rotate` has sealed them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table mentors drop constraint mentors_email_check`.execute(db);
  // 18 characters of prefix, and 4/3 of 4 bytes a character with nonce and tag.
  await sql`alter table mentors add constraint mentors_email_check check (length(email) between 3 and 1762)`.execute(
    db,
  );
  await sql`alter table mentors add column email_index text check (email_index ~ '^[0-9a-f]{64}$')`.execute(db);
  await sql`create unique index mentors_by_email_index on mentors (tenant, email_index)`.execute(db);
  await sql`alter table assessments drop constraint assessments_comment_check`.execute(db);
  await sql`alter table assessments add constraint assessments_comment_check check (length(comment) <= 21389)`.execute(
    db,
  );
}
