import type pg from 'pg';
import type { Checkpoint } from './checkpoint.ts';
import type { SealedIdentity } from './pseudonyms.ts';
import type { StoredEntry } from './verify-chain.ts';
import type { MissingIdentities, NotedErasure } from './verify-identities.ts';

/** What a verification reads, as the owner of the tables, within one snapshot of the database. */
export interface StoredChains {
  /** Every tenant that has, or had, entries. */
  tenants(): Promise<readonly string[]>;
  entriesOf(tenant: string, afterSequence: number): AsyncIterable<StoredEntry>;
  headOf(tenant: string): Promise<{ readonly sequence: number; readonly hash: string } | null>;
  checkpointsOf(tenant: string): Promise<readonly Checkpoint[]>;
  /** By person. Without what arrived after an erasure that retention has removed the entry of. */
  missingIdentitiesOf(tenant: string): Promise<readonly MissingIdentities[]>;
  identitiesOf(tenant: string): AsyncIterable<SealedIdentity>;
  /** Number of the first entry with one of these; null: none. */
  firstEntryWith(tenant: string, pseudonyms: readonly string[]): Promise<number | null>;
  /** Those that are not older than the first entry that is left. */
  erasuresOf(tenant: string): Promise<readonly NotedErasure[]>;
}

const PAGE_ENTRIES = 5_000;

/** The client must be in a transaction of `repeatable read`. Rows arrive as `createPool` has them parsed. */
export function storedChains(client: pg.ClientBase): StoredChains {
  return {
    tenants: async () => {
      const { rows } = await client.query<{ tenant: string }>(
        `select tenant from audit_heads union select tenant from audit_logs union select tenant from audit_checkpoints order by 1`,
      );
      return rows.map(({ tenant }) => tenant);
    },
    entriesOf: (tenant, afterSequence) => pages(client, tenant, afterSequence),
    headOf: async (tenant) => {
      const { rows } = await client.query<{ sequence: number; hash: string }>(
        `select sequence, encode(hash, 'hex') as hash from audit_heads where tenant = $1 and sequence > 0`,
        [tenant],
      );
      return rows[0] ?? null;
    },
    checkpointsOf: async (tenant) => {
      const { rows } = await client.query<Checkpoint>(
        `select tenant, sequence, encode(hash, 'hex') as hash, removed, key, signature from audit_checkpoints
         where tenant = $1 order by sequence`,
        [tenant],
      );
      return rows;
    },
    missingIdentitiesOf: async (tenant) => {
      const { rows } = await client.query<MissingIdentities>(
        `select owner as person, count(*)::int as count, min(first) as "firstSequence" from (
           select min(l.sequence) as first, named.owner, named.pseudonym, named.kind
           from audit_logs l cross join lateral (values (l.actor, l.actor, 'person'), (l.actor, l.address, 'address'),
             (l.actor, l.user_agent, 'userAgent'), (l.actor, l.session, 'session'),
             (l.actor, case when (l.actor is not null or l.actor_erased_by is null) and l.client ~ '^[0-9a-f]{32}$' then l.client end, 'client'), (l.subject, l.subject, 'person')
           ) as named (owner, pseudonym, kind)
           where l.tenant = $1 and named.pseudonym is not null and not exists (
             select from audit_erasures e where e.tenant = $1 and e.person = named.owner and l.occurred_at <= e.erased_at
               and e.erased_at < (select created_at from audit_logs where tenant = $1 order by sequence limit 1))
           group by 2, 3, 4
         ) named
         where not exists (select from audit_identities i where i.tenant = $1 and i.pseudonym = named.pseudonym and i.kind = named.kind)
         group by 1 order by 3`,
        [tenant],
      );
      return rows;
    },
    identitiesOf: (tenant) => identityPages(client, tenant),
    firstEntryWith: async (tenant, pseudonyms) => {
      const { rows } = await client.query<{ first: number | null }>(
        `select min(sequence) as first from audit_logs where tenant = $1
           and (actor = any($2) or subject = any($2) or address = any($2) or user_agent = any($2)
             or session = any($2) or client = any($2))`,
        [tenant, pseudonyms],
      );
      return rows[0]?.first ?? null;
    },
    erasuresOf: async (tenant) => {
      const { rows } = await client.query<NotedErasure>(
        `select person, to_char(erased_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "erasedAt" from audit_erasures
         where tenant = $1 and erased_at >= (select created_at from audit_logs where tenant = $1 order by sequence limit 1) order by erased_at`,
        [tenant],
      );
      return rows;
    },
  };
}

async function* identityPages(client: pg.ClientBase, tenant: string): AsyncGenerator<SealedIdentity> {
  let after: readonly [pseudonym: string, kind: string] = ['', ''];
  for (;;) {
    const { rows } = await client.query<SealedIdentity>(
      `select pseudonym, kind, owner, value from audit_identities
       where tenant = $1 and (pseudonym, kind) > ($2, $3) order by pseudonym, kind limit $4`,
      [tenant, ...after, PAGE_ENTRIES],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ENTRIES) return;
    after = [last.pseudonym, last.kind];
  }
}

async function* pages(client: pg.ClientBase, tenant: string, afterSequence: number): AsyncGenerator<StoredEntry> {
  let after: readonly [sequence: number, createdAt: string] = [afterSequence, '-infinity'];
  for (;;) {
    const { rows } = await client.query<StoredEntry & { readonly createdAt: string }>(
      `select tenant, sequence, id, actions, resource_type as "resourceType", resource_id as "resourceId", outcome,
         request_id as "requestId", client, round(extract(epoch from occurred_at) * 1000)::bigint as "occurredAtMs",
         round(extract(epoch from created_at) * 1000)::bigint as "createdAtMs", created_at as "createdAt",
         details::text as details, commitment, hash,
         salt, actor, address, user_agent as "userAgent", session, personal, actor_promise as "actorPromise",
         actor_erased_by as "actorErasedBy", subject_salt as "subjectSalt", subject, subject_promise as "subjectPromise",
         subject_erased_by as "subjectErasedBy"
       from audit_logs where tenant = $1 and (sequence, created_at) > ($2, $3::timestamptz) order by sequence, created_at limit $4`,
      [tenant, ...after, PAGE_ENTRIES],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ENTRIES) return;
    after = [last.sequence, last.createdAt];
  }
}
