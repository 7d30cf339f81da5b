import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  graphql,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { declaredRole } from '../../../../src/features/access/declared-role.ts';
import { applyAccessRules } from '../../../../src/features/access/rules.ts';
import { anonymousViewer, leastRole } from '../../../../src/features/access/viewer.ts';
import { entities } from '../../../../src/gateway/entities.ts';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';
import { GatewayError } from '../../../../src/platform/errors.ts';
import type { RoleName } from '../../../../src/platform/settings.ts';

const roles: readonly RoleName[] = ['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'];
type Field = GraphQLField<unknown, unknown>;

/** The least role of what the contract names, whether it is served yet or not. What everyone may do is told apart from what was forgotten. */
const contract: Readonly<Record<string, RoleName>> = {
  'Query.validationTrend': 'ANALYST',
  'Query.activityReport': 'ANALYST',
  'Query.auditLog': 'ANALYST',
  'Mutation.submitAssessments': 'OPERATOR',
  'Mutation.runValidation': 'OPERATOR',
  'Mutation.configureValidationRule': 'OPERATOR',
  'Mutation.updatePsRequest': 'OPERATOR',
  'Mutation.transitionJiraIssue': 'OPERATOR',
  'Mutation.addJiraComment': 'OPERATOR',
  'Mutation.invalidateCache': 'ADMIN',
  'Mutation.erasePerson': 'ADMIN',
  // Of oneself.
  'Mutation.createSession': 'VIEWER',
  'Mutation.revokeSession': 'VIEWER',
  'Mutation.revokeAllSessions': 'VIEWER',
  'Mutation.signOut': 'VIEWER',
  'Mutation.updatePreferences': 'VIEWER',
};

const served = buildSchema(readSchemaDocuments(), []);
const rankOf = (role: RoleName): number => roles.indexOf(role);
const roleOf = (type: GraphQLObjectType, field: Field): RoleName =>
  declaredRole(field) ?? declaredRole(type) ?? leastRole;
const objectTypes = (schema: GraphQLSchema): GraphQLObjectType[] =>
  Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('_'));

describe('the rules of the contract', () => {
  test('are those of the SDL, for every root field that it names', () => {
    const differing = objectTypes(served).flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) => {
        const name = `${type.name}.${field.name}`;
        const wanted = contract[name];
        return wanted === undefined || wanted === roleOf(type, field) ? [] : [`${name}: ${roleOf(type, field)}`];
      }),
    );
    expect(differing).toEqual([]);
  });

  test('let nobody below OPERATOR change anything but what is their own', () => {
    const mutation = served.getMutationType();
    const low = Object.values(mutation?.getFields() ?? {}).filter(
      (field) =>
        mutation &&
        rankOf(roleOf(mutation, field)) < rankOf('OPERATOR') &&
        contract[`Mutation.${field.name}`] !== 'VIEWER',
    );
    // An export of oneself changes nothing.
    expect(low.map(({ name }) => name).filter((name) => name !== 'exportPerson')).toEqual([]);
  });
});

/** A way from a root to an object type. */
interface Way {
  readonly root: 'query' | 'mutation';
  /** Each step: the field's text with its arguments, and the type that it is taken to answer with. */
  readonly steps: readonly { readonly text: string; readonly type: GraphQLObjectType; readonly isAbstract: boolean }[];
  /** What is needed to get there. */
  readonly role: RoleName;
}

const higher = (left: RoleName, right: RoleName): RoleName => (rankOf(left) >= rankOf(right) ? left : right);

/** The shortest way to every object type that can be reached. */
function waysTo(schema: GraphQLSchema): Map<string, Way> {
  const ways = new Map<string, Way>();
  const queue: { type: GraphQLObjectType; way: Way }[] = [];
  for (const [root, type] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const) {
    if (!type) continue;
    const way: Way = { root, steps: [], role: leastRole };
    ways.set(type.name, way);
    queue.push({ type, way });
  }
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { type, way } = next;
    for (const field of Object.values(type.getFields())) {
      const to = getNamedType(field.type);
      const possible = isAbstractType(to) ? schema.getPossibleTypes(to) : isObjectType(to) ? [to] : [];
      for (const reached of possible) {
        if (ways.has(reached.name) || field.name.startsWith('_')) continue;
        const step = { text: `${field.name}${argumentsOf(field)}`, type: reached, isAbstract: isAbstractType(to) };
        const there = { ...way, steps: [...way.steps, step], role: higher(way.role, roleOf(type, field)) };
        ways.set(reached.name, there);
        queue.push({ type: reached, way: there });
      }
    }
  }
  return ways;
}

function argumentsOf(field: Field): string {
  const given = field.args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${literal(type)}`);
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return `[${literal(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
  }
  const samples: Record<string, string> = { Int: '1', Float: '1', Boolean: 'true', JSONObject: '{ a: 1 }' };
  return samples[String(type)] ?? '"x"';
}

/** The served schema with the rules on it, and resolvers that tell what ran instead of doing it. `raised`: a field that is put under ADMIN. */
function watched(target: GraphQLObjectType, raised?: string) {
  const schema = buildSchema(readSchemaDocuments(), []);
  const ran: string[] = [];
  const wanted = [target.name, ...(ways.get(target.name)?.steps.map(({ type }) => type.name) ?? [])];
  for (const type of objectTypes(schema))
    for (const field of Object.values(type.getFields())) {
      field.resolve = () => {
        ran.push(`${type.name}.${field.name}`);
        return sampleOf(schema, field.type, wanted);
      };
      if (`${type.name}.${field.name}` === raised) raise(field);
    }
  applyAccessRules(schema);
  return { schema, ran };
}

/** Gives a field the rule that its line in the SDL would give it. */
function raise(field: Field): void {
  const [definition] = parse('type T { f: Int @requiresRole(role: ADMIN) }').definitions;
  if (definition?.kind !== Kind.OBJECT_TYPE_DEFINITION || !field.astNode) throw new Error('There is no rule to give.');
  field.astNode = { ...field.astNode, directives: definition.fields?.[0]?.directives ?? [] };
}

/** `wanted`: types that abstract ones are answered with, the first that fits. */
function sampleOf(schema: GraphQLSchema, type: GraphQLOutputType, wanted: readonly string[]): unknown {
  if (isNonNullType(type)) return sampleOf(schema, type.ofType, wanted);
  if (isListType(type)) return [sampleOf(schema, type.ofType, wanted)];
  if (isAbstractType(type)) {
    const possible = schema.getPossibleTypes(type).map(({ name }) => name);
    return { __typename: wanted.find((name) => possible.includes(name)) ?? possible[0] };
  }
  if (isObjectType(type)) return {};
  if (isEnumType(type)) return type.getValues()[0]?.value;
  return type.name === 'JSONObject' ? {} : type.name === 'Boolean' ? true : /Int|Float/.test(type.name) ? 1 : 'x';
}

/** Every way of asking for a field of a type: each is a whole operation, and the role that the way itself needs. */
function operationsFor(type: GraphQLObjectType, field: Field, way: Way): Record<string, [string, RoleName]> {
  const leaf =
    isObjectType(getNamedType(field.type)) || isAbstractType(getNamedType(field.type)) ? ' { __typename }' : '';
  const asked = `${field.name}${argumentsOf(field)}${leaf}`;
  const around = (inner: string): string =>
    `${way.root} ${way.steps.reduceRight(
      (text, step) =>
        step.isAbstract ? `{ ${step.text} { ... on ${step.type.name} ${text} } }` : `{ ${step.text} ${text} }`,
      inner,
    )}`;
  const operations: Record<string, [string, RoleName]> = {
    plain: [around(`{ ${asked} }`), way.role],
    alias: [around(`{ renamed: ${asked} }`), way.role],
    'a second time': [around(`{ __typename a: ${asked} b: ${asked} }`), way.role],
    fragment: [`${around('{ ...Asked }')} fragment Asked on ${type.name} { ${asked} }`, way.role],
    'inline fragment': [around(`{ ... { ... on ${type.name} { ${asked} } } }`), way.role],
    '@include': [around(`{ ${asked.replace(leaf, '')} @include(if: true)${leaf} }`), way.role],
  };
  const isNode = type.getInterfaces().some(({ name }) => name === 'Node');
  if (isNode) {
    operations.node = [`{ node(id: "x") { ... on ${type.name} { ${asked} } } }`, leastRole];
    operations.nodes = [`{ nodes(ids: ["x"]) { ... on ${type.name} { ${asked} } } }`, leastRole];
  }
  for (const one of type.getInterfaces())
    if (isInterfaceType(one) && field.name in one.getFields() && isNode)
      operations['the interface'] = [`{ node(id: "x") { ${asked} } }`, leastRole];
  if (entities.some((entity) => entity.type === type.name))
    operations._entities = [
      `{ _entities(representations: [{ __typename: "${type.name}", id: "x" }]) { ... on ${type.name} { ${asked} } } }`,
      leastRole,
    ];
  return operations;
}

const ways = waysTo(served);

describe('every field of the served schema', () => {
  test('is reached by some way, so that none is left out below', () => {
    const left = objectTypes(served)
      .map(({ name }) => name)
      .filter((name) => !ways.has(name));
    expect(left).toEqual([]);
  });

  const guarded = objectTypes(served).flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => roleOf(type, field) !== leastRole)
      .map((field) => [`${type.name}.${field.name}`, type, field] as const),
  );

  test.each(guarded)('%s gives every role the same verdict by whichever way it is asked', async (name, type, field) => {
    await expectSameVerdicts(type, field, roleOf(type, field), watched(type), name);
  });

  // What is guarded today are fields of few types; tomorrow it may be any.
  test.each(objectTypes(served).map((type) => [type.name, type] as const))(
    '%s could get a field for administrators, and would keep it by whichever way it is asked',
    async (_name, type) => {
      const field = Object.values(type.getFields()).find(({ name }) => !name.startsWith('_'));
      if (!field) throw new Error(`${type.name} has no field.`);
      const name = `${type.name}.${field.name}`;
      await expectSameVerdicts(type, field, 'ADMIN', watched(type, name), name);
    },
  );

  test('that has no rule stops the start, wherever it is added', () => {
    const schema = buildSchema(readSchemaDocuments(), []);
    const added: string[] = [];
    for (const type of objectTypes(schema)) {
      const [some] = Object.values(type.getFields());
      if (!some || declaredRole(type)) continue;
      type.getFields().added = { ...some, name: 'added', astNode: undefined };
      added.push(`${type.name}.added has no rule`);
    }
    // Those that have no rule as a whole.
    expect(added.length).toBeGreaterThan(1);
    for (const problem of added) expect(() => applyAccessRules(schema)).toThrow(problem);
  });
});

async function expectSameVerdicts(
  type: GraphQLObjectType,
  field: Field,
  fieldRole: RoleName,
  { schema, ran }: ReturnType<typeof watched>,
  name: string,
): Promise<void> {
  const way = ways.get(type.name);
  if (!way) throw new Error(`No way leads to ${type.name}.`);
  for (const [how, [source, wayRole]] of Object.entries(operationsFor(type, field, way))) {
    for (const role of roles) {
      ran.length = 0;
      const viewer = { ...anonymousViewer(role), isAnonymous: false };
      const { data, errors = [] } = await graphql({ schema, source, contextValue: { viewer } });
      const codes = errors.map(({ originalError, message }) =>
        originalError instanceof GatewayError ? originalError.code : message,
      );
      const isLetIn = rankOf(role) >= rankOf(higher(wayRole, fieldRole));
      const verdict = { how, role, ran: ran.includes(name), codes: [...new Set(codes)], hasData: data !== undefined };
      const wanted = { how, role, ran: isLetIn, codes: isLetIn ? [] : ['FORBIDDEN'], hasData: true };
      expect(verdict, source).toEqual(wanted);
    }
  }
}
