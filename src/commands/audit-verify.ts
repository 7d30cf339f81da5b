/**
 * `npm run audit:verify`: walks every link of every tenant's audit log, and compares it with the signed heads that left the database. Reads
 * the settings of the gateway, and needs the user that owns the tables. Ends with 0 when all is right, 1 after naming the first wrong entry
 * of each tenant, 2 when it can't be told. docs/audit.md tells what to do then.
 *
 *   npm run audit:verify [-- --heads <file> …] [--without-heads]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Pseudonyms } from '../features/audit/pseudonyms.ts';
import { parseHeads, type SignedHead } from '../features/audit/signed-head.ts';
import { SigningKey } from '../features/audit/signing-key.ts';
import type { ChainReport } from '../features/audit/verify-chain.ts';
import { verifyAuditLog } from '../features/audit/verify-log.ts';
import { loadConfig } from '../platform/config.ts';
import { sqlStateOf } from '../platform/database-error.ts';
import { createPool } from '../platform/database-pool.ts';
import { startEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { createLogger, describeError } from '../platform/log.ts';
import { openSealer, pseudonymKey } from '../platform/sealing/open-sealer.ts';
import type { Config } from '../platform/settings.ts';

const EXIT_WRONG = 1;
const EXIT_UNTOLD = 2;
/** SQLSTATE. */
const INSUFFICIENT_PRIVILEGE = '42501';
const HELP = `npm run audit:verify [-- --heads <file> …] [--without-heads]

  --heads <file>    compares the log with the signed heads in this file; may be given several times. AUDIT_HEADS_FILE unless given
  --without-heads   is content where there are no signed heads to compare with

Reads the settings of the gateway. Ends with 0 when all is right, 1 after naming what is wrong, 2 when it can't be told. docs/audit.md`;

try {
  const { values } = parseArgs({
    options: {
      heads: { type: 'string', multiple: true },
      'without-heads': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    process.exit();
  }
  const config = loadConfig();
  refuseToMake(config);
  const key = new SigningKey(pseudonymKey(config));
  const heads = values.heads
    ? values.heads.flatMap((file) => readHeads(file, false))
    : readHeads(config.audit.headsFile, true);
  refuseForeignKey(heads, key);
  const sealer = openSealer(config);
  const reports = await verify(config, heads, key, new Pseudonyms(sealer));
  process.stdout.write(`Signed heads: ${heads.length}, public key ${key.publicKeyBase64} (${key.id})\n`);
  for (const report of reports) process.stdout.write(`${lineOf(report)}\n`);
  const isWrong = reports.some(({ problem }) => problem !== null);
  const isUntold = heads.length === 0 && reports.some(({ entries }) => entries > 0) && !values['without-heads'];
  const unread = reports.reduce((sum, report) => sum + report.unread, 0);
  if (isUntold)
    process.stdout.write(
      'NOT CERTAIN: no signed head was found, so a cut tail or a history written anew would not show. Name the file with --heads, or say --without-heads.\n',
    );
  if (unread > 0)
    process.stdout.write(
      `NOT CERTAIN: what ${unread} pseudonyms stand for can't be opened, because it was sealed by a key that is not at hand (${sealer.missingKeys.join(', ')}), or says so. Put the key into ENCRYPTION_KEYS_OLD.\n`,
    );
  if (isWrong) process.exitCode = EXIT_WRONG;
  else if (isUntold || unread > 0) process.exitCode = EXIT_UNTOLD;
  else process.stdout.write('The audit log is as it was written.\n');
} catch (error) {
  process.stderr.write(`The audit log could not be verified. ${describeError(error).message}\n`);
  process.exitCode = EXIT_UNTOLD;
}

async function verify(
  config: Config,
  heads: readonly SignedHead[],
  key: SigningKey,
  pseudonyms: Pseudonyms,
): Promise<readonly ChainReport[]> {
  const log = createLogger('silent');
  const { oltp, ownerUrl } = config.database;
  const embedded = oltp.url === null ? await startEmbeddedPostgres({ dataDirectory: config.dataDirectory, log }) : null;
  const url = ownerUrl ?? oltp.url ?? embedded?.ownerUrl ?? '';
  const pool = createPool('audit-verify', url, { ...oltp, maxConnections: 1 }, log);
  try {
    return await verifyAuditLog(pool, heads, key, pseudonyms);
  } catch (error) {
    if (ownerUrl !== null || sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    const message =
      'The user of DATABASE_URL may not read all of it. Set DATABASE_URL_OWNER to the user that owns the tables.';
    throw new Error(message, { cause: error });
  } finally {
    await pool.end();
    await embedded?.stop();
  }
}

/** What is not there can't be verified; the gateway would make it, and this command would then find nothing wrong with it. */
function refuseToMake({ database, keys, dataDirectory }: Config): void {
  const missing = [
    ...(database.oltp.url === null && !existsSync(join(dataDirectory, 'postgres')) ? ['embedded database'] : []),
    ...(keys.pseudonym === null && !existsSync(join(dataDirectory, 'pseudonym.key')) ? ['pseudonym key'] : []),
    ...(keys.encryption === null && !existsSync(join(dataDirectory, 'encryption.key')) ? ['encryption key'] : []),
  ];
  if (missing.length === 0) return;
  throw new Error(
    `There is no ${missing.join(' and no ')} under ${resolve(dataDirectory)}. Set DATA_DIRECTORY to the gateway's own, or DATABASE_URL, AUDIT_PSEUDONYM_KEY and ENCRYPTION_KEY.`,
  );
}

/** Nothing can be told by a key that has signed none of the heads: neither they nor the checkpoints of retention. */
function refuseForeignKey(heads: readonly SignedHead[], key: SigningKey): void {
  if (heads.length === 0 || heads.some((head) => head.key === key.id)) return;
  const signers = [...new Set(heads.map((head) => head.key))].join(', ');
  throw new Error(
    `None of the ${heads.length} heads is signed by the key ${key.id}, which AUDIT_PSEUDONYM_KEY stands for; they name ${signers}. Set AUDIT_PSEUDONYM_KEY to the value that the gateway runs with. If that is the one, the file of heads is of another gateway.`,
  );
}

/** `mayLack`: before its first heads a gateway has no such file. */
function readHeads(file: string, mayLack: boolean): SignedHead[] {
  if (!existsSync(file)) {
    if (mayLack) return [];
    throw new Error(
      `${file}: there is no such file. Name the file of heads with --heads, or leave it out for AUDIT_HEADS_FILE.`,
    );
  }
  try {
    return parseHeads(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${describeError(error).message}. Restore the file of heads.`, { cause: error });
  }
}

function lineOf({ tenant, entries, heads, erased, shredded, last, problem }: ChainReport): string {
  if (problem) return `WRONG  ${tenant}: entry ${problem.sequence ?? '?'} ${problem.message}`;
  const until = last ? `, the last is ${last.sequence}` : '';
  const lost = shredded > 0 ? `; what ${shredded} pseudonyms stand for went with a key that was destroyed` : '';
  return `ok     ${tenant}: ${entries} entries${until}; ${heads} heads compared; people erased in ${erased}${lost}`;
}
