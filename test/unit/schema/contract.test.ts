import { readFileSync } from 'node:fs';
import {
  buildSchema as buildPlainSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema, readSchemaDocuments } from '../../../src/gateway/schema.ts';

/** The parts of the contract whose machinery does not exist yet: absent from the served schema, never served as stubs. */
const notServedYet: readonly string[] = [
  'ConfigureValidationRuleInput',
  'ConfigureValidationRulePayload',
  'Mutation.configureValidationRule',
  'Mutation.runValidation',
  'RunValidationInput',
  'RunValidationPayload',
  'Subscription',
];

const contract = buildPlainSchema(readFileSync(new URL('../../recordings/contract.graphql', import.meta.url), 'utf8'));
const served = buildSchema(readSchemaDocuments(), []);

/** Every promise of a schema as `Type`, `Type.member` or `Type.field(argument)`, with its type in full. */
function promises(schema: GraphQLSchema): Map<string, string> {
  const found = new Map<string, string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!type.name.startsWith('__')) for (const [name, text] of promisesOf(type)) found.set(name, text);
  }
  return found;
}

function* promisesOf(type: GraphQLNamedType): Generator<[string, string]> {
  yield [type.name, type.astNode?.kind ?? 'built in'];
  if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, 'value'];
  if (isUnionType(type)) for (const member of type.getTypes()) yield [`${type.name} = ${member.name}`, 'member'];
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, String(field.type)];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  for (const one of type.getInterfaces()) yield [`${type.name} implements ${one.name}`, 'interface'];
  for (const field of Object.values(type.getFields())) {
    yield [`${type.name}.${field.name}`, String(field.type)];
    for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name})`, String(argument.type)];
  }
}

/** `Type.field(argument)` falls with its field, and that with its type. */
function isExcused(name: string): boolean {
  return notServedYet.some(
    (entry) =>
      name === entry || name.startsWith(`${entry}.`) || name.startsWith(`${entry}(`) || name.startsWith(`${entry} `),
  );
}

test('everything the contract promises is served with exactly the promised type, but for the list of what comes later', () => {
  const servedPromises = promises(served);
  const broken = [...promises(contract)]
    .filter(([name, type]) => !isExcused(name) && servedPromises.get(name) !== type)
    .map(([name, type]) => `${name}: promised ${type}, served ${servedPromises.get(name)}`);
  expect(broken).toEqual([]);
});

test('what comes later is not served already, and is part of the contract', () => {
  const servedPromises = promises(served);
  const promised = promises(contract);
  expect(notServedYet.filter((name) => servedPromises.has(name))).toEqual([]);
  expect(notServedYet.filter((name) => !promised.has(name))).toEqual([]);
});
