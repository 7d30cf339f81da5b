import { type Kysely, sql } from 'kysely';

/** What the tables of tenants share: the guard that every one of them gets, and the clock of `updated_at`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A function without rights of its own: the caller must own the table.
  await sql`
    create function protect_tenant_table(target regclass, privileges text) returns void language plpgsql as $$
    begin
      execute format('alter table %s enable row level security', target);
      execute format('alter table %s force row level security', target);
      execute format(
        'create policy tenant_isolation on %s using (tenant = nullif(current_setting(''app.tenant'', true), ''''))', target);
      execute format('grant %s on %s to deployment_graph_app', privileges, target);
    end $$
  `.execute(db);
  await sql`
    create function touch_updated_at() returns trigger language plpgsql as $$
    begin
      new.updated_at := now();
      return new;
    end $$
  `.execute(db);
  await sql`revoke all on function protect_tenant_table(regclass, text) from public`.execute(db);
}
