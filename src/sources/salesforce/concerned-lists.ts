import type { RecordChange } from '../../cache/record-change.ts';
import type { JsonValue, RecordValues } from '../../cache/record-values.ts';
import { GatewayError } from '../../platform/errors.ts';
import { allTrue, type Truth } from '../../platform/truth.ts';
import type { PageMeta, PageWanted } from './page-rows.ts';
import type { Condition } from './soql.ts';
import { beyond, positionOf, type SortKey } from './sort-key.ts';

interface HeldList {
  readonly ids: readonly string[];
  readonly meta: JsonValue;
}

/** A page's question: what its rows fulfil, in which order, from where. */
export interface PageQuestion {
  readonly conditions: readonly Condition[];
  readonly sortKey: SortKey;
  readonly page: PageWanted;
}

/**
 * Whether a page would have other rows, or another end, after a change. What it holds decides together with what the record is now, so that it
 * doesn't matter through which other states the record has gone.
 */
export function isPageConcerned(question: PageQuestion, list: HeldList, change: RecordChange): boolean {
  const { conditions, sortKey, page } = question;
  const { id, values, fields } = change;
  const columns = [...conditions.flatMap((condition) => condition.columns), sortKey.column];
  if (fields && !columns.some((column) => fields.includes(column))) return false;
  const meta = list.meta as unknown as Partial<PageMeta>;
  const place = list.ids.indexOf(id);
  const isWitness = meta.hasMore === true && (meta.next === undefined || meta.next === id);
  if (values === null) return place >= 0 || isWitness;
  const row = { ...values, Id: id };
  const isIn = allTrue([
    ...conditions.map((condition) => condition.holds(row)),
    ...(page.position ? [beyond(sortKey, page.walk, page.position).holds(row)] : []),
  ]);
  if (isIn === false) return place >= 0 || isWitness;
  if (place >= 0) return isIn !== true || !standsAt(sortKey, row, meta.places?.[place]);
  // It was none of these rows, and what makes it one has not changed.
  const isWhole = page.position === null && meta.hasMore === false;
  if (isWhole && fields && !conditions.some((condition) => touches(condition, fields))) return false;
  return !isBehind(question, list, meta, row) || (isWitness && isIn !== true);
}

/** A count can't tell whether it counts the record. */
export function isCountConcerned(conditions: readonly Condition[], { fields }: RecordChange): boolean {
  return !fields || conditions.some((condition) => touches(condition, fields));
}

/** Whether a list of all records that fulfil the condition, ordered by columns and the id, may be another one. */
export function isKeyedListConcerned(
  condition: Condition,
  orderColumns: readonly string[],
  list: HeldList,
  { id, values, fields }: RecordChange,
): boolean {
  if (fields && ![...condition.columns, ...orderColumns].some((column) => fields.includes(column))) return false;
  const isHeld = list.ids.includes(id);
  if (!isHeld && fields && !touches(condition, fields)) return false;
  if (values === undefined) return true;
  const isIn = values !== null && condition.holds({ ...values, Id: id });
  // What it was ordered by is not held, so a record that stays may have another place.
  return isHeld ? isIn !== true || orderColumns.length > 0 : isIn !== false;
}

/** A question that the org does not allow any more is asked again, to hear so. */
export function orConcerned(judge: () => boolean): boolean {
  try {
    return judge();
  } catch (error) {
    if (error instanceof GatewayError) return true;
    throw error;
  }
}

function touches({ columns }: Condition, fields: readonly string[]): boolean {
  return columns.some((column) => fields.includes(column));
}

function standsAt(sortKey: SortKey, row: RecordValues, place: string | null | undefined): boolean {
  return row[sortKey.column] !== undefined && place !== undefined && positionOf(sortKey, row).value === place;
}

/** Whether a row that is not on the page comes after its end for sure. */
function isBehind(
  { sortKey, page }: PageQuestion,
  { ids }: HeldList,
  { hasMore, places }: Partial<PageMeta>,
  row: RecordValues,
): boolean {
  const last = ids.length - 1;
  const [id18, value] = [ids[last], places?.[last]];
  if (hasMore !== true || id18 === undefined || value === undefined) return false;
  const isBeyond: Truth = beyond(sortKey, page.walk, { value, id18 }).holds(row);
  return isBeyond === true;
}
