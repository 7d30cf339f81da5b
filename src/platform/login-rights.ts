import pg from 'pg';

/** The user that the gateway works under, as PostgreSQL knows it. */
export interface LoginRights {
  readonly name: string;
  /** Why row-level security might not hold it, in words that follow "the user"; empty: it does. */
  readonly excess: readonly string[];
}

interface RightsRow {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypasses: boolean;
  readonly makesRoles: boolean;
  readonly owns: boolean;
}

const TIMEOUT_MS = 5_000;

/** Asks over a connection of its own, which may go through PgBouncer: it may know the user by another name. Rejects when it can't be asked. */
export async function readLoginRights(url: string): Promise<LoginRights> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'deployment-graph/rights',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => {
    // The query in flight rejects with the same error.
  });
  try {
    await client.connect();
    const { rows } = await client.query<RightsRow>(RIGHTS);
    const [row] = rows;
    if (!row) throw new Error('PostgreSQL does not know the user that is connected.');
    const excess = [
      ...(row.superuser ? ['is a superuser'] : []),
      ...(row.bypasses ? ['may bypass row-level security (BYPASSRLS)'] : []),
      ...(row.makesRoles ? ['may make roles and give itself any of them (CREATEROLE)'] : []),
      // A superuser counts as a member of every role.
      ...(row.owns && !row.superuser ? ['owns the tables or the database'] : []),
    ];
    return { name: row.name, excess };
  } finally {
    await client.end().catch(() => undefined);
  }
}

const RIGHTS = `
  select session_user::text as name, r.rolsuper as superuser, r.rolbypassrls as bypasses, r.rolcreaterole as "makesRoles",
    pg_has_role(session_user, d.datdba, 'MEMBER')
      or exists (select from pg_class c where c.relnamespace = current_schema()::regnamespace
        and pg_has_role(session_user, c.relowner, 'MEMBER')) as owns
  from pg_roles r, pg_database d
  where r.rolname = session_user and d.datname = current_database()`;
