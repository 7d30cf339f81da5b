import type { FetchCall, RecordKind, SideRecord } from '../../cache/record-kind.ts';
import type { JsonValue } from '../../cache/record-values.ts';
import type { Availability } from './availability.ts';
import { referenceBy, type SalesforceObject } from './fields.ts';
import { toId18, toPsRequestNumber } from './ids.ts';
import type { SalesforceTypeName } from './model.ts';
import type { SalesforceRecord } from './query-queue.ts';
import type { RowShape } from './row-shape.ts';

/** How the records of every object are kept and read. Values are Salesforce's own, by API name. */
export type RecordKinds = { readonly [TypeName in SalesforceTypeName]: RecordKind };

/** A record as a row showed it, and its 18-character id. */
export interface RowRecord extends SideRecord {
  readonly id: string;
}

/** Takes rows apart into records for the cache. */
export class RowReader {
  readonly #kinds: RecordKinds;
  readonly #availability: Availability;

  constructor(kinds: RecordKinds, availability: Availability) {
    this.#kinds = kinds;
    this.#availability = availability;
  }

  /** Whether the fields hold the key of the reference that the relationship stands for. */
  isReadBy(object: SalesforceObject, relationship: string, fields: readonly string[]): boolean {
    const reference = referenceBy(object, relationship);
    return reference !== undefined && fields.includes(reference.foreignKey);
  }

  collect(call: Pick<FetchCall, 'put'>): RowRecords {
    return new RowRecords(this.#kinds, this.#availability, call);
  }
}

/** The records in the rows of one fetch. */
class RowRecords {
  readonly #kinds: RecordKinds;
  readonly #availability: Availability;
  readonly #call: Pick<FetchCall, 'put'>;
  readonly #found = new Map<SalesforceTypeName, Map<string, MutableRecord | null>>();

  constructor(kinds: RecordKinds, availability: Availability, call: Pick<FetchCall, 'put'>) {
    this.#kinds = kinds;
    this.#availability = availability;
    this.#call = call;
  }

  /** The row's own record, whose parents are noted; null for a row without a usable id. */
  recordOf(shape: RowShape, row: SalesforceRecord): RowRecord | null {
    const id = typeof row.Id === 'string' ? toId18(row.Id) : null;
    if (id === null) return null;
    const record: MutableRecord = { values: {} };
    this.#read(record, shape, row);
    return { id, ...record };
  }

  /** Notes the row's record and its parents. Gives the id, or null for a row without a usable one. */
  note(shape: RowShape, row: SalesforceRecord): string | null {
    const id = typeof row.Id === 'string' ? toId18(row.Id) : null;
    if (id === null) return null;
    const ofType = this.#ofType(shape.object.type);
    let record = ofType.get(id);
    if (!record) ofType.set(id, (record = { values: {} }));
    this.#read(record, shape, row);
    return id;
  }

  /** Gives all that was noted to the cache. */
  putAll(): void {
    for (const [type, records] of this.#found) this.#call.put(this.#kinds[type], records);
  }

  #read(record: MutableRecord, { object, columns, parents }: RowShape, row: SalesforceRecord): void {
    for (const column of columns) {
      const value = row[column] as JsonValue | undefined;
      if (value !== undefined) record.values[column] = value;
      // A column that was left out of the statement because it is hidden is not known to be empty.
      else if (this.#availability.whyHidden(object, column) === null) record.values[column] = null;
    }
    if (object.type === 'PsRequest' && typeof record.values.Name === 'string') {
      const number = toPsRequestNumber(record.values.Name);
      if (number !== null) record.names = [number];
    }
    for (const { relationship, foreignKey, shape } of parents) {
      const parent = row[relationship];
      if (typeof parent === 'object' && parent !== null) this.note(shape, parent as SalesforceRecord);
      else if (parent === null) this.#noteInvisible(shape.object.type, row[foreignKey]);
    }
  }

  /** A reference whose record did not come along leads to none that the gateway's user may see. */
  #noteInvisible(type: SalesforceTypeName, foreignKey: unknown): void {
    const id = typeof foreignKey === 'string' ? toId18(foreignKey) : null;
    const ofType = this.#ofType(type);
    if (id !== null && !ofType.has(id)) ofType.set(id, null);
  }

  #ofType(type: SalesforceTypeName): Map<string, MutableRecord | null> {
    let ofType = this.#found.get(type);
    if (!ofType) this.#found.set(type, (ofType = new Map()));
    return ofType;
  }
}

interface MutableRecord {
  readonly values: Record<string, JsonValue>;
  names?: readonly string[];
}
