import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/log.ts';

/** A PostgreSQL for the length of a benchmark, with nothing in it. */
export async function startBenchPostgres(): Promise<EmbeddedPostgres & AsyncDisposable> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'deployment-graph-bench-'));
  // As root the server runs as another user, who has to get in.
  chmodSync(dataDirectory, 0o755);
  const server = await startEmbeddedPostgres({ dataDirectory, log: createLogger('silent') });
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

let databases = 0;

/** An empty database, by the user that owns it; answers its URL. */
export async function createBenchDatabase(postgres: EmbeddedPostgres): Promise<string> {
  databases += 1;
  const url = new URL(postgres.ownerUrl);
  url.pathname = `/bench_${databases}`;
  const client = new pg.Client({ connectionString: postgres.superuserUrl });
  await client.connect();
  await client.query(`create database bench_${databases} owner ${pg.escapeIdentifier(url.username)}`);
  await client.end();
  return url.href;
}
