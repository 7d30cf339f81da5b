import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { TenantScope } from '../../platform/database.ts';
import { GatewayError } from '../../platform/errors.ts';
import { signInFor } from '../access/sign-in-for.ts';
import type { ViewerModel } from '../access/viewer.ts';
import type { AuditActor } from '../audit/actor.ts';
import { appendAudit } from '../audit/append.ts';
import type { JsonObject } from '../audit/event.ts';
import { type FindInSources, KnownPerson, learnFromSources, learnFromTables } from './known-person.ts';
import { type Identifier, readIdentifier } from './person-identifiers.ts';
import { readPerson } from './read-person.ts';
import { type KnownOptions, requireKnown } from './require-known.ts';

export type ExportOptions = KnownOptions;

export interface PersonExport {
  readonly data: JsonObject;
  readonly rows: number;
  readonly exportedAt: string;
}

const MAX_EXPORTS_PER_HOUR = 5;
const DEADLINE_MS = 8_000;

/**
 * All that is kept of a person, and nothing of anybody else. The audit entry is stored before anything of them is read. Throws UNAUTHENTICATED, FORBIDDEN for somebody else's data without
 * the role, RATE_LIMITED, BAD_USER_INPUT, AUDIT_UNAVAILABLE, and the UPSTREAM_ codes: an export that lacks a source would pass for complete.
 */
export async function exportPerson(
  options: ExportOptions,
  scope: TenantScope,
  viewer: ViewerModel,
  actor: AuditActor,
  userIdentifier: string | null,
): Promise<PersonExport> {
  const { database, sealer, findInSources, aliasesOf } = options;
  const { tenant } = scope;
  const identifiers = whose(viewer, actor, userIdentifier);
  // Before anything is stored: a text by which nobody is known must not become a trace of somebody.
  if (userIdentifier !== null) {
    const given = [{ text: userIdentifier, argument: 'input.userIdentifier' }];
    await requireKnown(options, scope, actor.pseudonyms, given, '');
  }
  const erasedBy = userIdentifier === null ? null : await erasureOf(options, scope, identifiers);
  await database.inTenant(scope, async (db) => {
    await countExport(db, tenant, sealer.blindIndex('who exports', `${tenant} ${viewer.id}`));
    await appendAudit(db, actor, {
      action: 'exportPerson',
      // By what was given, an entry would bring back who was erased.
      ...(erasedBy === null
        ? { resourceType: 'Person', resourceId: userIdentifier?.trim() ?? viewer.id }
        : { resourceType: 'Erasure', resourceId: erasedBy }),
      outcome: 'ALLOWED',
    });
  });
  const known = new KnownPerson(identifiers);
  // Of one's own: what the credentials vouch for, and nobody who is found by it.
  if (userIdentifier !== null) await database.inTenant(scope, (db) => learnFromTables(db, tenant, sealer, known));
  // Sources still have whom they were not told to erase, but nobody is shown them any more.
  const ask: FindInSources = erasedBy === null ? findInSources : async () => [];
  await learnFromSources(ask, known, scope.signal);
  for (const subject of known.of('subject'))
    for (const alias of aliasesOf(tenant, subject)) known.add('subject', alias);
  const rows = await database.inTenant(
    scope,
    (db) => readPerson(db, tenant, known.asHashed(sealer, tenant), sealer, actor.pseudonyms),
    { deadlineMs: DEADLINE_MS },
  );
  const question = { jira: known.of('jira'), salesforce: known.of('salesforce'), emails: known.of('email') };
  const sources = (await ask(question, scope.signal)).map((found): JsonObject => ({ ...found }));
  const data: JsonObject = { ...rows, ...(sources.length > 0 ? { sources } : {}) };
  const count = Object.values(rows).reduce((sum, of) => sum + of.length, sources.length);
  return { data, rows: count, exportedAt: new Date().toISOString() };
}

function whose(viewer: ViewerModel, actor: AuditActor, userIdentifier: string | null): readonly Identifier[] {
  if (userIdentifier === null) {
    if (actor.actorId === null || viewer.isAnonymous === true)
      throw new GatewayError(
        'UNAUTHENTICATED',
        'Nothing is kept of a caller without credentials. Sign in to export your own data.',
      );
    const own: Identifier[] = [{ kind: 'subject', value: viewer.id }];
    return viewer.email === null || !viewer.hasVerifiedEmail ? own : [...own, { kind: 'email', value: viewer.email }];
  }
  if (!viewer.roles.includes('ADMIN')) {
    if (viewer.isAnonymous === true) throw signInFor('The data of another person', 'ADMIN');
    throw new GatewayError(
      'FORBIDDEN',
      'The data of another person needs the role ADMIN. Leave `input.userIdentifier` out to export your own.',
    );
  }
  return readIdentifier(userIdentifier, 'input.userIdentifier');
}

/** Id of the erasure that hides the person; null when none does. */
async function erasureOf(
  { database, sealer }: Pick<ExportOptions, 'database' | 'sealer'>,
  scope: TenantScope,
  identifiers: readonly Identifier[],
): Promise<string | null> {
  const hashes = new KnownPerson(identifiers).hashes(sealer, scope.tenant).map(({ hash }) => hash);
  const found = await database.inTenant(scope, (db) =>
    db.selectFrom('erasure_ledger').select('request_id').where('hash', 'in', hashes).limit(1).executeTakeFirst(),
  );
  return found?.request_id ?? null;
}

/** One by one for each caller, so that no more than are allowed pass at once. */
async function countExport(db: Kysely<DB>, tenant: string, actor: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`export ${actor}`}, 0))`.execute(db);
  await sql`delete from person_exports where tenant = ${tenant} and exported_at < now() - interval '1 hour'`.execute(
    db,
  );
  const { rows } = await sql<{ count: number; seconds: number | null }>`
    select count(*)::int as count, ceil(extract(epoch from min(exported_at) + interval '1 hour' - now()))::int as seconds
    from person_exports where tenant = ${tenant} and actor = ${actor}
  `.execute(db);
  const [known] = rows;
  if (known && known.count >= MAX_EXPORTS_PER_HOUR) {
    throw new GatewayError(
      'RATE_LIMITED',
      `You have exported ${known.count} times within an hour, which is as often as one may. Try again later.`,
      { retryAfterSeconds: Math.max(1, known.seconds ?? 1) },
    );
  }
  await db.insertInto('person_exports').values({ tenant, actor }).execute();
}
