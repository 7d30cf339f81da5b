// biome-ignore-all lint/plugin: commands of DDL take no parameters; names are constants, the password is escaped.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import pg from 'pg';
import { prepareBinaries } from './embedded-postgres/binaries.ts';
import { prepareCluster } from './embedded-postgres/cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres/error.ts';
import { type Home, prepareHome } from './embedded-postgres/home.ts';
import { acquireOwnerLock, type OwnerLock } from './embedded-postgres/owner-lock.ts';
import { sendSignal } from './embedded-postgres/processes.ts';
import { endOrphan, endServer, type ServerProcess, startServer } from './embedded-postgres/server-process.ts';
import type { Logger } from './log.ts';

export interface EmbeddedPostgres {
  /** For the gateway's requests: a user of the database `deployment_graph` that owns nothing. Holds a password. */
  readonly url: string;
  /** For migrations and what looks at all tenants: owns the database, may make roles, and is no superuser. Holds a password. */
  readonly ownerUrl: string;
  /** For tools and tests: the superuser, in the database `postgres`. Holds a password. */
  readonly superuserUrl: string;
  readonly processId: number;
  readonly port: number;
  /** Ends the server in order; may be called more than once. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The server keeps everything under `<dataDirectory>/postgres`, and finds it there again. */
  readonly dataDirectory: string;
  readonly log: Logger;
  /** Further server settings (`-c name=value`). */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts the bundled PostgreSQL on a free port of 127.0.0.1, at most one per data directory: a server that a killed gateway left behind is
 * ended first, a living gateway's is left alone. Throws EmbeddedPostgresError that says what to do; nothing is left running then.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { home, lock } = takePlace(options.dataDirectory);
  let server: ServerProcess | undefined;
  try {
    const binaries = prepareBinaries(home.account);
    const orphan = await endOrphan(home);
    if (orphan !== null) {
      options.log.warn(
        { pid: orphan },
        'Stopped the embedded PostgreSQL that an earlier gateway left behind when it was killed.',
      );
    }
    const password = await prepareCluster(home, binaries);
    server = await startServer(home, binaries, options.settings ?? {});
    const superuserUrl = urlOf('postgres', password, server.port, 'postgres');
    const urls = { ...(await prepareGatewayDatabase(superuserUrl, server.port)), superuserUrl };
    return running(server, urls, lock, options.log);
  } catch (error) {
    if (server) await endServer(server.child);
    lock.release();
    throw error;
  }
}

function takePlace(dataDirectory: string): { home: Home; lock: OwnerLock } {
  try {
    const home = prepareHome(dataDirectory);
    return { home, lock: acquireOwnerLock(home.path) };
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(
      `The embedded database can't be kept in ${resolve(dataDirectory)} (${error instanceof Error ? error.message : String(error)}). ` +
        'Let the user that the gateway runs as write there, free space if there is none, set DATA_DIRECTORY to another directory, or set DATABASE_URL.',
      error,
    );
  }
}

function running(
  server: ServerProcess,
  urls: Pick<EmbeddedPostgres, 'url' | 'ownerUrl' | 'superuserUrl'>,
  lock: { release(): void },
  log: Logger,
): EmbeddedPostgres {
  const { child, pid, port } = server;
  let stopped: Promise<void> | undefined;
  // A process that ends without `stop` (an uncaught error) still tells its server to end.
  const onProcessExit = () => {
    sendSignal(pid, 'SIGINT');
    lock.release();
  };
  process.once('exit', onProcessExit);
  child.once('exit', (code, signal) => {
    if (stopped !== undefined) return;
    log.error(
      { pid, code, signal },
      'The embedded PostgreSQL ended by itself. Start the gateway again; server.log beside its data says why.',
    );
  });
  const stop = async () => {
    child.ref();
    await endServer(child);
    process.removeListener('exit', onProcessExit);
    lock.release();
  };
  return { ...urls, processId: pid, port, stop: () => (stopped ??= stop()) };
}

const OWNER = 'gateway';
const LOGIN = 'gateway_login';
const GATEWAY_DATABASE = 'deployment_graph';

/** Both users get a new password with every start, so that none has to be kept. Migrations make the login a member of the gateway's role. */
async function prepareGatewayDatabase(
  superuserUrl: string,
  port: number,
): Promise<Pick<EmbeddedPostgres, 'url' | 'ownerUrl'>> {
  const users = [
    {
      name: OWNER,
      rights: 'login createrole nosuperuser nobypassrls',
      password: randomBytes(24).toString('base64url'),
    },
    {
      name: LOGIN,
      rights: 'login nocreaterole nosuperuser nobypassrls',
      password: randomBytes(24).toString('base64url'),
    },
  ] as const;
  const client = new pg.Client({
    connectionString: superuserUrl,
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  });
  client.on('error', () => {
    // The query in flight rejects with the same error, which is the one that is reported.
  });
  try {
    await client.connect();
    for (const { name, rights, password } of users) {
      const role = await client.query('select 1 from pg_roles where rolname = $1', [name]);
      await client.query(
        `${role.rowCount ? 'alter' : 'create'} role ${name} ${rights} password ${client.escapeLiteral(password)}`,
      );
    }
    const database = await client.query('select 1 from pg_database where datname = $1', [GATEWAY_DATABASE]);
    if (!database.rowCount) await client.query(`create database ${GATEWAY_DATABASE} owner ${OWNER}`);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'The embedded PostgreSQL runs but refuses its superuser. If the file `password` beside its data was changed, restore it; ' +
        'else move the directory away to start with an empty database, or set DATABASE_URL.',
      error,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
  const [owner, login] = users;
  return {
    url: urlOf(login.name, login.password, port, GATEWAY_DATABASE),
    ownerUrl: urlOf(owner.name, owner.password, port, GATEWAY_DATABASE),
  };
}

function urlOf(user: string, password: string, port: number, database: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}
