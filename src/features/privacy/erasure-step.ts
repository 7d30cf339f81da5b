import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { HashedPeople } from './hashed-people.ts';
import type { Identifier } from './person-identifiers.ts';

/** Whom a step is to erase, and what stands in their place. */
export interface Erasure {
  readonly tenant: string;
  readonly requestId: string;
  /** The person alone; nobody that was erased before. */
  readonly person: HashedPeople;
  /** What is known of them in plain text while the request runs; nothing after a backup was restored. */
  readonly known: readonly Identifier[];
  /** `erased:` and 16 hex digits, for records of a business that stay. The same for all of one request's. */
  readonly pseudonym: string;
  readonly sealer: Sealer;
  /** Columns with values that could not be looked into because their key is not at hand; steps add to it. The person may be in them. */
  readonly unread: Set<string>;
  /** Columns with values that nobody can look into any more, because their key was destroyed on purpose: the proof tells of them. */
  readonly shredded: Set<string>;
}

/** Notes a value that could not be opened. */
export function noteUnread({ sealer, unread, shredded }: Erasure, value: string, column: string): void {
  (sealer.isShredded(value) ? shredded : unread).add(column);
}

export interface StepBatch {
  /** Rows that were changed or removed. */
  readonly rows: number;
  /** Where the next batch goes on; null after the last. */
  readonly next: string | null;
}

/**
 * One store that people are erased from. Every step finds the person by itself, and one that finds nothing changes nothing: steps are repeated after
 * a crash, and once more when all that was under way at the beginning has ended.
 */
export type ErasureStep =
  | {
      readonly name: string;
      readonly kind: 'rows';
      /** One batch, in a transaction of the tenant with the record of what it did. */
      run(db: Kysely<DB>, erasure: Erasure, from: string | null): Promise<StepBatch>;
    }
  | {
      readonly name: string;
      readonly kind: 'outside';
      /** It takes everything every time, the person's or not, so that it can not be waited for until it finds nothing. */
      readonly takesAll?: boolean;
      /** Answers how many entries it removed. Rejects when the store can't be reached: the request then waits for it. */
      run(erasure: Erasure): Promise<number>;
    };
