import type { AccountFilter } from '../../generated/graphql.ts';
import type { Availability } from './availability.ts';
import { ConditionList } from './condition-list.ts';
import { account, type project } from './fields.ts';
import { checkTextLength } from './ps-request-list.ts';
import { type Condition, contains } from './soql.ts';
import type { SortKey } from './sort-key.ts';

/** Names are never null in Salesforce. */
const byName: SortKey = { column: 'Name', kind: 'text', direction: 'ASC', nullable: false };

/** What accounts and projects are ordered by. Throws FIELD_UNAVAILABLE when the org hides it. */
export function nameSortKey(object: typeof account | typeof project, availability: Availability): SortKey {
  const hidden = availability.whyHidden(object, byName.column);
  if (hidden) throw hidden;
  return byName;
}

/** The conditions of a filter; null when it can match nothing, which needs no call. Throws BAD_USER_INPUT and FIELD_UNAVAILABLE. */
export function accountConditions(
  filter: AccountFilter | null | undefined,
  availability: Availability,
): readonly Condition[] | null {
  if (!filter) return [];
  const conditions = new ConditionList(account, availability);
  const name = filter.name?.trim();
  if (name) conditions.add('name', () => nameCondition(name));
  conditions.anyText('industry', filter.industry);
  conditions.anyText('region', filter.region);
  conditions.anyPicklistValue('supportTier', filter.supportTier);
  return conditions.result();
}

/** The text anywhere in the name. */
export function nameCondition(text: string): Condition {
  checkTextLength(text, 'filter.name');
  return contains(byName.column, text);
}
