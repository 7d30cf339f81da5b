/**
 * `npm run migrate`: brings the database to this version's state, by the user that owns it, so that the gateway can be started without that user's
 * password. Needs DATABASE_URL_OWNER and no other setting. The login that serves requests is let in when DATABASE_URL names it, or `--login`.
 * Ends with 0 when all is done, 78 when a setting is wrong, 1 when it failed; what failed left the database as it was.
 */
import { parseArgs } from 'node:util';
import { ConfigError, loadMigrationSettings } from '../platform/config.ts';
import { createLogger, describeError } from '../platform/log.ts';
import { readLoginRights } from '../platform/login-rights.ts';
import { migrate } from '../platform/migrate.ts';

const EXIT_FAILURE = 1;
/** sysexits.h: EX_CONFIG. */
const EXIT_CONFIG = 78;
const HELP = `npm run migrate [-- --login <user>]

  --login <user>    the user of PostgreSQL that the gateway works under; that of DATABASE_URL, if it is set beside DATABASE_URL_OWNER

Brings the database of DATABASE_URL_OWNER to this version's state. docs/tenants.md`;

try {
  const { values } = parseArgs({ options: { login: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    process.exit();
  }
  const { ownerUrl, loginUrl } = loadMigrationSettings();
  const gatewayUser = values.login ?? (loginUrl === null ? undefined : (await readLoginRights(loginUrl)).name);
  const log = createLogger('silent');
  const ran = await migrate({ url: ownerUrl, log, ...(gatewayUser === undefined ? {} : { gatewayUser }) });
  for (const name of ran) process.stdout.write(`${name}\n`);
  process.stdout.write(
    ran.length > 0 ? `Ran ${ran.length} migrations.\n` : "The database is at this version's state already.\n",
  );
} catch (error) {
  process.stderr.write(`${describeError(error).message}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE;
}
