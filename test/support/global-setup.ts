import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { prepareHome } from '../../src/platform/embedded-postgres/home.ts';
import { startMarkOf } from '../../src/platform/embedded-postgres/processes.ts';
import { endOrphan } from '../../src/platform/embedded-postgres/server-process.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/log.ts';
import { migrate } from '../../src/platform/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the one PostgreSQL of the run; `template` is the migrated database that test/support/database.ts clones. */
    postgres: {
      readonly superuserUrl: string;
      /** Of the user that owns the tables. */
      readonly ownerUrl: string;
      /** Of the user that gateways work under. */
      readonly gatewayUrl: string;
      readonly template: string;
      /** The server's log file. */
      readonly serverLog: string;
    };
  }
}

const PREFIX = 'deployment-graph-test-';

/** Starts the run's PostgreSQL and migrates its template database; what comes back stops it again. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const dataDirectory = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // As root the server runs as another user, who has to get in.
  chmodSync(dataDirectory, 0o755);
  const log = createLogger('silent');
  const server = await startEmbeddedPostgres({
    dataDirectory,
    log,
    // The data lives for one run only, so nothing has to survive a crash of the machine.
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '300', autovacuum: 'off' },
  }).catch((error: unknown) => {
    rmSync(dataDirectory, { recursive: true, force: true });
    throw error;
  });
  const teardown = async () => {
    await server.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  try {
    await migrate({ url: server.ownerUrl, log, gatewayUser: new URL(server.url).username });
    const template = new URL(server.url).pathname.slice(1);
    project.provide('postgres', {
      superuserUrl: server.superuserUrl,
      ownerUrl: server.ownerUrl,
      gatewayUrl: server.url,
      template,
      serverLog: join(dataDirectory, 'postgres', 'server.log'),
    });
    await allowCloning(server.superuserUrl, template);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

/** A template must have no connection while it is cloned, so nobody may connect to it any more. */
async function allowCloning(superuserUrl: string, template: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(`alter database ${pg.escapeIdentifier(template)} with is_template true allow_connections false`);
  await client.end();
}

/** A run that was killed leaves its server and its directory behind; its pid is in the directory's name. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!pid || startMarkOf(pid) !== null) continue;
    const directory = join(tmpdir(), name);
    try {
      await endOrphan(prepareHome(directory));
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // Another user's, or another run removes it at this moment.
    }
  }
}
