import { GatewayError } from '../../platform/errors.ts';
import type { Availability } from './availability.ts';
import type { SalesforceObject } from './fields.ts';
import type { Asker, SalesforceRecord } from './query-queue.ts';
import { MAX_RELATIONSHIPS, relationshipsOf } from './read-plan.ts';
import { isIn, MAX_STATEMENT_LENGTH, type OrderTerm, select, text } from './soql.ts';
import type { StatementRunner } from './statement-runner.ts';

/** "All rows of an object whose column has one of these values." */
export interface KeyedRead {
  readonly object: SalesforceObject;
  readonly keyColumn: string;
  /** Text that differs only in case is the same key, as it is to Salesforce. Ids are exact. */
  readonly caseless?: boolean;
  readonly keys: readonly string[];
  /** What to read, as SOQL paths. */
  readonly paths: readonly string[];
  readonly orderBy: readonly OrderTerm[];
}

/** The rows of each key, or why they could not be read. A key without rows has []. */
export type RowsByKey = (key: string) => readonly SalesforceRecord[] | GatewayError;

interface Collected {
  readonly read: KeyedRead;
  readonly asker: Asker;
  readonly resolve: (rows: RowsByKey) => void;
}

/** One statement for everybody who asks the same column of the same object. */
interface Union {
  readonly read: KeyedRead;
  readonly keys: Set<string>;
  readonly paths: Set<string>;
  readonly relationships: Set<string>;
  readonly members: Collected[];
}

/** One page of answers by id; also bounds how much one failing statement takes along. */
export const MAX_KEYS_PER_STATEMENT = 2_000;
/** Left of a statement's length for the condition's own words and the order. */
const STATEMENT_RESERVE = 1_000;

/** Collects the keyed reads of one tick, of all requests, and puts equal-shaped ones into one statement with the columns of all. */
export class KeyedReads {
  readonly #runner: StatementRunner;
  readonly #availability: Availability;
  #collected: Collected[] = [];

  constructor(runner: StatementRunner, availability: Availability) {
    this.#runner = runner;
    this.#availability = availability;
  }

  /** Never rejects: each key has its own outcome. */
  read(read: KeyedRead, asker: Asker): Promise<RowsByKey> {
    const { promise, resolve } = Promise.withResolvers<RowsByKey>();
    if (this.#collected.length === 0) this.#runner.queue.beforeSending(() => this.#sendAll());
    this.#collected.push({ read, asker, resolve });
    return promise;
  }

  #sendAll(): void {
    const unions = new Map<string, Union[]>();
    for (const collected of this.#collected.splice(0)) {
      const { read } = collected;
      const shape = JSON.stringify([read.object.name, read.keyColumn, read.orderBy]);
      const candidates = unions.get(shape) ?? [];
      unions.set(shape, candidates);
      let union = candidates.find((candidate) => fits(candidate, read));
      if (!union) {
        union = { read, keys: new Set(), paths: new Set(), relationships: new Set(), members: [] };
        candidates.push(union);
      }
      join(union, collected);
    }
    for (const union of [...unions.values()].flat()) void this.#send(union);
  }

  async #send(union: Union): Promise<void> {
    const askers = union.members.map((member) => member.asker);
    const rowsByKey = new Map<string, SalesforceRecord[]>();
    const failureByKey = new Map<string, GatewayError>();
    const { read } = union;
    const paths = [...union.paths];
    await Promise.all(
      chunkByLength([...union.keys], paths).map(async (keys) => {
        try {
          const { records } = await this.#runner.run(() => this.#statement(read, paths, keys), askers);
          for (const record of records) append(rowsByKey, keyOf(read, record[read.keyColumn]), record);
        } catch (error) {
          const failure = error instanceof GatewayError ? error : unexpected(error);
          for (const key of keys) failureByKey.set(key, failure);
        }
      }),
    );
    const rows: RowsByKey = (key) => failureByKey.get(keyOf(read, key)) ?? rowsByKey.get(keyOf(read, key)) ?? [];
    for (const member of union.members) member.resolve(rows);
  }

  #statement(read: KeyedRead, paths: readonly string[], keys: readonly string[]): string {
    const hidden = this.#availability.whyHidden(read.object, read.keyColumn);
    if (hidden) throw hidden;
    return select({
      columns: this.#availability.visiblePaths(read.object, paths),
      from: read.object.name,
      where: [isIn(read.keyColumn, keys.map(text))],
      orderBy: read.orderBy.filter(({ column }) => !this.#availability.whyHidden(read.object, column)),
    });
  }
}

function fits(union: Union, read: KeyedRead): boolean {
  return new Set([...union.relationships, ...relationshipsOf(read.paths)]).size <= MAX_RELATIONSHIPS;
}

function join(union: Union, collected: Collected): void {
  const { read } = collected;
  union.members.push(collected);
  for (const key of read.keys) union.keys.add(keyOf(read, key));
  for (const path of read.paths) union.paths.add(path);
  union.paths.add('Id').add(read.keyColumn);
  for (const relationship of relationshipsOf(read.paths)) union.relationships.add(relationship);
}

function chunkByLength(keys: readonly string[], paths: readonly string[]): string[][] {
  const room = MAX_STATEMENT_LENGTH - STATEMENT_RESERVE - paths.join().length;
  const chunks: string[][] = [];
  let current: string[] = [];
  let length = 0;
  for (const key of keys) {
    const keyLength = text(key).soql.length + 1;
    if (current.length === MAX_KEYS_PER_STATEMENT || length + keyLength > room) {
      chunks.push(current);
      current = [];
      length = 0;
    }
    current.push(key);
    length += keyLength;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}

function keyOf(read: KeyedRead, value: unknown): string {
  return read.caseless === true ? String(value).toUpperCase() : String(value);
}

function append(rowsByKey: Map<string, SalesforceRecord[]>, key: string, record: SalesforceRecord): void {
  const rows = rowsByKey.get(key);
  if (rows) rows.push(record);
  else rowsByKey.set(key, [record]);
}

function unexpected(cause: unknown): GatewayError {
  return new GatewayError('INTERNAL_SERVER_ERROR', 'Reading from Salesforce failed. Report it with the request id.', {
    source: 'SALESFORCE',
    cause,
  });
}
