/**
 * `npm run keys:rotate`: seals with ENCRYPTION_KEY whatever a key of ENCRYPTION_KEYS_OLD has sealed, and what was stored plain before its column
 * was sealed. Runs beside the gateway; broken off, it is started again. docs/privacy.md tells the order of things.
 */
import { sealAllAgain } from '../features/seal-all-again.ts';
import { sealedColumns } from '../features/sealed-columns.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabases } from '../platform/database.ts';
import { createLogger, describeError } from '../platform/log.ts';
import { openSealer } from '../platform/sealing/open-sealer.ts';

const EXIT_FAILURE = 1;

try {
  const config = loadConfig();
  const { oltp, ownerUrl } = config.database;
  const url = ownerUrl ?? oltp.url;
  if (url === null) {
    throw new Error(
      'DATABASE_URL is not set. The embedded database belongs to the gateway that runs it; name the database whose values are to be sealed.',
    );
  }
  const databases = openDatabases({
    oltp: config.database.oltp,
    olap: config.database.olap,
    embeddedUrl: null,
    log: createLogger('silent'),
  });
  try {
    const totals = await sealAllAgain({ databases, ownerUrl: url, sealer: openSealer(config), columns: sealedColumns });
    for (const [column, sealed] of totals) process.stdout.write(`${column}: ${sealed} sealed\n`);
    process.stdout.write(
      'Everything is sealed by ENCRYPTION_KEY. ENCRYPTION_KEYS_OLD may go once no gateway uses them any more.\n',
    );
  } finally {
    await databases.close();
  }
} catch (error) {
  const { message } = describeError(error);
  process.stderr.write(`Not everything is sealed by ENCRYPTION_KEY; start again when this is mended. ${message}\n`);
  process.exitCode = EXIT_FAILURE;
}
