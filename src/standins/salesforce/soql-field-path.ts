import type { SalesforceRow } from '../data/company.ts';
import type { FieldDefinition, ObjectDefinition } from './objects.ts';
import { invalidField, malformedQuery } from './refusal.ts';
import type { VisibleSchema } from './schema.ts';

/** Salesforce follows at most five references up from one row. */
const MAX_PARENT_LEVELS = 5;

/** `Account__r.Owner.Name`, resolved: the references to follow, then the field to read. */
export interface FieldPath {
  readonly references: readonly FieldDefinition[];
  /** The object that holds the field. */
  readonly object: ObjectDefinition;
  readonly field: FieldDefinition;
}

/** A path on an object; `alias` is what the statement calls that object (`FROM Account a`). Refuses what is unknown or hidden. */
export function resolvePath(schema: VisibleSchema, root: ObjectDefinition, path: string, alias?: string): FieldPath {
  const names = path.split('.');
  const [first = ''] = names;
  if (names.length > 1 && [alias, root.name].some((name) => name?.toLowerCase() === first.toLowerCase())) names.shift();
  const fieldName = names.pop() ?? '';
  if (names.length > MAX_PARENT_LEVELS) {
    throw malformedQuery(
      `The relationship path '${path}' follows more than ${MAX_PARENT_LEVELS} parent relationships.`,
    );
  }
  let object = root;
  const references: FieldDefinition[] = [];
  for (const name of names) {
    const reference = schema.findParentReference(object, name);
    const parent = reference?.referenceTo === undefined ? undefined : schema.findObject(reference.referenceTo);
    if (reference === undefined || parent === undefined) {
      throw invalidField(
        `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
      );
    }
    references.push(reference);
    object = parent;
  }
  const field = schema.findField(object, fieldName);
  if (field === undefined) throw invalidField(noSuchColumn(fieldName, object));
  return { references, object, field };
}

function noSuchColumn(name: string, object: ObjectDefinition): string {
  return `No such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`;
}

/** Finds a visible parent row; undefined for a reference to a row that is deleted, missing or out of sight. */
export type ParentLookup = (object: string, id: string) => SalesforceRow | undefined;

export function readPath(path: FieldPath, row: SalesforceRow, parentOf: ParentLookup): SalesforceRow[string] {
  let current: SalesforceRow | undefined = row;
  for (const reference of path.references) {
    const id: SalesforceRow[string] | undefined = current?.[reference.name];
    current =
      typeof id === 'string' && reference.referenceTo !== undefined ? parentOf(reference.referenceTo, id) : undefined;
    if (current === undefined) return null;
  }
  return current?.[path.field.name] ?? null;
}
