import type { RecordValues } from '../../cache/record-values.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Availability } from './availability.ts';
import { type FieldDefinition, UNREADABLE } from './field-kinds.ts';
import type { SalesforceObject } from './fields.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import type { ReadPlan } from './read-plan.ts';
import type { HeldRecord } from './request-records.ts';

/** Distinct unreadable values that are logged per process; later ones are only counted as unreadable in the answers. */
const MAX_LOGGED_VALUES = 500;

interface MadeModel {
  readonly plan: ReadPlan;
  readonly model: Record<string, unknown>;
}

/** Makes models from raw values; says once of each value that it can't read. */
export class ModelReader {
  readonly #availability: Availability;
  readonly #log: Logger;
  readonly #logged = new Set<string>();
  /** The latest two models of each, which go with its values. Two, since a list and a reference often ask for different fields. */
  readonly #made = new WeakMap<RecordValues, MadeModel & { readonly before?: MadeModel }>();

  constructor(availability: Availability, log: Logger) {
    this.#availability = availability;
    this.#log = log;
  }

  /**
   * A model with the properties of the plan. What can't be read is an error in its place, or null where the schema allows null. The model
   * may be that of other requests: values that are in the cache are read into one once, not for every answer.
   */
  toModel<TypeName extends SalesforceTypeName>(
    plan: ReadPlan & { readonly object: { readonly type: TypeName } },
    record: HeldRecord,
  ): SalesforceModels[TypeName] {
    if (record.unread) return this.#make(plan, record) as unknown as SalesforceModels[TypeName];
    const latest = this.#made.get(record.values);
    const made = latest?.plan === plan ? latest : latest?.before;
    if (made?.plan === plan) return made.model as unknown as SalesforceModels[TypeName];
    const model = this.#make(plan, record);
    const before = latest && { plan: latest.plan, model: latest.model };
    this.#made.set(record.values, { plan, model, ...(before ? { before } : {}) });
    return model as unknown as SalesforceModels[TypeName];
  }

  #make(plan: ReadPlan, { values, unread }: HeldRecord): Record<string, unknown> {
    const model: Record<string, unknown> = { __typename: plan.object.type };
    for (const { name, field } of plan.properties) {
      const isUnread = unread && field.columns.some((column) => unread.fields.includes(column));
      model[name] = isUnread ? unread.error : this.#read(plan.object, name, field, values);
    }
    return model;
  }

  #read(object: SalesforceObject, property: string, field: FieldDefinition, values: RecordValues): unknown {
    const hidden = this.#availability.whyUnreadable(object, field);
    if (hidden) return hidden;
    const { columns } = field;
    const [column = ''] = columns;
    const value =
      columns.length === 1
        ? field.decode(values[column] ?? null)
        : field.decode(...columns.map((one) => values[one] ?? null));
    if (value !== UNREADABLE) return value;
    this.#logOnce(
      object,
      property,
      columns.map((one) => values[one] ?? null),
    );
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
