import { createHash } from 'node:crypto';

/**
 * The hashes of the chain, worked out apart from the database: whoever may change a row there may change its functions too. Must agree
 * with `audit_text` and `audit_promise` in migrations/20261121100000-create-audit-log.ts, and with `append_audit` in
 * migrations/20261121162000-append-what-is-not-there.ts, letter by letter.
 */

/** An entry as the chain covers it. */
export interface ChainedEntry {
  readonly tenant: string;
  readonly sequence: number;
  readonly id: string;
  readonly actions: readonly string[];
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly outcome: string;
  readonly requestId: string | null;
  readonly client: string | null;
  /** In ms since 1970. */
  readonly occurredAtMs: number;
  readonly createdAtMs: number;
  /** The JSON text, byte by byte. */
  readonly details: string | null;
  readonly commitment: Buffer;
}

/** The hash before a tenant's first entry. */
export function hashBeforeAll(tenant: string): Buffer {
  return sha256(`deployment-graph audit ${tenant}`);
}

export function hashOfEntry(previous: Buffer, entry: ChainedEntry): Buffer {
  const text = chainText([
    entry.tenant,
    String(entry.sequence),
    entry.id,
    chainText(entry.actions),
    entry.resourceType,
    entry.resourceId,
    entry.outcome,
    entry.requestId,
    entry.client,
    String(entry.occurredAtMs),
    String(entry.createdAtMs),
    entry.details,
    entry.commitment.toString('hex'),
  ]);
  return createHash('sha256').update(previous).update(text, 'utf8').digest();
}

/** What is promised about one person of an entry: salt first. */
export function promiseOf(parts: readonly (string | null)[]): Buffer {
  return sha256(chainText(parts));
}

export function commitmentOf(actorPromise: Buffer, subjectPromise: Buffer): Buffer {
  return createHash('sha256').update(actorPromise).update(subjectPromise).digest();
}

/** How an entry of `audit.pseudonymised` tells of whom: 64 hex digits. Must agree with `erase_from_audit` in migrations/20261121200000-tell-of-every-erasure.ts. */
export function erasedPersonIn(tenant: string, pseudonym: string): string {
  return promiseOf(['audit.pseudonymised', tenant, pseudonym]).toString('hex');
}

/** Each value with its length in bytes before it, so that no two lists of values are written alike. */
export function chainText(parts: readonly (string | null)[]): string {
  return parts.map((part) => (part === null ? '-' : `${Buffer.byteLength(part)}:${part}`)).join(',');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
