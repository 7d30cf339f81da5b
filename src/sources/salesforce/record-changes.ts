import { createHash } from 'node:crypto';
import type { BroughtByKind } from '../../cache/record-cache.ts';
import type { SideRecord } from '../../cache/record-kind.ts';
import type { RecordValues } from '../../cache/record-values.ts';
import { Receipt } from '../../platform/receipt.ts';
import type { Availability } from './availability.ts';
import { columnsOf, type SalesforceObject, STAMP_COLUMN, salesforceObjects } from './fields.ts';
import { toId18, toPsRequestNumber } from './ids.ts';
import { listColumnsOf, listValuesIn } from './list-columns.ts';
import type { SalesforceTypeName } from './model.ts';
import type { Asker, QueryQueue, SalesforceRecord } from './query-queue.ts';
import type { RecordKinds, RowReader } from './row-reader.ts';
import { shapeOf } from './row-shape.ts';
import { compare, instant, select } from './soql.ts';

/** A record that was made, changed or deleted. */
export interface ChangedRecord {
  readonly type: SalesforceTypeName;
  readonly id: string;
  /** A request's number. */
  readonly names: readonly string[];
  /** Its SystemModstamp in milliseconds since the epoch; Salesforce counts whole seconds. */
  readonly changedAtMs: number;
  /** The record has not changed while this has not: when it changed, and what it was then, since two changes may fall into one second. */
  readonly stamp: string;
  /** What lists of its type are chosen and ordered by, by column; null: it is deleted. Absent for a type without lists. */
  readonly values?: RecordValues | null;
}

export interface RecordChanges {
  /** Of each type in the order of their change, later ones last; of the overlap with the poll before, told again. */
  readonly changes: readonly ChangedRecord[];
  /** All that the gateway reads of them, as it is now; null for those that are deleted. */
  readonly records: BroughtByKind;
  /** `sinceMs` of the next poll: the latest change, by Salesforce's clock. */
  readonly highWaterMs: number;
  /** False: of some type more has changed than is listed, so every record of these types counts as changed. */
  readonly isComplete: boolean;
}

export const polledTypes = Object.keys(salesforceObjects) as readonly SalesforceTypeName[];

/** Only a reading that sees the recycle bin shows what it says. */
const DELETED_COLUMN = 'IsDeleted';
/** Rows of one page of an answer. */
const MAX_CHANGES_PER_TYPE = 2_000;
const DIGEST_LENGTH = 12;
/** A change is stamped when it is made and seen when its transaction ends, which may take as long as Salesforce lets one run. */
const OVERLAP_MS = 300_000;

export interface RecordChangePollParts {
  readonly queue: QueryQueue;
  readonly availability: Availability;
  readonly kinds: RecordKinds;
  readonly rowReader: RowReader;
}

/** Asks what has changed: one query for each type, of which a call takes five. Nobody waits for it. */
export class RecordChangePoll {
  readonly #queue: QueryQueue;
  readonly #availability: Availability;
  readonly #kinds: RecordKinds;
  readonly #rowReader: RowReader;

  constructor({ queue, availability, kinds, rowReader }: RecordChangePollParts) {
    this.#queue = queue;
    this.#availability = availability;
    this.#kinds = kinds;
    this.#rowReader = rowReader;
  }

  /** Looks back five minutes before `sinceMs` too. Fails whole, so that no change is passed over. */
  async poll(
    sinceMs: number,
    caller: Pick<Asker, 'signal'> & Partial<Pick<Asker, 'receipt'>>,
    types: readonly SalesforceTypeName[] = polledTypes,
  ): Promise<RecordChanges> {
    const asker: Asker = { receipt: new Receipt(), ...caller, priority: 'background' };
    // Of an object that is hidden nothing can have been read.
    const objects = types
      .map((type): SalesforceObject => salesforceObjects[type])
      .filter((object) => this.#availability.whyHidden(object, 'Id') === null);
    const answers = await Promise.all(
      objects.map(async (object) => ({ object, rows: await this.#rowsOf(object, sinceMs, asker) })),
    );
    const changes = answers.flatMap(({ object, rows }) => rows.flatMap((row) => this.#toChange(object, row) ?? []));
    return {
      changes,
      records: new Map(answers.map(({ object, rows }) => [this.#kinds[object.type], this.#recordsIn(object, rows)])),
      highWaterMs: changes.reduce((latest, { changedAtMs }) => Math.max(latest, changedAtMs), sinceMs),
      isComplete: answers.every(({ rows }) => rows.length < MAX_CHANGES_PER_TYPE),
    };
  }

  async #rowsOf(object: SalesforceObject, sinceMs: number, asker: Asker): Promise<readonly SalesforceRecord[]> {
    const since = instant(new Date(sinceMs - OVERLAP_MS).toISOString());
    const hasLists = listColumnsOf(object, this.#availability).length > 0;
    const columns = ['Id', STAMP_COLUMN, ...(hasLists ? [DELETED_COLUMN] : []), ...columnsOf(object)];
    const statement = select({
      columns: this.#availability.visiblePaths(object, [...new Set(columns)]),
      from: object.name,
      where: [compare(STAMP_COLUMN, '>=', since)],
      orderBy: [
        { column: STAMP_COLUMN, direction: 'ASC' },
        { column: 'Id', direction: 'ASC' },
      ],
      limit: MAX_CHANGES_PER_TYPE,
    });
    return (await this.#queue.query(statement, [asker], 'queryAll')).records;
  }

  #recordsIn(object: SalesforceObject, rows: readonly SalesforceRecord[]): ReadonlyMap<string, SideRecord | null> {
    const records = new Map<string, SideRecord | null>();
    const shape = shapeOf(object, columnsOf(object));
    const reader = this.#rowReader.collect({ put: () => undefined });
    for (const row of rows) {
      const record = reader.recordOf(shape, row);
      if (!record) continue;
      const { id, ...rest } = record;
      records.set(id, row[DELETED_COLUMN] === true ? null : rest);
    }
    return records;
  }

  #toChange(object: SalesforceObject, row: SalesforceRecord): ChangedRecord | null {
    const { type } = object;
    const id = typeof row.Id === 'string' ? toId18(row.Id) : null;
    const stampMs = Date.parse(String(row[STAMP_COLUMN]).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
    if (id === null || Number.isNaN(stampMs)) return null;
    const number = type === 'PsRequest' && typeof row.Name === 'string' ? toPsRequestNumber(row.Name) : null;
    const isDeleted = row[DELETED_COLUMN];
    const values = isDeleted === true ? null : listValuesIn(row, object, this.#availability);
    const names = number === null ? [] : [number];
    return {
      type,
      id,
      names,
      changedAtMs: stampMs,
      stamp: `${new Date(stampMs).toISOString()} ${digestOf(row)}`,
      ...(typeof isDeleted === 'boolean' ? { values } : {}),
    };
  }
}

/** Of what the row holds, by column, whatever their order. */
function digestOf(row: SalesforceRecord): string {
  const held = Object.entries(row).filter(([column]) => column !== 'attributes');
  const text = JSON.stringify(held.sort(([left], [right]) => (left < right ? -1 : 1)));
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH);
}
