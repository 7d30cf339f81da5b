import type { Company, SalesforceObjectName, SalesforceRow } from '../data/company.ts';
import { toDateTime } from '../data/dates.ts';
import { recordId } from '../data/salesforce-id.ts';
import { OBJECTS, type ObjectDefinition } from './objects.ts';
import { id15 } from './record-id.ts';

export interface StoreSnapshot {
  readonly rows: ReadonlyMap<SalesforceObjectName, ReadonlyMap<string, SalesforceRow>>;
}

/**
 * The org's rows in memory. Rows are replaced, never changed in place, so that a snapshot is a copy of the maps only.
 * Times move in whole seconds, as in Salesforce: two changes within a second share their SystemModstamp.
 */
export class RecordStore {
  #rows: Map<SalesforceObjectName, Map<string, SalesforceRow>>;
  readonly #lastSequence = new Map<SalesforceObjectName, number>();
  readonly #now: () => number;
  /** Later than every stamp of the seed, so that a change is seen as one also while the clock runs behind the data. */
  readonly #earliestChangeMs: number;
  /** The user as whom clients are signed in: who changes what they change. */
  readonly integrationUserId: string;

  constructor(company: Pick<Company, 'salesforce'>, now: () => number) {
    this.#now = now;
    this.#rows = new Map();
    let latestMs = 0;
    for (const object of OBJECTS) {
      const rows = new Map<string, SalesforceRow>();
      for (const row of company.salesforce[object.name]) {
        // Who changed a row last is nothing that the company's data tells: its owner, or itself.
        rows.set(String(row.Id).slice(0, 15), { LastModifiedById: row.OwnerId ?? row.Id ?? null, ...row });
        latestMs = Math.max(latestMs, Date.parse(String(row.SystemModstamp)));
      }
      this.#rows.set(object.name, rows);
      this.#lastSequence.set(object.name, rows.size);
    }
    this.#earliestChangeMs = latestMs + 1000;
    const users = this.all('User');
    this.integrationUserId = String(users.find((user) => user.Name === 'Integration User')?.Id ?? users[0]?.Id);
  }

  /** Deleted rows too. */
  all(object: SalesforceObjectName): readonly SalesforceRow[] {
    return [...this.#tableOf(object).values()];
  }

  /** By id of 15 or 18 characters; deleted rows too. */
  get(object: SalesforceObjectName, id: string): SalesforceRow | undefined {
    const short = id15(id);
    return short === undefined ? undefined : this.#tableOf(object).get(short);
  }

  /** The stamp that a change made now carries. */
  changeStamp(): string {
    return toDateTime(Math.max(Math.floor(this.#now() / 1000) * 1000, this.#earliestChangeMs));
  }

  /** Stores a new row with id, audit fields and number; returns it. */
  insert(object: ObjectDefinition, values: SalesforceRow): SalesforceRow {
    const sequence = (this.#lastSequence.get(object.name) ?? 0) + 1;
    this.#lastSequence.set(object.name, sequence);
    const stamp = this.changeStamp();
    const row: SalesforceRow = {};
    for (const field of object.fields) {
      row[field.name] =
        field.autoNumber === undefined
          ? null
          : autoNumber(field.autoNumber, this.#highestNumber(object.name, field.name) + 1);
    }
    const id = recordId(object.keyPrefix, sequence);
    Object.assign(row, values, { Id: id, CreatedDate: stamp, LastModifiedDate: stamp, SystemModstamp: stamp });
    row.LastModifiedById = this.integrationUserId;
    if ('IsDeleted' in row) row.IsDeleted = false;
    this.#tableOf(object.name).set(id.slice(0, 15), row);
    return row;
  }

  /** `byUserId`: who changes it; the integration user unless told. */
  update(
    object: SalesforceObjectName,
    row: SalesforceRow,
    values: SalesforceRow,
    byUserId = this.integrationUserId,
  ): void {
    const stamp = this.changeStamp();
    this.#tableOf(object).set(String(row.Id).slice(0, 15), {
      ...row,
      ...values,
      LastModifiedDate: stamp,
      LastModifiedById: byUserId,
      SystemModstamp: stamp,
    });
  }

  /** Moves a row to the recycle bin, with the children that can't live without it. */
  delete(object: SalesforceObjectName, row: SalesforceRow): void {
    this.update(object, row, { IsDeleted: true });
    for (const child of OBJECTS) {
      const reference = child.fields.find((field) => field.masterDetail === true && field.referenceTo === object);
      if (reference === undefined) continue;
      for (const childRow of this.all(child.name)) {
        if (childRow[reference.name] === row.Id && childRow.IsDeleted !== true) this.delete(child.name, childRow);
      }
    }
  }

  snapshot(): StoreSnapshot {
    return { rows: new Map(this.#rows.entries().map(([object, rows]) => [object, new Map(rows)])) };
  }

  restore(snapshot: StoreSnapshot): void {
    this.#rows = new Map(snapshot.rows.entries().map(([object, rows]) => [object, new Map(rows)]));
  }

  #tableOf(object: SalesforceObjectName): Map<string, SalesforceRow> {
    const table = this.#rows.get(object);
    if (table === undefined) throw new Error(`The stand-in has no table for ${object}.`);
    return table;
  }

  #highestNumber(object: SalesforceObjectName, field: string): number {
    return this.all(object).reduce(
      (highest, row) => Math.max(highest, Number(/\d+$/.exec(String(row[field]))?.[0] ?? 0)),
      0,
    );
  }
}

function autoNumber(pattern: string, number: number): string {
  return pattern.replace(/\{(0+)\}/, (_, zeros: string) => String(number).padStart(zeros.length, '0'));
}
