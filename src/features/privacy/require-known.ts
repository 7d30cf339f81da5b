// biome-ignore-all lint/plugin: names of tables and columns are those of inventory.ts.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Database, TenantScope } from '../../platform/database.ts';
import { badUserInput } from '../../platform/errors.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { Pseudonyms } from '../audit/pseudonyms.ts';
import { columnsErasedBy } from './inventory.ts';
import { type FindInSources, KnownPerson, learnFromTables } from './known-person.ts';
import { readIdentifier } from './person-identifiers.ts';

export interface KnownOptions {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly findInSources: FindInSources;
  /** Other names under which a subject stands in tables. */
  aliasesOf(tenant: string, subject: string): readonly string[];
}

/** A text that is to identify somebody, and the argument that it stands in. */
export interface GivenIdentifier {
  readonly text: string;
  readonly argument: string;
}

/** Less than an operation may take, so that there is time for what it is asked for. */
const FIND_DEADLINE_MS = 3_000;

/**
 * Throws BAD_USER_INPUT for the first text by which nobody is known: in no table, no entry of the audit log, no erasure, no source. An erasure of such would be
 * completed and proved while the person stays. Throws the UPSTREAM_ codes when only a source that can't be asked could tell. `otherwise`: what else the caller may do.
 */
export async function requireKnown(
  options: KnownOptions,
  scope: TenantScope,
  pseudonyms: Pseudonyms,
  given: readonly GivenIdentifier[],
  otherwise: string,
): Promise<void> {
  for (const { text, argument } of given) {
    if (await isKnown(options, scope, pseudonyms, new KnownPerson(readIdentifier(text, argument)))) continue;
    throw badUserInput(
      `Nobody is known by \`${argument}\`, here or in a source. Pass the subject (\`sub\`) of their tokens, their e-mail address, their Atlassian account id ` +
        `or the id of their Salesforce user; a name is none of these.${otherwise}`,
      { argument },
    );
  }
}

async function isKnown(
  { database, sealer, findInSources, aliasesOf }: KnownOptions,
  scope: TenantScope,
  pseudonyms: Pseudonyms,
  person: KnownPerson,
): Promise<boolean> {
  const { tenant } = scope;
  const subjects = person.of('subject').flatMap((subject) => [subject, ...aliasesOf(tenant, subject)]);
  const isInTables = await database.inTenant(scope, async (db) => {
    if (await isInColumns(db, tenant, subjects)) return true;
    const people = subjects.map((subject) => pseudonyms.ofPerson(tenant, subject));
    // As who acted: what an operation was about may be a text that somebody made up.
    if (await exists(db, sql`audit_logs where tenant = ${tenant} and actor = any(${people}::text[])`)) return true;
    const hashes = person.hashes(sealer, tenant).map(({ hash }) => hash);
    if (await exists(db, sql`erasure_ledger where hash = any(${hashes}::text[])`)) return true;
    const before = person.identifiers.length;
    await learnFromTables(db, tenant, sealer, person);
    return person.identifiers.length > before;
  });
  if (isInTables) return true;
  const question = { jira: person.of('jira'), salesforce: person.of('salesforce'), emails: person.of('email') };
  if (question.jira.length + question.salesforce.length + question.emails.length === 0) return false;
  const signal = AbortSignal.any([scope.signal, AbortSignal.timeout(FIND_DEADLINE_MS)]);
  return (await findInSources(question, signal)).length > 0;
}

async function isInColumns(db: Kysely<DB>, tenant: string, subjects: readonly string[]): Promise<boolean> {
  for (const { table, column } of [...columnsErasedBy('row'), ...columnsErasedBy('pseudonym')]) {
    const rows = sql`${sql.table(table)} where tenant = ${tenant} and ${sql.ref(column)} = any(${subjects}::text[])`;
    if (await exists(db, rows)) return true;
  }
  return false;
}

async function exists(db: Kysely<DB>, rows: ReturnType<typeof sql>): Promise<boolean> {
  const { rows: found } = await sql<{ found: boolean }>`select exists (select from ${rows}) as found`.execute(db);
  return found[0]?.found === true;
}
