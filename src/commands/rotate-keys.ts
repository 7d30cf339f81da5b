/**
 * `npm run keys:rotate`: seals with ENCRYPTION_KEY whatever a key of ENCRYPTION_KEYS_OLD has sealed, and what was stored plain before its column
 * was sealed. Runs beside the gateway; broken off, it is started again. docs/privacy.md tells the order of things.
 */
import { parseArgs } from 'node:util';
import { countSealed, type SealedByKey, sealAllAgain } from '../features/seal-all-again.ts';
import { sealedColumns } from '../features/sealed-columns.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabases } from '../platform/database.ts';
import { createLogger, describeError } from '../platform/log.ts';
import { openSealer } from '../platform/sealing/open-sealer.ts';
import { keyId, type Sealer } from '../platform/sealing/sealer.ts';

const EXIT_FAILURE = 1;

const HELP = `npm run keys:rotate

Seals with ENCRYPTION_KEY whatever a key of ENCRYPTION_KEYS_OLD has sealed, and tells which of these are still needed. Reads the settings of the
gateway, needs DATABASE_URL, and DATABASE_URL_OWNER where the gateway has it. Runs beside the gateway; broken off, it is started again. Ends with 0
when all is done, 1 when it failed. docs/privacy.md`;

let hasBegun = false;
try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    process.exit();
  }
  const config = loadConfig();
  const { oltp, ownerUrl } = config.database;
  const url = ownerUrl ?? oltp.url;
  if (url === null) {
    throw new Error(
      'DATABASE_URL is not set. The embedded database belongs to the gateway that runs it; name the database whose values are to be sealed.',
    );
  }
  hasBegun = true;
  const databases = openDatabases({
    oltp: config.database.oltp,
    olap: config.database.olap,
    embeddedUrl: null,
    log: createLogger('silent'),
  });
  try {
    const sealer = openSealer(config);
    const totals = await sealAllAgain({ databases, ownerUrl: url, sealer, columns: sealedColumns });
    for (const [column, sealed] of totals) process.stdout.write(`${column}: ${sealed} sealed\n`);
    const byKey = await countSealed({ databases, ownerUrl: url });
    for (const line of adviceOn(byKey, sealer, config.keys.encryptionOld.map(keyId))) process.stdout.write(`${line}\n`);
  } finally {
    await databases.close();
  }
} catch (error) {
  const { message } = describeError(error);
  const state = hasBegun ? 'Not everything is sealed by ENCRYPTION_KEY; start again when this is mended. ' : '';
  process.stderr.write(`${state}${message}\n`);
  process.exitCode = EXIT_FAILURE;
}

/** Which of the old keys are needed still, and for what. */
function adviceOn(
  byKey: SealedByKey,
  { currentKeyId, destroyedKeys }: Pick<Sealer, 'currentKeyId' | 'destroyedKeys'>,
  old: readonly string[],
): string[] {
  const needed = [...byKey].filter(([key]) => key !== currentKeyId && !destroyedKeys.includes(key));
  const lines = needed.map(([key, columns]) => {
    const which = old.includes(key)
      ? `key ${old.indexOf(key) + 1} of ENCRYPTION_KEYS_OLD (${key}): keep it`
      : `a key that is NOT in ENCRYPTION_KEYS_OLD (${key}): put it there, or they stay unread`;
    const what = [...columns].map(([column, values]) => `${values} in ${column}`).join(', ');
    return `Still sealed by ${which}: ${what}`;
  });
  const done = old.filter((key) => !byKey.has(key));
  const lost = destroyedKeys.filter((key) => byKey.has(key));
  if (lost.length > 0)
    lines.push(
      `Of what ${lost.join(', ')} (ENCRYPTION_KEYS_DESTROYED) sealed there is something left, which nobody can read.`,
    );
  if (needed.length > 0)
    lines.push(
      'Personal details of audit entries are covered by the chain and never written again: their key is needed until retention has removed them. ' +
        'What stands in kept answers and in changes under way goes by itself within days.',
    );
  if (done.length > 0)
    lines.push(
      `Nothing is sealed any more by ${done.join(', ')}. A gateway that has such a key as ENCRYPTION_KEY still seals with it, as do its entries that are on their ` +
        'way to the log: when all have the new one, start this once more, and then remove it.',
    );
  return lines.length > 0 ? lines : ['Everything is sealed by ENCRYPTION_KEY.'];
}
