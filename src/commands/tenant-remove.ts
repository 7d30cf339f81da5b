/**
 * `npm run tenant:remove`: removes one tenant from every table, from Redis and from the memory of all instances, and prints a signed proof. Reads the
 * settings of the gateway, and needs the user that owns the tables. Ends with 0 when a second look has found nothing any more, with 1 when the tenant was kept or is still
 * in use. docs/privacy.md tells what stays.
 */
import { parseArgs } from 'node:util';
import { answersTag } from '../cache/responses/tags-of-answer.ts';
import { type TenantInRedis, tenantInRedis } from '../cache/tenant-in-redis.ts';
import { NO_TENANT } from '../features/audit/event.ts';
import { isKnownTenant } from '../features/audit/legal-holds.ts';
import { operatorActor } from '../features/audit/operator.ts';
import { Pseudonyms } from '../features/audit/pseudonyms.ts';
import { SigningKey } from '../features/audit/signing-key.ts';
import { countTenant, removeTenant, type TenantRows } from '../features/tenants/remove-tenant.ts';
import { keptTables } from '../features/tenants/tenant-tables.ts';
import { loadConfig } from '../platform/config.ts';
import { createPool } from '../platform/database-pool.ts';
import { createLogger, describeError } from '../platform/log.ts';
import { createRedisClient, startConnecting } from '../platform/redis-client.ts';
import { openSealer, pseudonymKey } from '../platform/sealing/open-sealer.ts';
import type { Config } from '../platform/settings.ts';
import { openOwnerPool } from './owner-pool.ts';

const EXIT_FAILURE = 1;
/** Until what was under way when the rows went has ended, and shows: what operations cost is written every 30 s. */
const SETTLE_SECONDS = 35;
const MAX_ROUNDS = 3;
const REDIS_PATIENCE_MS = 3_000;
const HELP = `npm run tenant:remove -- <tenant> --dry-run
npm run tenant:remove -- <tenant> --by <who> --confirm <tenant> [--settle <seconds>]

  --dry-run           counts what there is, and changes nothing
  --by <who>          who orders it: an address of e-mail or a name, kept as personal data in the audit log of operators
  --confirm <tenant>  its name once more
  --settle <seconds>  until the second look, ${SETTLE_SECONDS} unless given

First let your issuer give nobody a token of this tenant any more. What is removed can't be brought back but by a backup. docs/privacy.md`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean' },
      by: { type: 'string' },
      confirm: { type: 'string' },
      settle: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    process.exit();
  }
  const [tenant = '', ...rest] = positionals;
  if (tenant === '' || rest.length > 0) throw new Error(`Name one tenant.\n\n${HELP}`);
  if (tenant === NO_TENANT)
    throw new Error(`${NO_TENANT} is no tenant: it stands for operators and for whoever could not be told.`);
  const settleMs = Number(values.settle ?? SETTLE_SECONDS) * 1_000;
  if (!Number.isFinite(settleMs) || settleMs < 0) throw new Error('--settle takes seconds.');
  const config = loadConfig();
  if (values['dry-run']) await look(config, tenant);
  else {
    if (values.confirm !== tenant)
      throw new Error(`Say --confirm ${tenant} as well, so that no other tenant is meant.`);
    const by = values.by?.trim() ?? '';
    if (by === '') throw new Error(`--by is missing.\n\n${HELP}`);
    await remove(config, tenant, by, settleMs);
  }
} catch (error) {
  process.stderr.write(`${describeError(error).message}\n`);
  process.exitCode = EXIT_FAILURE;
}

async function look(config: Config, tenant: string): Promise<void> {
  await using stores = await openStores(config);
  const rows = await countTenant(stores.owner, tenant);
  const redis = await stores.inRedis(tenant, false);
  if (rows.size === 0 && redisCount(redis) === 0) {
    const known = await isKnownTenant(stores.owner, tenant);
    process.stdout.write(
      known ? `Nothing is left of ${tenant}.\n` : `Nothing is known of ${tenant}. Correct its name.\n`,
    );
    return;
  }
  process.stdout.write(`${linesOf(rows, redis)}Nothing was changed.\n`);
}

async function remove(config: Config, tenant: string, by: string, settleMs: number): Promise<void> {
  await using stores = await openStores(config);
  if (!(await isKnownTenant(stores.owner, tenant)) && !(await stores.hold(tenant)))
    throw new Error(`Nothing is known of ${tenant}. Correct its name.`);
  const key = new SigningKey(pseudonymKey(config));
  const actor = operatorActor(NO_TENANT, by, 'tenant-remove', new Pseudonyms(openSealer(config)));
  const rows = new Map<string, number>();
  let redis: TenantInRedis = { answers: 0, counters: 0 };
  let chain: { readonly sequence: number; readonly hash: string } | null = null;
  for (let round = 1; ; round += 1) {
    const removal = await removeTenant(stores.owner, key, actor, tenant);
    // After the rows, so that no answer can be made of them again.
    await stores.forgetAnswers(tenant);
    const removed = await stores.inRedis(tenant, true);
    for (const [table, count] of removal.rows) rows.set(table, (rows.get(table) ?? 0) + count);
    redis = { answers: redis.answers + removed.answers, counters: redis.counters + removed.counters };
    chain = removal.chain ?? chain;
    if (round > 1 && removal.rows.size === 0) break;
    if (round === MAX_ROUNDS)
      throw new Error(
        `${tenant} is still in use: rows of it are written again and again (${[...removal.rows.keys()].join(', ')}). ` +
          'Let your issuer give nobody a token of it any more, wait until the last has expired, and start again.',
      );
    await new Promise((resolve) => setTimeout(resolve, settleMs));
  }
  const proof = {
    tenant,
    removedAt: new Date().toISOString(),
    rows: Object.fromEntries(rows),
    redis,
    lastEntry: chain,
    // What has only its name, numbers and hashes.
    remains: [...keptTables, 'audit_logs: the entry audit.removed', 'erasure_ledger'],
  };
  const signature = key.sign(['tenant removal', JSON.stringify(proof)]);
  process.stderr.write(`${linesOf(rows, redis)}${tenant} is removed; a second look found nothing.\n`);
  process.stdout.write(`${JSON.stringify({ proof, key: key.publicKeyBase64, signature })}\n`);
}

/** Rejects when Redis is configured and does not answer: what it holds could not be told. Or the content database: instances could not be told what to forget. */
async function openStores(config: Config) {
  await using opened = new AsyncDisposableStack();
  const log = createLogger('silent');
  const owner = openOwnerPool(config, 'tenant-remove');
  opened.defer(() => owner.end());
  const { content } = config.database;
  const contentPool = createPool('tenant-remove', content.url ?? '', { ...content, maxConnections: 1 }, log);
  opened.defer(() => contentPool.end());
  await contentPool.query('select').catch((cause: unknown) => {
    throw new Error(
      `The content database does not answer, through which instances are told what to forget (${describeError(cause).message}). Nothing was changed.`,
      { cause },
    );
  });
  const redis = config.redisUrl === null ? null : createRedisClient(config.redisUrl, log);
  if (redis) {
    opened.defer(() => redis.destroy());
    await startConnecting(redis, REDIS_PATIENCE_MS);
    if (!redis.isReady)
      throw new Error('Redis (REDIS_URL) does not answer, so nobody can tell what it holds. Nothing was changed.');
  }
  const stack = opened.move();
  const inRedis = async (tenant: string, isRemoved: boolean): Promise<TenantInRedis> =>
    redis ? await tenantInRedis(redis, tenant, isRemoved) : { answers: 0, counters: 0 };
  return {
    owner,
    inRedis,
    /** Whether there is anything of a tenant that the gateway itself has never written of, as when its rows were loaded. */
    hold: async (tenant: string): Promise<boolean> =>
      (await countTenant(owner, tenant)).size > 0 || redisCount(await inRedis(tenant, false)) > 0,
    /** All instances drop from their memory what they have answered this tenant. */
    forgetAnswers: async (tenant: string): Promise<void> => {
      await contentPool.query('select from invalidate_cache($1::text[], 9223372036854775807)', [[answersTag(tenant)]]);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function redisCount({ answers, counters }: TenantInRedis): number {
  return answers + counters;
}

function linesOf(rows: TenantRows, redis: TenantInRedis): string {
  const lines = [...rows].map(([table, count]) => `${table}: ${count}\n`);
  return [...lines, `Redis: ${redis.answers} answers, ${redis.counters} counters\n`].join('');
}
