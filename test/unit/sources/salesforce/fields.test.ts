import { isNonNullType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';
import { salesforceEdges } from '../../../../src/sources/salesforce/edges.ts';
import type { FieldDefinition } from '../../../../src/sources/salesforce/field-kinds.ts';
import { fieldOf, type SalesforceObject, salesforceObjects } from '../../../../src/sources/salesforce/fields.ts';
import { OBJECTS } from '../../../../src/standins/salesforce/objects.ts';

const schema = buildSchema(readSchemaDocuments(), []);
const salesforceSdl = readSchemaDocuments().find(
  (document) => document.loc?.source.name === 'schema/salesforce.graphql',
);
const objects = Object.values<SalesforceObject>(salesforceObjects);

/** Fields that schema/salesforce.graphql itself gives a type; those that other slices add are theirs. */
function ownFields(typeName: string): string[] {
  return (salesforceSdl?.definitions ?? []).flatMap((definition) =>
    definition.kind === 'ObjectTypeDefinition' && definition.name.value === typeName
      ? (definition.fields ?? []).map((field) => field.name.value)
      : [],
  );
}

function schemaFields(typeName: string) {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object type`);
  return type.getFields();
}

const edgesOf = (typeName: string) => salesforceEdges.filter((edge) => edge.type === typeName);

test.each(objects.map((object) => [object.type, object] as const))(
  'every field of %s in the schema is in the field map or an edge',
  (type, object) => {
    const edgeFields = new Set(edgesOf(type).map((edge) => edge.field));
    const missing = ownFields(type).filter((field) => !fieldOf(object, field) && !edgeFields.has(field));
    expect(ownFields(type).length).toBeGreaterThan(2);
    expect(missing).toEqual([]);
  },
);

test.each(objects.map((object) => [object.type, object] as const))(
  'every property of %s in the field map is in the schema or the key of an edge',
  (type, object) => {
    const keys = new Set(edgesOf(type).map((edge) => edge.key));
    const fields = schemaFields(type);
    const unused = Object.keys(object.fields).filter(
      (property) => !(property in fields) && !keys.has(property) && property !== 'salesforceId',
    );
    expect(unused).toEqual([]);
  },
);

test.each(objects.map((object) => [object.type, object] as const))(
  'the field map of %s demands a value exactly where the schema promises one',
  (type, object) => {
    const fields = schemaFields(type);
    const differing = Object.entries<FieldDefinition>(object.fields)
      .filter(([property]) => property in fields)
      .filter(([property, field]) => isNonNullType(fields[property]?.type) !== field.required)
      .map(([property]) => property);
    expect(differing).toEqual([]);
  },
);

test('every edge starts from a property of the field map and ends at a type of it', () => {
  for (const edge of salesforceEdges) {
    // What a mutation answers has no field map: its key is told by the write.
    if (edge.type.endsWith('Payload')) {
      expect(edge.field in schemaFields(edge.type)).toBe(true);
      continue;
    }
    const object: SalesforceObject | undefined = objects.find(({ type }) => type === edge.type);
    const field = object && fieldOf(object, edge.key);
    expect(field, `${edge.type}.${edge.field}`).toBeDefined();
    if (edge.shape === 'one') expect(field?.reference?.to, `${edge.type}.${edge.field}`).toBe(edge.to);
    expect(edge.field in schemaFields(edge.type)).toBe(true);
    expect(Object.keys(salesforceObjects)).toContain(edge.to);
  }
});

test('every column, relationship and picklist value is one of the objects that the graph was designed on', () => {
  for (const object of objects) {
    const definition = OBJECTS.find(({ name }) => name === object.name);
    for (const [property, field] of Object.entries<FieldDefinition>(object.fields)) {
      for (const column of field.columns) {
        const known = definition?.fields.find(({ name }) => name === column);
        expect(known, `${object.type}.${property}`).toBeDefined();
        if (field.reference) {
          expect(known?.relationshipName).toBe(field.reference.relationship);
          expect(known?.referenceTo).toBe(salesforceObjects[field.reference.to].name);
        }
        if (field.picklist) expect(known?.picklistValues).toEqual(Object.values(field.picklist));
      }
    }
  }
});
