import { Receipt } from '../../platform/receipt.ts';
import type { Availability } from './availability.ts';
import { type SalesforceObject, STAMP_COLUMN, salesforceObjects } from './fields.ts';
import { toId18, toPsRequestNumber } from './ids.ts';
import type { SalesforceTypeName } from './model.ts';
import type { Asker, QueryQueue, SalesforceRecord } from './query-queue.ts';
import { compare, instant, select } from './soql.ts';

/** A record that was made, changed or deleted. */
export interface ChangedRecord {
  readonly type: SalesforceTypeName;
  readonly id: string;
  /** A request's number. */
  readonly names: readonly string[];
  /** Its SystemModstamp, RFC 3339: the record has not changed while that has not. */
  readonly stamp: string;
}

export interface RecordChanges {
  /** Of each type in the order of their change, later ones last; of the overlap with the poll before, told again. */
  readonly changes: readonly ChangedRecord[];
  /** `sinceMs` of the next poll: the latest change, by Salesforce's clock. */
  readonly highWaterMs: number;
  /** False: of some type more has changed than is listed, so every record of these types counts as changed. */
  readonly isComplete: boolean;
}

export const polledTypes = Object.keys(salesforceObjects) as readonly SalesforceTypeName[];

/** Rows of one page of an answer. */
const MAX_CHANGES_PER_TYPE = 2_000;
/** A change is stamped when it is made and seen when its transaction ends, which may take as long as Salesforce lets one run. */
const OVERLAP_MS = 300_000;

/** Asks what has changed: one query for each type, five of them in a call. Nobody waits for it. */
export class RecordChangePoll {
  readonly #queue: QueryQueue;
  readonly #availability: Availability;

  constructor(queue: QueryQueue, availability: Availability) {
    this.#queue = queue;
    this.#availability = availability;
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
    const changes = answers.flatMap(({ object, rows }) => rows.flatMap((row) => toChange(object, row) ?? []));
    return {
      changes,
      highWaterMs: changes.reduce((latest, { stamp }) => Math.max(latest, Date.parse(stamp)), sinceMs),
      isComplete: answers.every(({ rows }) => rows.length < MAX_CHANGES_PER_TYPE),
    };
  }

  async #rowsOf(object: SalesforceObject, sinceMs: number, asker: Asker): Promise<readonly SalesforceRecord[]> {
    const since = instant(new Date(sinceMs - OVERLAP_MS).toISOString());
    const columns = ['Id', STAMP_COLUMN, ...(object.type === 'PsRequest' ? ['Name'] : [])];
    const statement = select({
      columns: this.#availability.visiblePaths(object, columns),
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
}

function toChange({ type }: SalesforceObject, row: SalesforceRecord): ChangedRecord | null {
  const id = typeof row.Id === 'string' ? toId18(row.Id) : null;
  const stampMs = Date.parse(String(row[STAMP_COLUMN]).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (id === null || Number.isNaN(stampMs)) return null;
  const number = typeof row.Name === 'string' ? toPsRequestNumber(row.Name) : null;
  return { type, id, names: number === null ? [] : [number], stamp: new Date(stampMs).toISOString() };
}
