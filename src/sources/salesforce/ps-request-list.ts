import type { PsRequestFilter, PsRequestOrder, PsRequestOrderField } from '../../generated/graphql.ts';
import { badUserInput } from '../../platform/errors.ts';
import type { Availability } from './availability.ts';
import { ConditionList } from './condition-list.ts';
import type { FieldDefinition } from './field-kinds.ts';
import { account, project, psRequest, user } from './fields.ts';
import { parseRecordId } from './ids.ts';
import type { PsRequestModel } from './model.ts';
import { anyOf, type Condition, compare, contains, date, instant, text } from './soql.ts';
import type { SortKey } from './sort-key.ts';

const orderProperties = {
  NUMBER: 'number',
  UPDATED_AT: 'updatedAt',
  CREATED_AT: 'createdAt',
  GO_LIVE_DATE: 'goLiveDate',
  TARGET_DATE: 'targetDate',
  STATUS: 'status',
} as const satisfies Record<PsRequestOrderField, keyof PsRequestModel>;

export const defaultPsRequestOrder: PsRequestOrder = { field: 'UPDATED_AT', direction: 'DESC' };

/** What requests are ordered by. Throws FIELD_UNAVAILABLE when the org hides it. */
export function psRequestSortKey(order: PsRequestOrder, availability: Availability): SortKey {
  const { field: name, direction } = order;
  const field: FieldDefinition = psRequest.fields[orderProperties[name]];
  const hidden = availability.whyUnreadable(psRequest, field);
  if (hidden) throw hidden;
  const [column = ''] = field.columns;
  const base = { column, direction, nullable: !field.required };
  if (field.kind === 'picklist') {
    return { ...base, kind: 'picklist', values: availability.picklistOrder(psRequest, field) };
  }
  return { ...base, kind: field.kind === 'date' || field.kind === 'datetime' ? field.kind : 'text' };
}

/**
 * The conditions of a filter; null when it can match nothing (an empty list), which needs no call. Throws BAD_USER_INPUT for ids of another
 * kind and spans that end before they begin, FIELD_UNAVAILABLE for a condition on a field that the org hides.
 */
export function psRequestConditions(
  filter: PsRequestFilter | null | undefined,
  availability: Availability,
): readonly Condition[] | null {
  if (!filter) return [];
  const conditions = new ConditionList(psRequest, availability);
  conditions.anyPicklistValue('status', filter.status);
  conditions.anyPicklistValue('environment', filter.environment);
  conditions.anyPicklistValue('risk', filter.risk);
  conditions.anyPicklistValue('type', filter.type);
  const references = [
    ['accountId', filter.accountId, account],
    ['projectId', filter.projectId, project],
    ['ownerId', filter.ownerId, user],
  ] as const;
  for (const [property, id, object] of references) {
    if (id == null) continue;
    const id18 = parseRecordId(availability.idKind(object), id, `filter.${property}`);
    conditions.add(property, (column) => compare(column, '=', text(id18)));
  }
  const product = filter.product?.trim();
  if (product) conditions.add('product', (column) => compare(column, '=', text(product)));
  addSpan(conditions, 'goLiveDate', filter.goLiveDate, date);
  addSpan(conditions, 'updatedAt', filter.updatedAt, instant);
  const part = filter.text?.trim();
  if (part) conditions.addWhole(psRequestTextCondition(part, availability));
  return conditions.result();
}

/** Text in whichever of number, product, version and description the org lets a query search. */
function psRequestTextCondition(part: string, availability: Availability): Condition {
  checkTextLength(part, 'filter.text');
  const columns = (['number', 'product', 'version', 'description'] as const).flatMap((property) => {
    const field: FieldDefinition = psRequest.fields[property];
    const [column = ''] = field.columns;
    // A long text area can not stand in WHERE; whether the description is one, the org tells.
    const searchable = property === 'description' ? availability.isFilterable(psRequest, column) : true;
    return searchable && !availability.whyUnreadable(psRequest, field) ? [column] : [];
  });
  if (columns.length === 0) {
    throw (
      availability.whyUnreadable(psRequest, psRequest.fields.number) ??
      new Error('No column of requests can be searched.')
    );
  }
  return anyOf(columns.map((column) => contains(column, part)));
}

const MAX_TEXT_LENGTH = 200;

export function checkTextLength(part: string, argument: string): void {
  if (part.length <= MAX_TEXT_LENGTH) return;
  throw badUserInput(
    `\`${argument}\` has ${part.length} characters, but at most ${MAX_TEXT_LENGTH} can be looked for. Send a shorter text.`,
    { argument },
  );
}

function addSpan(
  conditions: ConditionList,
  property: 'goLiveDate' | 'updatedAt',
  span: { readonly from?: string | null | undefined; readonly to?: string | null | undefined } | null | undefined,
  toLiteral: typeof date | typeof instant,
): void {
  const from = span?.from == null ? null : toLiteral(span.from);
  const to = span?.to == null ? null : toLiteral(span.to);
  if (from !== null && to !== null && from.soql > to.soql) {
    throw badUserInput(`\`filter.${property}\` ends before it begins. Let \`from\` be no later than \`to\`.`, {
      argument: `filter.${property}`,
    });
  }
  if (from !== null) conditions.add(property, (column) => compare(column, '>=', from));
  if (to !== null) conditions.add(property, (column) => compare(column, '<=', to));
}
