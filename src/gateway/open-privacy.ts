import { join } from 'node:path';
import { removeAnswersFromRedis, removeMaskedFromPostgres, removeMaskedFromRedis } from '../cache/masked-stores.ts';
import type { OpenRecordCache } from '../cache/open-record-cache.ts';
import type { RecordMask } from '../cache/record-mask.ts';
import { answersTag } from '../cache/responses/tags-of-answer.ts';
import { typeTag } from '../cache/tags.ts';
import type { Pseudonyms } from '../features/audit/pseudonyms.ts';
import { eraseFromAudit } from '../features/privacy/erase-audit.ts';
import { eraseMentors, maskComments, maskKeptComments } from '../features/privacy/erase-mentors.ts';
import { eraseSessionAddresses } from '../features/privacy/erase-session-addresses.ts';
import { eraseWriteActors } from '../features/privacy/erase-write-actors.ts';
import { ErasureLedger } from '../features/privacy/erasure-ledger.ts';
import { ErasureRunner } from '../features/privacy/erasure-runner.ts';
import type { ErasureStep } from '../features/privacy/erasure-step.ts';
import type { HashedPeople } from '../features/privacy/hashed-people.ts';
import type { FindInSources } from '../features/privacy/known-person.ts';
import { LedgerFile } from '../features/privacy/ledger-file.ts';
import { isAskedFor, maskRecord } from '../features/privacy/mask-record.ts';
import { deleteRowsOf, pseudonymiseColumns } from '../features/privacy/person-columns.ts';
import type { PrivacyOptions } from '../features/privacy/resolvers.ts';
import type { Database } from '../platform/database.ts';
import { createPool } from '../platform/database-pool.ts';
import type { Logger } from '../platform/log.ts';
import type { RedisClient } from '../platform/redis-client.ts';
import type { Sealer } from '../platform/sealing/sealer.ts';
import type { Config } from '../platform/settings.ts';
import type { JiraSource } from '../sources/jira/source.ts';
import type { SalesforceSource } from '../sources/salesforce/source.ts';
import { chargedPeople, formerClientOf } from './operation-costs/client-name.ts';
import { moveOperationCosts } from './operation-costs/cost-table.ts';
import type { Stores } from './stores.ts';

export interface LedgerOptions {
  readonly config: Pick<Config, 'dataDirectory'>;
  readonly database: Database;
  /** Resolves when the database can be asked. */
  readonly migrated: Promise<void>;
  readonly sealer: Sealer;
  readonly log: Logger;
  /** The records that have to be looked through when more is to be hidden; null before they are open. */
  records(): Pick<OpenRecordCache, 'invalidateMasked'> | null;
}

/** Opens the ledger of erased people, which everything that is kept of sources goes by. Reads its file, and the database when that is there. */
export function openErasureLedger({ config, records, ...shared }: LedgerOptions): ErasureLedger {
  const file = new LedgerFile({ path: join(config.dataDirectory, 'erasures.jsonl'), ...shared });
  return new ErasureLedger({ ...shared, file, onGrown: async () => records()?.invalidateMasked() });
}

export function maskOf(people: HashedPeople): RecordMask {
  return ({ recordType }, id, values) =>
    typeof values.asked === 'string' && recordType === '' && isAskedFor(people, values.asked)
      ? {}
      : maskRecord(people, recordType, id, values);
}

export interface ErasuresOptions {
  readonly config: Pick<Config, 'redisUrl'>;
  readonly database: Database;
  readonly content: Stores['content'];
  readonly redis: RedisClient | null;
  readonly records: Pick<OpenRecordCache, 'invalidate' | 'flush' | 'invalidateMasked'>;
  readonly sources: { readonly salesforce: SalesforceSource; readonly jira: JiraSource };
  readonly ledger: ErasureLedger;
  readonly sealer: Sealer;
  readonly pseudonyms: Pseudonyms;
  readonly settleMs?: number | undefined;
  readonly log: Logger;
}

/** Starts to work on erasures, also on those that were begun elsewhere or before; and what the resolvers need. */
export function openErasures(options: ErasuresOptions): PrivacyOptions & { readonly erasures: ErasureRunner } {
  const { database, ledger, sealer, pseudonyms, sources, settleMs, log } = options;
  const steps: readonly ErasureStep[] = [
    ...cacheSteps(options),
    deleteRowsOf('sessions', ['user_sessions']),
    eraseSessionAddresses,
    deleteRowsOf('known roles', ['known_roles']),
    deleteRowsOf('preferences', ['preferences']),
    deleteRowsOf('idempotency keys', ['idempotency_keys']),
    pseudonymiseColumns(moveOperationCosts),
    eraseMentors,
    maskComments,
    maskKeptComments,
    eraseWriteActors,
    eraseFromAudit(pseudonyms),
    answersStep(options),
  ];
  const chargedAs = chargedPeople(sealer);
  // Whom operations are charged to, where a client does not name itself.
  const aliasesOf = (tenant: string, id: string) => [chargedAs({ tenant, id }), formerClientOf({ tenant, id })];
  const shared = { database, sealer, findInSources: findIn(sources), aliasesOf };
  const settling = settleMs === undefined ? {} : { settleMs };
  return { ...shared, erasures: new ErasureRunner({ ...shared, ledger, steps, log, ...settling }) };
}

/** What is kept of sources. The shared stores first, because what memory invalidates goes from them without being counted. */
function cacheSteps({ content, redis, records, log }: ErasuresOptions): readonly ErasureStep[] {
  return [
    {
      name: 'records in PostgreSQL',
      kind: 'outside',
      run: async ({ person }) => {
        await records.flush();
        const pool = createPool('content', content.url, { ...content.settings, maxConnections: 1 }, log);
        try {
          const removed = await removeMaskedFromPostgres(pool, maskOf(person));
          await records.invalidate(removed.tags);
          return removed.entries;
        } finally {
          await pool.end();
        }
      },
    },
    {
      name: 'records in Redis',
      kind: 'outside',
      run: async ({ person }) => {
        if (!redis) return 0;
        const removed = await removeMaskedFromRedis(redis, maskOf(person));
        await records.invalidate(removed.tags);
        return removed.entries;
      },
    },
    { name: 'records in memory', kind: 'outside', run: () => records.invalidateMasked() },
  ];
}

/** What was answered whole. Last, when nothing that it could be made of again shows the person. */
function answersStep({ redis, records }: ErasuresOptions): ErasureStep {
  return {
    name: 'whole answers',
    kind: 'outside',
    takesAll: true,
    run: async ({ tenant }) => {
      // Of this tenant; those of others that show the person go with the records that they are made of.
      await records.invalidate([answersTag(tenant), typeTag('Mentor'), typeTag('Assessment')]);
      return redis ? await removeAnswersFromRedis(redis) : 0;
    },
  };
}

function findIn({ salesforce, jira }: ErasuresOptions['sources']): FindInSources {
  return async (question, signal) => {
    const [users, people] = await Promise.all([
      salesforce.findUsers({ ids: question.salesforce, emails: question.emails }, signal),
      jira.findUsers({ accountIds: question.jira, emails: question.emails }, signal),
    ]);
    return [
      ...users.map((user) => ({ kind: 'salesforce', ...user }) as const),
      ...people.map(({ accountId, displayName, emailAddress }) => {
        return { kind: 'jira', id: accountId, name: displayName ?? null, email: emailAddress ?? null } as const;
      }),
    ];
  };
}
