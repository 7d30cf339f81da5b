import {
  type GraphQLField,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import type { FieldRule } from './field-rule.ts';

/** What introspection answers comes from memory, so an object of it costs a fraction of a record. */
const OBJECT_WEIGHT = 0.2;
/** Lists of fewer than one item on average. */
const SHORT_LIST = 1;

/** What the fields of introspection cost: its lists are as long as those of this schema are on average. */
export function* introspectionRules(schema: GraphQLSchema): Generator<[GraphQLField<unknown, unknown>, FieldRule]> {
  const sizes = averageSizes(schema);
  const ruleOf = (path: string, isList: boolean): FieldRule => ({
    weight: 0,
    objectWeight: OBJECT_WEIGHT,
    size: { assumed: isList ? (sizes[path] ?? SHORT_LIST) : 1, slicing: [], sizedFields: new Set() },
  });
  for (const field of [SchemaMetaFieldDef, TypeMetaFieldDef]) yield [field, ruleOf(field.name, false)];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields()))
      yield [field, ruleOf(`${type.name}.${field.name}`, isListType(getNullableType(field.type)))];
  }
}

function averageSizes(schema: GraphQLSchema): Readonly<Record<string, number>> {
  const types = Object.values(schema.getTypeMap());
  const fields = types.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  );
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const perType = (count: number): number => count / types.length;
  const inputFields = sum(types.map((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0)));
  const enumValues = sum(types.map((type) => (isEnumType(type) ? type.getValues().length : 0)));
  return {
    '__Schema.types': types.length,
    '__Schema.directives': schema.getDirectives().length,
    '__Type.fields': perType(fields.length),
    '__Field.args': sum(fields.map(({ args }) => args.length)) / Math.max(1, fields.length),
    '__Type.inputFields': perType(inputFields),
    '__Type.enumValues': perType(enumValues),
  };
}
