import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { ObjectDescription } from './describe.ts';
import type { FieldDefinition } from './field-kinds.ts';
import { columnsOf, referenceBy, type SalesforceObject, salesforceObjects } from './fields.ts';
import type { IdKind } from './ids.ts';

type Describe = (names: readonly string[]) => Promise<ReadonlyMap<string, ObjectDescription | null>>;

const LOOKED_IN_VAIN_MS = 60_000;

const objects = Object.values<SalesforceObject>(salesforceObjects);

/**
 * What of the field map the org shows to the gateway's user. One hidden field fails a whole Salesforce query, so hidden ones are left out of
 * every query and answered with FIELD_UNAVAILABLE. Until the org was described everything counts as shown.
 */
export class Availability {
  readonly #describe: Describe;
  readonly #log: Logger;
  readonly #clock: Clock;
  #described: ReadonlyMap<string, ObjectDescription | null> | null = null;
  #hidden = new Map<string, GatewayError>();
  #version = 0;
  #describing: Promise<void> | null = null;
  #lookedInVainUntilMs = 0;

  constructor(describe: Describe, log: Logger, clock: Clock) {
    this.#describe = describe;
    this.#log = log;
    this.#clock = clock;
  }

  /** Grows whenever what is shown changes. */
  get version(): number {
    return this.#version;
  }

  get isDescribed(): boolean {
    return this.#described !== null;
  }

  /** `Object.Column` of everything hidden or missing, sorted. */
  get hiddenColumns(): readonly string[] {
    return [...this.#hidden.keys()].sort();
  }

  /** Holds the field map against the org, once for all who ask at the same time. Fails when Salesforce can't be asked. */
  refresh(): Promise<void> {
    this.#describing ??= this.#hold().finally(() => {
      this.#describing = null;
    });
    return this.#describing;
  }

  /**
   * After a query failed for a field: true when asking again makes sense, because the org shows less than it did when
   * `sinceVersion` was current. When a look finds nothing new, nobody looks again for a minute: such a failure has another reason.
   */
  async hasChanged(sinceVersion: number): Promise<boolean> {
    if (this.#version === sinceVersion && this.#clock.now() >= this.#lookedInVainUntilMs) {
      await this.refresh();
      if (this.#version === sinceVersion) this.#lookedInVainUntilMs = this.#clock.now() + LOOKED_IN_VAIN_MS;
    }
    return this.#version !== sinceVersion;
  }

  /** Why a column can't be read, or null when it can. The same error every time: it is shared by all values of the column. */
  whyHidden(object: SalesforceObject, column: string): GatewayError | null {
    return this.#hidden.size === 0 ? null : (this.#hidden.get(`${object.name}.${column}`) ?? null);
  }

  /** Why a property can't be read: one of its columns is hidden. */
  whyUnreadable(object: SalesforceObject, field: FieldDefinition): GatewayError | null {
    if (this.#hidden.size === 0) return null;
    for (const column of field.columns) {
      const reason = this.whyHidden(object, column);
      if (reason) return reason;
    }
    return null;
  }

  /** Of paths such as `Project__r.pse__Account__r.Name`, those whose every step is shown. */
  visiblePaths(object: SalesforceObject, paths: readonly string[]): readonly string[] {
    return this.#hidden.size === 0 ? paths : paths.filter((path) => this.#isVisible(object, path.split('.')));
  }

  /** What ids of a type begin with: told by the org, else by the field map, else not known. */
  idKind(object: SalesforceObject): IdKind {
    return {
      type: object.type,
      keyPrefix: this.#described?.get(object.name)?.keyPrefix ?? object.keyPrefix,
    };
  }

  /** False until the org says that the column may stand in WHERE. */
  isFilterable(object: SalesforceObject, column: string): boolean {
    return this.#described?.get(object.name)?.fields.get(column)?.filterable === true;
  }

  /** A picklist's values in the order Salesforce sorts them: the org's own, else the field map's. */
  picklistOrder(object: SalesforceObject, field: FieldDefinition): readonly string[] {
    const [column = ''] = field.columns;
    const described = this.#described?.get(object.name)?.fields.get(column)?.picklistValues;
    return described && described.length > 0 ? described : Object.values(field.picklist ?? {});
  }

  #isVisible(object: SalesforceObject, steps: readonly string[]): boolean {
    const [first = '', ...rest] = steps;
    if (rest.length === 0) return this.whyHidden(object, first) === null;
    const reference = referenceBy(object, first);
    if (!reference || this.whyUnreadable(object, reference.field)) return false;
    return this.#isVisible(reference.to, rest);
  }

  async #hold(): Promise<void> {
    const described = await this.#describe(objects.map((object) => object.name));
    const hidden = new Map<string, GatewayError>();
    for (const object of objects) {
      const shown = described.get(object.name)?.fields;
      for (const column of columnsOf(object)) {
        if (shown?.has(column)) continue;
        const name = `${object.name}.${column}`;
        hidden.set(name, this.#hidden.get(name) ?? unavailable(object, column));
      }
    }
    const before = this.hiddenColumns.join();
    this.#described = described;
    this.#hidden = hidden;
    const after = this.hiddenColumns;
    if (after.join() === before) return;
    this.#version += 1;
    if (after.length === 0) this.#log.info('Salesforce shows all fields of the field map again');
    else {
      this.#log.warn(
        { hiddenColumns: after },
        'Salesforce does not show these fields to the integration user; they answer FIELD_UNAVAILABLE until it is granted access',
      );
    }
  }
}

function unavailable(object: SalesforceObject, column: string): GatewayError {
  return new GatewayError(
    'FIELD_UNAVAILABLE',
    `Salesforce does not show this field of ${object.type} to the gateway. An operator has to grant the gateway's user access to ${column}.`,
    { source: 'SALESFORCE', details: { type: object.type, column } },
  );
}
