/**
 * `npm run legal-hold`: places, releases and lists legal holds. Reads the settings of the gateway, and needs the user that owns the tables.
 * Ends with 0 when it is done, with 1 when it failed or there was nothing to release. docs/audit.md tells what a hold does.
 */
import { parseArgs } from 'node:util';
import {
  isKnownTenant,
  type LegalHold,
  listHolds,
  MAX_REASON_LENGTH,
  placeHold,
  releaseHolds,
} from '../features/audit/legal-holds.ts';
import { operatorActor } from '../features/audit/operator.ts';
import { Pseudonyms } from '../features/audit/pseudonyms.ts';
import { loadConfig } from '../platform/config.ts';
import { describeError } from '../platform/log.ts';
import { openSealer } from '../platform/sealing/open-sealer.ts';
import { openOwnerPool } from './owner-pool.ts';

const EXIT_FAILURE = 1;
const HELP = `npm run legal-hold -- place <tenant> --reason <why> --by <who> [--even-if-unknown]
npm run legal-hold -- release <tenant> --by <who> [--hold <number>]
npm run legal-hold -- list [<tenant>]

  --reason <why>       1 to ${MAX_REASON_LENGTH} characters, such as the number of a case; without names of people
  --by <who>           who orders it: an address of e-mail or a name, kept as personal data in the tenant's audit log
  --hold <number>      releases this one alone
  --even-if-unknown    places it for a tenant of whom nothing is stored yet

While a tenant is under a hold, nothing of its audit log is removed, and the tenant can't be removed. docs/audit.md`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      reason: { type: 'string' },
      by: { type: 'string' },
      hold: { type: 'string' },
      'even-if-unknown': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [action, tenant, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    process.exit();
  }
  if (rest.length > 0 || !(action === 'list' || ((action === 'place' || action === 'release') && tenant)))
    throw new Error(`It is not clear what to do.\n\n${HELP}`);
  const config = loadConfig();
  const pool = openOwnerPool(config, 'legal-hold');
  const by = (): string => required(values.by, '--by');
  const actor = () => operatorActor(tenant ?? '', by(), 'legal-hold', new Pseudonyms(openSealer(config)));
  try {
    if (action === 'list') {
      const holds = await listHolds(pool, tenant ?? null);
      process.stdout.write(holds.length === 0 ? 'There are no legal holds.\n' : holds.map(lineOf).join(''));
    } else if (action === 'place') {
      const reason = required(values.reason, '--reason');
      if (reason.length > MAX_REASON_LENGTH) throw new Error(`--reason takes up to ${MAX_REASON_LENGTH} characters.`);
      const who = actor();
      if (!values['even-if-unknown'] && !(await isKnownTenant(pool, who.tenant)))
        throw new Error(`Nothing is stored of the tenant ${who.tenant}. Correct its name, or say --even-if-unknown.`);
      const id = await placeHold(pool, who, reason);
      process.stdout.write(`Hold ${id} is placed: nothing of ${who.tenant} is removed until it is released.\n`);
    } else {
      const released = await releaseHolds(pool, actor(), numberOf(values.hold));
      if (released.length === 0) throw new Error(`${tenant} has no such hold in force.`);
      process.stdout.write(`Released ${released.join(', ')} of ${tenant}.\n`);
    }
  } finally {
    await pool.end();
  }
} catch (error) {
  process.stderr.write(`${describeError(error).message}\n`);
  process.exitCode = EXIT_FAILURE;
}

function required(value: string | undefined, name: string): string {
  const text = value?.trim() ?? '';
  if (text === '') throw new Error(`${name} is missing.\n\n${HELP}`);
  return text;
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new Error('--hold takes the number of a hold, as `list` shows it.');
  return Number(text);
}

function lineOf({ tenant, id, reason, placedAt, releasedAt }: LegalHold): string {
  const state = releasedAt === null ? 'in force' : `released ${releasedAt}`;
  return `${tenant} ${id}: placed ${placedAt}, ${state}: ${reason}\n`;
}
