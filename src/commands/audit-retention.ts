/**
 * `npm run audit:retention`: removes the months of the audit log that are past AUDIT_RETENTION_DAYS, by the user that owns the tables, and makes the
 * next month's partition. For gateways that are started without that user's password: run it once a day, with the settings of the gateway and
 * DATABASE_URL_OWNER. Ends with 0 when all is done, with 1 when it failed; it goes on where it was broken off.
 */
import { keepRetention } from '../features/audit/retention.ts';
import { SigningKey } from '../features/audit/signing-key.ts';
import { loadConfig } from '../platform/config.ts';
import { describeError } from '../platform/log.ts';
import { pseudonymKey } from '../platform/sealing/open-sealer.ts';
import { openOwnerPool } from './owner-pool.ts';

const EXIT_FAILURE = 1;

try {
  const config = loadConfig();
  const pool = openOwnerPool(config, 'audit-retention');
  try {
    const key = new SigningKey(pseudonymKey(config));
    const removed = await keepRetention({ pool, key, retentionDays: config.audit.retentionDays });
    for (const { tenant, entries } of removed) process.stdout.write(`${tenant}: removed ${entries} entries\n`);
    if (removed.length === 0) process.stdout.write('Nothing is past retention.\n');
  } finally {
    await pool.end();
  }
} catch (error) {
  process.stderr.write(`The retention of the audit log was not kept. ${describeError(error).message}\n`);
  process.exitCode = EXIT_FAILURE;
}
