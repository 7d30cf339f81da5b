import { toId18 } from './ids.ts';
import type { SalesforceRecord } from './query-queue.ts';
import type { ReadPlan } from './read-plan.ts';

/** Values by column, as Salesforce sent them; a column that was not read is absent. */
export type StoredValues = Readonly<Record<string, unknown>>;

/** Salesforce does not know the id, or does not show its record. */
export const NOT_VISIBLE = Symbol('not visible');

/**
 * The records that one request has read, by type and id, with the columns held of each. What came along with one query answers later
 * questions, so that a parent which was read through a relationship costs no call.
 */
export class RecordStore {
  readonly #records = new Map<string, Record<string, unknown> | typeof NOT_VISIBLE>();

  get(type: string, id18: string): StoredValues | typeof NOT_VISIBLE | undefined {
    return this.#records.get(`${type}/${id18}`);
  }

  /** The values when every column of the plan is held, NOT_VISIBLE when there is no such record, undefined when it must be read. */
  find(plan: ReadPlan, id18: string): StoredValues | typeof NOT_VISIBLE | undefined {
    const held = this.get(plan.object.type, id18);
    if (held === undefined || held === NOT_VISIBLE) return held;
    return plan.columns.every((column) => column in held) ? held : undefined;
  }

  /** Keeps a row and the parents that came with it. Gives what is now held of the record, or null for a row without a usable id. */
  keep(plan: ReadPlan, row: SalesforceRecord): StoredValues | null {
    const id18 = typeof row.Id === 'string' ? toId18(row.Id) : null;
    if (id18 === null) return null;
    const key = `${plan.object.type}/${id18}`;
    const known = this.#records.get(key);
    const held = known === undefined || known === NOT_VISIBLE ? {} : known;
    for (const column of plan.columns) held[column] = row[column] ?? null;
    this.#records.set(key, held);
    for (const parent of plan.parents) {
      const foreignKey = row[parent.foreignKey];
      const parentId18 = typeof foreignKey === 'string' ? toId18(foreignKey) : null;
      if (parentId18 === null) continue;
      const parentRow = row[parent.relationship];
      if (typeof parentRow === 'object' && parentRow !== null) this.keep(parent.plan, parentRow as SalesforceRecord);
      else if (parentRow === null) this.hide(parent.plan, parentId18);
    }
    return held;
  }

  hide(plan: ReadPlan, id18: string): void {
    const key = `${plan.object.type}/${id18}`;
    if (!this.#records.has(key)) this.#records.set(key, NOT_VISIBLE);
  }
}
