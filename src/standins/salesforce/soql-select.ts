import type { FieldType } from '@jetstreamapp/soql-parser-js';
import type { SalesforceRow } from '../data/company.ts';
import type { ObjectDefinition } from './objects.ts';
import { invalidField, malformedQuery } from './refusal.ts';
import type { FieldPath } from './soql-field-path.ts';
import { pathIn, type QueryScope, type Source } from './soql-scope.ts';

export type SalesforceRecord = { attributes: { type: string; url?: string } } & Record<string, unknown>;

const MAX_FIELDS_FUNCTION_ROWS = 200;
const MAX_PARENT_RELATIONSHIPS = 55;

/** What to read of each row: its own fields, and those of parents beneath the name of the relationship. */
export interface Selection {
  readonly object: ObjectDefinition;
  readonly fields: Set<string>;
  readonly parents: Map<string, { readonly reference: string; readonly selection: Selection }>;
}

export function compileSelection(
  scope: QueryScope,
  source: Source,
  fields: readonly FieldType[],
  limit: number | undefined,
): { readonly selection: Selection; readonly paths: readonly FieldPath[] } {
  const root = emptySelection(source.object);
  const paths = fields.flatMap((field) => selectedPaths(scope, source, field, limit));
  for (const path of paths) {
    let selection = root;
    for (const reference of path.references) {
      const name = reference.relationshipName ?? reference.name;
      const parent = scope.schema.findObject(reference.referenceTo ?? '') ?? path.object;
      const next = selection.parents.get(name) ?? { reference: reference.name, selection: emptySelection(parent) };
      selection.parents.set(name, next);
      selection = next.selection;
    }
    if (selection.fields.has(path.field.name)) throw invalidField(`duplicate field selected: ${path.field.name}`);
    selection.fields.add(path.field.name);
  }
  if (countParents(root) > MAX_PARENT_RELATIONSHIPS)
    throw malformedQuery(`No more than ${MAX_PARENT_RELATIONSHIPS} relationships are allowed in a query`);
  return { selection: root, paths };
}

export function project(scope: QueryScope, selection: Selection, row: SalesforceRow): SalesforceRecord {
  const record: SalesforceRecord = { attributes: attributesOf(scope.basePath, selection.object, row) };
  for (const field of selection.fields) record[field] = row[field] ?? null;
  for (const [name, parent] of selection.parents) {
    const id = row[parent.reference];
    const parentRow = typeof id === 'string' ? scope.parentOf(parent.selection.object.name, id) : undefined;
    record[name] = parentRow === undefined ? null : project(scope, parent.selection, parentRow);
  }
  return record;
}

export function attributesOf(
  basePath: string,
  object: ObjectDefinition,
  row: SalesforceRow,
): { type: string; url: string } {
  return { type: object.name, url: `${basePath}/sobjects/${object.name}/${String(row.Id)}` };
}

function selectedPaths(scope: QueryScope, source: Source, field: FieldType, limit: number | undefined): FieldPath[] {
  switch (field.type) {
    case 'Field':
      if (field.alias !== undefined) throw malformedQuery('only aggregate expressions use field aliasing');
      return [
        pathIn(scope, source, 'rawValue' in field && typeof field.rawValue === 'string' ? field.rawValue : field.field),
      ];
    case 'FieldRelationship':
      if ('alias' in field && field.alias !== undefined)
        throw malformedQuery('only aggregate expressions use field aliasing');
      return [pathIn(scope, source, field.rawValue ?? [...field.relationships, field.field].join('.'))];
    case 'FieldFunctionExpression':
      if (field.functionName.toUpperCase() === 'FIELDS')
        return allFields(scope, source, String(field.parameters[0]), limit);
      throw malformedQuery(`unexpected token: '${field.rawValue ?? field.functionName}'`);
    case 'FieldSubquery':
      return [];
    default:
      throw malformedQuery(`TYPEOF is not allowed here: '${field.field}' is no polymorphic relationship`);
  }
}

function allFields(scope: QueryScope, source: Source, group: string, limit: number | undefined): FieldPath[] {
  const kind = group.toUpperCase();
  if (kind !== 'STANDARD' && (limit === undefined || limit > MAX_FIELDS_FUNCTION_ROWS)) {
    throw malformedQuery(`The SOQL FIELDS function must have a LIMIT of at most ${MAX_FIELDS_FUNCTION_ROWS}`);
  }
  return scope.schema
    .fieldsOf(source.object)
    .filter((field) => kind === 'ALL' || field.name.endsWith('__c') === (kind === 'CUSTOM'))
    .map((field) => ({ references: [], object: source.object, field }));
}

function emptySelection(object: ObjectDefinition): Selection {
  return { object, fields: new Set(), parents: new Map() };
}

function countParents(selection: Selection): number {
  return selection.parents.values().reduce((sum, parent) => sum + 1 + countParents(parent.selection), 0);
}
