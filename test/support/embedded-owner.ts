/**
 * A process that owns an embedded PostgreSQL, as the gateway does: `<data directory> [exit]`. Tells its server as one line of JSON, and
 * stops it on SIGINT, after it has asked it a last question. With `exit` it ends at once without stopping anything.
 */
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/log.ts';

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

try {
  const log = createLogger('info', { write: (line) => void process.stderr.write(line) });
  const server = await startEmbeddedPostgres({ dataDirectory: process.argv[2] ?? '', log });
  process.on('SIGINT', () => void stop());
  const stop = async () => {
    // Long enough for a signal that had reached the server, too, to have ended it.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const client = new pg.Client({ connectionString: server.ownerUrl });
    await client.connect();
    const { rows } = await client.query('select 1 as answer');
    await client.end();
    await server.stop();
    say({ lastAnswer: rows[0]?.answer });
    process.exit(0);
  };
  say({ processId: server.processId, port: server.port, url: server.ownerUrl, superuserUrl: server.superuserUrl });
  if (process.argv[3] === 'exit') process.exit(3);
  setInterval(() => undefined, 60_000);
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
