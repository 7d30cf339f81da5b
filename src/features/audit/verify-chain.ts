import { type ChainedEntry, commitmentOf, erasedPersonIn, hashBeforeAll, hashOfEntry, promiseOf } from './chain.ts';
import { type Checkpoint, isSignedCheckpoint, REMOVED_ACTION } from './checkpoint.ts';
import { PSEUDONYMISED_ACTION } from './erase.ts';
import { isSignedHead, type SignedHead } from './signed-head.ts';
import type { SigningKey } from './signing-key.ts';
import type { IdentityFindings } from './verify-identities.ts';

/** A row of `audit_logs` as it stands. */
export interface StoredEntry extends ChainedEntry {
  readonly hash: Buffer;
  readonly salt: string | null;
  readonly actor: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly session: string | null;
  readonly personal: string | null;
  readonly actorPromise: Buffer | null;
  readonly actorErasedBy: number | null;
  readonly subjectSalt: string | null;
  readonly subject: string | null;
  readonly subjectPromise: Buffer | null;
  readonly subjectErasedBy: number | null;
}

/** What is wrong with a tenant's chain, at the first entry that shows it. */
export interface ChainProblem {
  readonly tenant: string;
  /** Null: not about one entry. */
  readonly sequence: number | null;
  readonly message: string;
}

export interface ChainReport {
  readonly tenant: string;
  readonly entries: number;
  /** Signed heads that were compared. */
  readonly heads: number;
  /** Entries whose actor or subject was erased. */
  readonly erased: number;
  /** Values of pseudonyms of which it can't be told whether they are right, because their key is not at hand. */
  readonly unread: number;
  /** Those of which it never can be, because it was destroyed. */
  readonly shredded: number;
  /** Null: no entries. */
  readonly last: { readonly sequence: number; readonly hash: string } | null;
  /** The first by sequence; null when all is right. */
  readonly problem: ChainProblem | null;
}

export interface ChainToVerify {
  readonly tenant: string;
  /** By sequence. */
  readonly entries: AsyncIterable<StoredEntry>;
  /** What the database says is the last; null: nothing. */
  readonly storedHead: { readonly sequence: number; readonly hash: string } | null;
  readonly checkpoints: readonly Checkpoint[];
  readonly identities: IdentityFindings;
  /** From outside of the database. */
  readonly heads: readonly SignedHead[];
}

/** Walks every link of one chain, and compares it with what was signed. Ends at the first entry that is wrong. */
export async function verifyChain(
  { tenant, entries, storedHead, checkpoints, identities, heads }: ChainToVerify,
  key: SigningKey,
): Promise<ChainReport> {
  const walk = new ChainWalk(tenant, checkpoints, heads, key);
  for await (const entry of entries) if (!walk.take(entry)) break;
  return walk.end(storedHead, identities);
}

class ChainWalk {
  readonly #tenant: string;
  readonly #headsBySequence: ReadonlyMap<number, readonly SignedHead[]>;
  readonly #lastHead: SignedHead | undefined;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #checkpoints: readonly Checkpoint[];
  /** By the entry that tells of an erasure: how many it says, and how many are found. */
  readonly #erasures = new Map<number, { told: number | null; found: number }>();
  /** As entries tell of them (see `erasedPersonIn`). */
  readonly #erasedPeople = new Set<string>();
  readonly #removals = new Set<string>();
  #previous: Buffer;
  #sequence: number;
  #entries = 0;
  #comparedHeads = 0;
  #lastGoodHead = 0;
  #erased = 0;
  #problem: ChainProblem | null = null;

  constructor(tenant: string, checkpoints: readonly Checkpoint[], heads: readonly SignedHead[], key: SigningKey) {
    this.#tenant = tenant;
    this.#checkpoints = checkpoints.toSorted((left, right) => left.sequence - right.sequence);
    this.#checkpoint = this.#checkpoints.at(-1);
    this.#headsBySequence = Map.groupBy(heads, ({ sequence }) => sequence);
    this.#lastHead = heads.toSorted((left, right) => left.sequence - right.sequence).at(-1);
    this.#previous = this.#checkpoint ? Buffer.from(this.#checkpoint.hash, 'hex') : hashBeforeAll(tenant);
    this.#sequence = this.#checkpoint?.sequence ?? 0;
    for (const checkpoint of checkpoints) {
      if (!isSignedCheckpoint(key, checkpoint))
        this.#fail(
          checkpoint.sequence,
          `its checkpoint is not signed by the key ${key.id}: entries before it were removed by somebody else`,
        );
      this.#compareHeads(checkpoint.sequence, checkpoint.hash);
    }
    for (const head of heads) {
      if (!isSignedHead(key, head))
        this.#fail(
          head.sequence,
          `the head of it that was kept outside is not signed by the key ${key.id}; restore the file of heads`,
        );
    }
  }

  /** False: what comes after is of no use. */
  take(entry: StoredEntry): boolean {
    if (this.#problem) return false;
    const expected = this.#sequence + 1;
    if (entry.sequence !== expected) {
      const what =
        entry.sequence > expected
          ? `is missing: after ${this.#sequence} comes ${entry.sequence}`
          : `stands there although the chain is at ${this.#sequence} already`;
      return this.#fail(Math.min(entry.sequence, expected), what);
    }
    const problem = problemOfActions(entry) ?? problemOfPeople(entry);
    if (problem) return this.#fail(entry.sequence, problem);
    if (!hashOfEntry(this.#previous, entry).equals(entry.hash))
      return this.#fail(
        entry.sequence,
        'is not what was stored: its hash does not follow from it and the entry before it',
      );
    if (!this.#compareHeads(entry.sequence, entry.hash.toString('hex'))) return false;
    this.#sequence = entry.sequence;
    this.#previous = entry.hash;
    this.#entries += 1;
    this.#note(entry);
    return true;
  }

  end(storedHead: ChainToVerify['storedHead'], identities: IdentityFindings): ChainReport {
    if (!this.#problem) this.#checkEnd(storedHead);
    this.#checkIdentities(identities);
    return {
      tenant: this.#tenant,
      entries: this.#entries,
      heads: this.#comparedHeads,
      erased: this.#erased,
      unread: identities.unread,
      shredded: identities.shredded,
      last: this.#sequence === 0 ? null : { sequence: this.#sequence, hash: this.#previous.toString('hex') },
      problem: this.#problem,
    };
  }

  #checkEnd(storedHead: ChainToVerify['storedHead']): void {
    const lastHead = this.#lastHead;
    if (lastHead && lastHead.sequence > this.#sequence) {
      this.#fail(
        this.#sequence + 1,
        `is missing, and all after it: the chain had reached ${lastHead.sequence} at ${lastHead.at}`,
      );
      return;
    }
    const isHead = (storedHead?.sequence ?? 0) === this.#sequence;
    if (!isHead || (storedHead && storedHead.hash !== this.#previous.toString('hex'))) {
      this.#fail(
        Math.min(this.#sequence, storedHead?.sequence ?? 0) + 1,
        `is missing or was put there: the database's own head stands at ${storedHead?.sequence ?? 0}, its last entry is ${this.#sequence}`,
      );
      return;
    }
    for (const [sequence, { told, found }] of this.#erasures) {
      // Entries of which it told may have been removed since, with all of their age.
      const isRight =
        told === null
          ? sequence <= (this.#checkpoint?.sequence ?? 0)
          : this.#checkpoint
            ? found <= told
            : found === told;
      if (isRight) continue;
      this.#fail(
        sequence,
        `tells that a person was taken out of ${told ?? 'no'} entries, but ${found} entries lack theirs by it`,
      );
      return;
    }
    const untold =
      this.#checkpoint && !this.#removals.has(`${this.#checkpoint.sequence} ${this.#checkpoint.hash}`)
        ? this.#checkpoint
        : null;
    if (untold) this.#fail(untold.sequence, 'and all before it were removed, but no entry tells of that');
  }

  #checkIdentities({ missing, changed, erasures }: IdentityFindings): void {
    const isTold = (person: string | null): boolean =>
      person !== null && this.#erasedPeople.has(erasedPersonIn(this.#tenant, person));
    const [first] = missing.filter(({ person }) => !isTold(person));
    if (first) {
      const count = missing.reduce((sum, one) => (isTold(one.person) ? sum : sum + one.count), 0);
      this.#fail(
        first.firstSequence,
        `is the first that no longer tells who it was: what ${count} pseudonyms stand for was removed from audit_identities, and no erasure tells of that`,
      );
    }
    if (changed.count > 0)
      this.#fail(
        changed.firstSequence,
        `is the first that tells of somebody else: what ${changed.count} pseudonyms stand for in audit_identities is not what was stored`,
      );
    const untold = erasures.find(({ person }) => !isTold(person));
    if (untold)
      this.#fail(
        null,
        `was to lose somebody: audit_erasures has a person since ${untold.erasedAt}, of whom no entry tells`,
      );
  }

  #note(entry: StoredEntry): void {
    const erasers = new Set([entry.actorErasedBy, entry.subjectErasedBy].filter((sequence) => sequence !== null));
    if (erasers.size > 0) this.#erased += 1;
    for (const sequence of erasers) this.#erasure(sequence).found += 1;
    if (entry.actions[0] === PSEUDONYMISED_ACTION) {
      const { entries, people } = JSON.parse(entry.details ?? '{}') as { entries?: number; people?: readonly string[] };
      this.#erasure(entry.sequence).told = entries ?? 0;
      for (const person of people ?? []) this.#erasedPeople.add(person);
    }
    if (entry.actions[0] === REMOVED_ACTION) {
      const { sequence, hash } = JSON.parse(entry.details ?? '{}') as { sequence?: number; hash?: string };
      this.#removals.add(`${sequence} ${hash}`);
    }
  }

  #erasure(sequence: number): { told: number | null; found: number } {
    let erasure = this.#erasures.get(sequence);
    if (!erasure) this.#erasures.set(sequence, (erasure = { told: null, found: 0 }));
    return erasure;
  }

  #compareHeads(sequence: number, hash: string): boolean {
    for (const head of this.#headsBySequence.get(sequence) ?? []) {
      this.#comparedHeads += 1;
      if (head.hash !== hash) {
        const first = this.#lastGoodHead + 1;
        return this.#fail(
          first,
          `to ${sequence}: one of them is not what was stored. All hashes follow from each other, but not to the head that was signed at ${head.at}, so the history was written anew`,
        );
      }
      this.#lastGoodHead = sequence;
    }
    return true;
  }

  #fail(sequence: number | null, message: string): false {
    this.#problem ??= { tenant: this.#tenant, sequence, message };
    return false;
  }
}

/** A list within a list is nothing that a hash could be of; null: nothing is wrong. */
function problemOfActions({ actions }: StoredEntry): string | null {
  return actions.every((action) => typeof action === 'string')
    ? null
    : 'is not what was stored: its actions are no list of names';
}

/** What is wrong with the part of an entry that identifies people; null: nothing. */
function problemOfPeople(entry: StoredEntry): string | null {
  const { actorErasedBy, subjectErasedBy } = entry;
  const isActorErased = actorErasedBy !== null;
  const isSubjectErased = subjectErasedBy !== null;
  const own = [entry.salt, entry.actor, entry.address, entry.userAgent, entry.session, entry.personal];
  const about = [entry.subjectSalt, entry.subject];
  if ((isActorErased && own.some((part) => part !== null)) || (isSubjectErased && about.some((part) => part !== null)))
    return 'names somebody again who was erased';
  const actorPromise = isActorErased ? entry.actorPromise : promiseOf(own);
  const subjectPromise = isSubjectErased ? entry.subjectPromise : promiseOf(about);
  if (actorPromise && subjectPromise && commitmentOf(actorPromise, subjectPromise).equals(entry.commitment))
    return null;
  return 'does not name whom it named: who did it, or to whom, was changed or removed without an erasure';
}
