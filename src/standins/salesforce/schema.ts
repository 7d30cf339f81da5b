import { type ChildRelationship, type FieldDefinition, OBJECTS, type ObjectDefinition } from './objects.ts';
import { Refusal } from './refusal.ts';

/** What the integration user may see of the objects; a hidden field is as if it did not exist, everywhere. */
export class VisibleSchema {
  readonly #hidden = new Set<string>();
  /** When describe answers changed last, in epoch milliseconds with full seconds. */
  changedAtMs: number;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.changedAtMs = wholeSeconds(now());
  }

  hideField(object: string, field: string): void {
    this.#hidden.add(`${object}.${field}`.toLowerCase());
    this.changedAtMs = Math.max(this.changedAtMs + 1000, wholeSeconds(this.#now()));
  }

  showField(object: string, field: string): void {
    this.#hidden.delete(`${object}.${field}`.toLowerCase());
    this.changedAtMs = Math.max(this.changedAtMs + 1000, wholeSeconds(this.#now()));
  }

  get objects(): readonly ObjectDefinition[] {
    return OBJECTS;
  }

  /** Names are not case-sensitive in Salesforce. */
  findObject(name: string): ObjectDefinition | undefined {
    return OBJECTS.find((object) => object.name.toLowerCase() === name.toLowerCase());
  }

  fieldsOf(object: ObjectDefinition): readonly FieldDefinition[] {
    return object.fields.filter((field) => !this.#hidden.has(`${object.name}.${field.name}`.toLowerCase()));
  }

  findField(object: ObjectDefinition, name: string): FieldDefinition | undefined {
    return this.fieldsOf(object).find((field) => field.name.toLowerCase() === name.toLowerCase());
  }

  /** The reference whose relationship has this name, e.g. `Account__r`. */
  findParentReference(object: ObjectDefinition, relationshipName: string): FieldDefinition | undefined {
    return this.fieldsOf(object).find(
      (field) => field.relationshipName?.toLowerCase() === relationshipName.toLowerCase(),
    );
  }

  findChildRelationship(object: ObjectDefinition, relationshipName: string): ChildRelationship | undefined {
    const child = object.childRelationships.find(
      (relationship) => relationship.relationshipName.toLowerCase() === relationshipName.toLowerCase(),
    );
    if (child === undefined || this.#hidden.has(`${child.childObject}.${child.field}`.toLowerCase())) return undefined;
    return child;
  }

  /** The object that a statement names; refuses with INVALID_TYPE. */
  queriedObject(name: string): ObjectDefinition {
    const object = this.findObject(name);
    if (object !== undefined) return object;
    throw new Refusal(
      400,
      'INVALID_TYPE',
      `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
