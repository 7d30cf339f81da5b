import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { AuditFilter, TimeFrame } from '../../generated/graphql.ts';
import { type PageArguments, parsePage, toConnection, toCursor } from '../../platform/connection.ts';
import type { Databases } from '../../platform/database.ts';
import { parseRowCursor, rowIdOf } from '../../platform/database-ids.ts';
import type { EdgeLoader } from '../../platform/edges.ts';
import { badUserInput } from '../../platform/errors.ts';
import { parseGlobalId, toGlobalId } from '../../platform/global-id.ts';
import { createKeyedLoader } from '../../platform/keyed-loader.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { ActivityReportModel, AuditEntryConnectionModel, AuditEntryModel } from './model.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import {
  countEntries,
  type EntryChoice,
  type EntryRow,
  selectActivity,
  selectEntries,
  selectEntriesBySequence,
  selectIdentities,
} from './queries.ts';

/** Who reads the log. */
export interface AuditReader {
  readonly id: string;
  readonly roles: readonly string[];
  /** True without credentials: nobody can tell which of such entries are theirs. */
  readonly isAnonymous?: boolean;
}

export interface AuditLoaders {
  /** By number; null for entries of others, unless an ADMIN asks. Who has no credentials has no entries of their own. */
  readonly entryById: EdgeLoader;
  log(args: PageArguments, filter: AuditFilter): Promise<AuditEntryConnectionModel>;
  activity(timeFrame: TimeFrame): Promise<ActivityReportModel>;
}

const ENTRIES = 'auditLog';
/** Of no entry's actor: no pseudonym has this form. */
const NOBODY = '-';

/** Everything that entries may call the record that somebody calls so. */
export type SpellingsOf = (name: string) => readonly string[];

/** Made per request, never shared. */
export function createAuditLoaders(
  databases: Pick<Databases, 'oltp' | 'olap'>,
  pseudonyms: Pseudonyms,
  reader: AuditReader,
  scope: RequestScope,
  spellingsOf: SpellingsOf,
): AuditLoaders {
  const { tenant } = scope;
  const own = reader.isAnonymous === true ? NOBODY : pseudonyms.ofPerson(tenant, reader.id);
  const ownOnly = reader.roles.includes('ADMIN') ? null : own;
  return {
    entryById: createKeyedLoader<AuditEntryModel | null>(async (requests) => {
      // Nor may it be kept that there is none: it is so for this reader only.
      scope.tags?.incomplete();
      const sequences = requests.map(({ key }) => rowIdOf(key));
      const known = sequences.filter((sequence) => sequence !== null);
      const entries = await databases.oltp.inTenant(scope, async (db) =>
        toEntries(db, tenant, pseudonyms, await selectEntriesBySequence(db, known, ownOnly)),
      );
      const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]));
      return sequences.map((sequence) => (sequence === null ? null : (bySequence.get(sequence) ?? null)));
    }),

    log: async (args, filter) => {
      const page = parsePage(args);
      const before = parseRowCursor(page.from, ENTRIES);
      const choice = choiceOf(filter, tenant, pseudonyms, ownOnly, spellingsOf);
      if (choice === null)
        return toConnection<AuditEntryModel>(
          page,
          [],
          () => '',
          async () => 0,
        );
      const entries = await databases.oltp.inTenant(scope, async (db) =>
        toEntries(db, tenant, pseudonyms, await selectEntries(db, choice, before, page.size + 1)),
      );
      return toConnection(
        page,
        entries,
        ({ sequence }) => toCursor(ENTRIES, [sequence]),
        () => databases.oltp.inTenant(scope, (db) => countEntries(db, choice)),
      );
    },

    activity: async (timeFrame) => ({
      timeFrame,
      ...(await databases.olap.inTenant(scope, (db) => selectActivity(db, timeFrame, ownOnly))),
    }),
  };
}

/** Null: nothing that the reader may see can fit. Throws BAD_USER_INPUT. */
function choiceOf(
  { actor, action, resourceType, resourceId, outcome, createdAt }: AuditFilter,
  tenant: string,
  pseudonyms: Pseudonyms,
  ownOnly: string | null,
  spellingsOf: SpellingsOf,
): EntryChoice | null {
  const { from = null, to = null } = createdAt ?? {};
  if (from !== null && to !== null && Date.parse(from) > Date.parse(to))
    throw badUserInput('`filter.createdAt.from` is after `to`. Exchange the two.', { argument: 'filter.createdAt' });
  const wanted = actor == null ? null : pseudonyms.ofPerson(tenant, actor);
  if (ownOnly !== null && wanted !== null && wanted !== ownOnly) return null;
  const global = resourceId == null ? null : parseGlobalId(resourceId);
  const mayBePerson = resourceType == null || resourceType === 'Person';
  return {
    actor: ownOnly ?? wanted,
    actions: action ?? null,
    resourceType: resourceType ?? global?.type ?? null,
    resource:
      resourceId == null
        ? null
        : {
            names: global ? [resourceId, global.nativeId] : spellingsOf(resourceId),
            subject: mayBePerson && !global ? pseudonyms.ofPerson(tenant, resourceId) : null,
          },
    outcomes: outcome ?? null,
    from,
    to,
  };
}

async function toEntries(
  db: Kysely<DB>,
  tenant: string,
  pseudonyms: Pseudonyms,
  rows: readonly EntryRow[],
): Promise<AuditEntryModel[]> {
  const asked = new Set(
    rows.flatMap(({ actor, address, user_agent, subject }) => [actor, address, user_agent, subject]),
  );
  asked.delete(null);
  const identities = await selectIdentities(db, [...asked] as string[]);
  const values = new Map(
    identities.map((identity) => [`${identity.kind} ${identity.pseudonym}`, pseudonyms.open(tenant, identity)]),
  );
  const identityOf = (kind: string, pseudonym: string | null): string | null =>
    values.get(`${kind} ${pseudonym}`) ?? null;
  return rows.map((row): AuditEntryModel => {
    const personal = row.personal === null ? null : pseudonyms.openDetails(tenant, row.id, row.personal);
    return {
      id: toGlobalId('AuditEntry', String(row.sequence)),
      sequence: row.sequence,
      action: row.actions[0] ?? '',
      actions: row.actions,
      resourceType: row.resource_type,
      resourceId: row.resource_id ?? identityOf('person', row.subject),
      outcome: row.outcome,
      actor: identityOf('person', row.actor),
      actorName: identityOf('name', row.actor),
      ipAddress: identityOf('address', row.address),
      userAgent: identityOf('userAgent', row.user_agent),
      details: row.details === null && personal === null ? null : { ...row.details, ...personal },
      requestId: row.request_id,
      occurredAt: row.occurred_at,
      createdAt: row.created_at,
    };
  });
}
