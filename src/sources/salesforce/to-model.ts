import { GatewayError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Availability } from './availability.ts';
import { type FieldDefinition, UNREADABLE } from './field-kinds.ts';
import type { SalesforceObject } from './fields.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import type { ReadPlan } from './read-plan.ts';
import type { StoredValues } from './record-store.ts';

/** Distinct unreadable values that are logged per process; later ones are only counted as unreadable in the answers. */
const MAX_LOGGED_VALUES = 500;

/** Makes models from raw values; says once of each value that it can't read. */
export class ModelReader {
  readonly #availability: Availability;
  readonly #log: Logger;
  readonly #logged = new Set<string>();

  constructor(availability: Availability, log: Logger) {
    this.#availability = availability;
    this.#log = log;
  }

  /** A model with the properties of the plan. What can't be read is an error in its place, or null where the schema allows null. */
  toModel<TypeName extends SalesforceTypeName>(
    plan: ReadPlan & { readonly object: { readonly type: TypeName } },
    values: StoredValues,
  ): SalesforceModels[TypeName] {
    const model: Record<string, unknown> = { __typename: plan.object.type };
    for (const { name, field } of plan.properties) model[name] = this.#read(plan.object, name, field, values);
    return model as unknown as SalesforceModels[TypeName];
  }

  #read(object: SalesforceObject, property: string, field: FieldDefinition, values: StoredValues): unknown {
    const hidden = this.#availability.whyUnreadable(object, field);
    if (hidden) return hidden;
    const raw = field.columns.map((column) => values[column] ?? null);
    const value = field.decode(...raw);
    if (value !== UNREADABLE) return value;
    this.#logOnce(object, property, raw);
    if (!field.required) return null;
    return new GatewayError(
      'UPSTREAM_BAD_RESPONSE',
      `Salesforce holds a value of \`${object.type}.${property}\` that this graph does not know. Ask an operator to add it, or to mend the record.`,
      { source: 'SALESFORCE' },
    );
  }

  #logOnce(object: SalesforceObject, property: string, raw: readonly unknown[]): void {
    const shown = JSON.stringify(raw).slice(0, 120);
    const key = `${object.type}.${property} ${shown}`;
    if (this.#logged.has(key) || this.#logged.size >= MAX_LOGGED_VALUES) return;
    this.#logged.add(key);
    this.#log.warn(
      { field: `${object.type}.${property}`, value: shown },
      'Salesforce sent a value that can not be read',
    );
  }
}
