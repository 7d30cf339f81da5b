import type { Availability } from './availability.ts';
import { fieldOf, type SalesforceObject } from './fields.ts';
import { type Condition, isIn, text } from './soql.ts';

/** Collects the conditions of a filter, each on a property of the field map. Throws FIELD_UNAVAILABLE for one that the org hides. */
export class ConditionList {
  readonly #object: SalesforceObject;
  readonly #availability: Availability;
  readonly #conditions: Condition[] = [];
  #matchesNothing = false;

  constructor(object: SalesforceObject, availability: Availability) {
    this.#object = object;
    this.#availability = availability;
  }

  add(property: string, toCondition: (column: string) => Condition): void {
    const field = fieldOf(this.#object, property);
    const [column] = field?.columns ?? [];
    if (!field || column === undefined) throw new Error(`${this.#object.type} has no property ${property}.`);
    const hidden = this.#availability.whyUnreadable(this.#object, field);
    if (hidden) throw hidden;
    this.#conditions.push(toCondition(column));
  }

  addWhole(condition: Condition): void {
    this.#conditions.push(condition);
  }

  /** One of the texts; absent does not restrict, an empty list matches nothing. */
  anyText(property: string, values: readonly string[] | null | undefined): void {
    if (values == null) return;
    if (values.length === 0) this.#matchesNothing = true;
    else this.add(property, (column) => isIn(column, [...new Set(values)].map(text)));
  }

  /** One of the enum values, as Salesforce writes them. */
  anyPicklistValue(property: string, values: readonly string[] | null | undefined): void {
    const picklist = fieldOf(this.#object, property)?.picklist ?? {};
    this.anyText(
      property,
      values?.map((value) => picklist[value] ?? value),
    );
  }

  /** Null when nothing can match. */
  result(): readonly Condition[] | null {
    return this.#matchesNothing ? null : this.#conditions;
  }
}
