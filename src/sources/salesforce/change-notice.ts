import { z } from 'zod';
import type { RecordChange } from '../../cache/record-change.ts';
import type { JsonValue, RecordValues } from '../../cache/record-values.ts';
import { columnsOf, type SalesforceObject, STAMP_COLUMN, salesforceObjects } from './fields.ts';
import { toId18, toPsRequestNumber } from './ids.ts';

/** What a notice of Salesforce concerns. */
export interface SalesforceChangeNotice {
  /** Names the delivery: sent again, it is the same one. */
  readonly id: string;
  readonly changes: readonly RecordChange[];
  /** Objects and ids that were passed over: those that the graph does not serve, and what is no id. */
  readonly ignored: number;
}

const MAX_CHANGES = 2_000;
/** More than an object may have. */
const MAX_FIELDS = 1_000;

const notice = z.object({
  id: z.string().min(1).max(200),
  changes: z
    .array(
      z.object({
        object: z.string().max(100),
        id: z.string().max(100),
        changeType: z.enum(['CREATE', 'UPDATE', 'DELETE', 'UNDELETE']),
        changedFields: z.array(z.string().max(100)).max(MAX_FIELDS).optional(),
        values: z.record(z.string().max(100), z.unknown()).optional(),
      }),
    )
    .max(MAX_CHANGES),
});

const objectByName = new Map(
  Object.values<SalesforceObject>(salesforceObjects).map((one) => [one.name.toLowerCase(), one]),
);

/** Reads the body that a relay in the org sends (docs/webhooks.md); null for what is none. */
export function readSalesforceChangeNotice(body: unknown): SalesforceChangeNotice | null {
  const parsed = notice.safeParse(body);
  if (!parsed.success) return null;
  const changes: RecordChange[] = [];
  let ignored = 0;
  for (const { object: name, id, changeType, changedFields, values } of parsed.data.changes) {
    const object = objectByName.get(name.toLowerCase());
    const id18 = toId18(id);
    if (object === undefined || id18 === null) {
      ignored += 1;
      continue;
    }
    changes.push({
      type: object.type,
      id: id18,
      ...namesIn(values, object),
      ...(changeType === 'UPDATE' && changedFields ? { fields: columnsIn(changedFields, object) } : {}),
      ...(changeType === 'DELETE' ? { values: null } : values ? { values: valuesIn(values, object) } : {}),
    });
  }
  return { id: parsed.data.id, changes, ignored };
}

/** As the field map writes them; what every change changes is not always told. */
function columnsIn(changedFields: readonly string[], object: SalesforceObject): readonly string[] {
  const told = new Set(changedFields.map((field) => field.toLowerCase()));
  const columns = [...columnsOf(object), STAMP_COLUMN];
  return columns.filter((column) => told.has(column.toLowerCase()) || CHANGED_BY_EVERY_CHANGE.has(column));
}

const CHANGED_BY_EVERY_CHANGE: ReadonlySet<string> = new Set(['LastModifiedDate', STAMP_COLUMN]);

/** A request that is new, or back, may have been looked for by its number before, and found missing. */
function namesIn(
  told: Readonly<Record<string, unknown>> | undefined,
  { type }: SalesforceObject,
): Pick<RecordChange, 'names'> {
  if (told === undefined || type !== 'PsRequest') return {};
  const name = Object.entries(told).find(([column]) => column.toLowerCase() === 'name')?.[1];
  const number = typeof name === 'string' ? toPsRequestNumber(name) : null;
  return number === null ? {} : { names: [number] };
}

/** In the form in which Salesforce answers them; one that has another is left out, which costs a reading and shows nothing wrong. */
function valuesIn(told: Readonly<Record<string, unknown>>, object: SalesforceObject): RecordValues {
  const toldByColumn = new Map(Object.entries(told).map(([column, value]) => [column.toLowerCase(), value]));
  const values: Record<string, JsonValue> = {};
  for (const { kind, columns } of Object.values(object.fields)) {
    const [column = ''] = columns;
    const value = toldByColumn.get(column.toLowerCase());
    if (value === null) values[column] = null;
    else if (typeof value !== 'string') continue;
    else if (kind !== 'reference' && kind !== 'id') values[column] = value;
    else {
      const id = toId18(value);
      if (id !== null) values[column] = id;
    }
  }
  return values;
}
