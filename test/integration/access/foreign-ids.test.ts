import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredRole } from '../../../src/features/access/declared-role.ts';
import { buildSchema, readSchemaDocuments } from '../../../src/gateway/schema.ts';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { bearerOf, beginSession, codeOf, type Headers } from '../../support/signed-in.ts';

const schema = buildSchema(readSchemaDocuments(), []);
type Field = GraphQLField<unknown, unknown>;
type Root = 'query' | 'mutation';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { OPERATION_MAX_COST: '10000000' } });
});
afterAll(() => gateway.close());

/** What belongs to a tenant, by type: an id that is there in the tenant `demo`, and one that never was. */
async function victims(): Promise<Map<string, { readonly theirs: string; readonly never: string }>> {
  const found = new Map<string, { theirs: string; never: string }>();
  const tables = {
    Mentor: 'mentors',
    Assessment: 'assessments',
    ValidationRun: 'validation_runs',
    ValidationResult: 'validation_results',
  };
  for (const [type, table] of Object.entries(tables)) {
    const rows = await gateway.database?.query<{ id: string }>(
      `select id from ${table} where tenant = 'demo' order by id desc limit 1`,
    );
    const id = rows?.[0]?.id;
    if (!id) throw new Error(`The sample data has no ${type}.`);
    found.set(type, { theirs: toGlobalId(type, String(id)), never: toGlobalId(type, '999999999') });
  }
  const session = await beginSession(gateway, await bearerOf(gateway, { subject: 'victim' }));
  found.set('Session', { theirs: session.id, never: toGlobalId('Session', '999999999') });
  return found;
}

/** Places of ids in the arguments of a field, as paths of names: `id`, `input.id`, `input.assessments.mentorId`. */
function idPlaces(field: Field): string[] {
  const within = (type: GraphQLInputType, path: string): string[] => {
    const named = getNamedType(type);
    if (named.name === 'ID') return [path];
    if (!isInputObjectType(named)) return [];
    return Object.values(named.getFields()).flatMap((inner) => within(inner.type, `${path}.${inner.name}`));
  };
  return field.args.flatMap(({ name, type }) => within(type, name));
}

/** A value that fits, with the id at its place when the place is within. */
function literal(type: GraphQLInputType, path: readonly string[] | null, id: string): string {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return `[${literal(nullable.ofType, path, id)}]`;
  if (isInputObjectType(nullable)) {
    const given = Object.values(nullable.getFields()).filter(
      (one) => isRequiredInputField(one) || one.name === path?.[0],
    );
    return `{ ${given.map((one) => `${one.name}: ${literal(one.type, one.name === path?.[0] ? (path?.slice(1) ?? null) : null, id)}`).join(', ')} }`;
  }
  if (path !== null) return JSON.stringify(id);
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name ?? '';
  const samples: Record<string, string> = { Int: '1', Float: '1', Boolean: 'true', JSONObject: '{ a: 1 }' };
  const named = isNonNullType(nullable) ? nullable.ofType : nullable;
  return samples[String(named)] ?? (named.toString() === 'String' ? '"PSR-00042"' : '"x"');
}

function selectionOf(type: GraphQLOutputType, depth = 2): string {
  const named: GraphQLNamedType = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named)) return ' { __typename }';
  const fields = Object.values(named.getFields()).filter(
    ({ args, name }) => !args.some(isRequiredArgument) && name !== 'sessions',
  );
  const shown = fields.flatMap((field) => {
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return [field.name];
    return depth > 1 && ['nodes', 'viewer', 'session'].includes(field.name)
      ? [`${field.name}${selectionOf(field.type, depth - 1)}`]
      : [];
  });
  return ` { __typename ${shown.join(' ')} }`;
}

function operation(root: Root, field: Field, place: string, id: string): string {
  const [first, ...rest] = place.split('.');
  const given = field.args
    .filter((arg) => isRequiredArgument(arg) || arg.name === first)
    .map((arg) => `${arg.name}: ${literal(arg.type, arg.name === first ? rest : null, id)}`);
  return `${root} { ${field.name}(${given.join(', ')})${selectionOf(field.type)} }`;
}

/** Every field that takes an id, by each place of one. */
const takers = (
  [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const
).flatMap(([root, type]) =>
  Object.values(type?.getFields() ?? {})
    .filter(({ name }) => !name.startsWith('_'))
    .flatMap((field) => idPlaces(field).map((place) => ({ root, field, place, role: declaredRole(field) }))),
);

/** The whole answer but what is of this request alone; the id that was sent is the same in all. */
async function answerTo(document: string, id: string, headers: Headers): Promise<string> {
  const { status, data, errors } = await gateway.query(document, {}, headers);
  const shown = JSON.stringify({ status, data, errors }).replaceAll(id, '<id>');
  return shown
    .replaceAll(/"requestId":"[^"]+"/g, '')
    .replaceAll(/"[^"]*\d{4}-\d\d-\d\dT[^"]*"/g, '<time>')
    .replaceAll(/"column":\d+/g, '');
}

test('every id of another tenant is answered exactly as one that never was, by every field that takes one', async () => {
  const stranger = await bearerOf(gateway, { subject: 'stranger', tenant: 'other', roles: ['ADMIN'] });
  const insider = await bearerOf(gateway, {
    subject: 'victim',
    tenant: 'demo',
    roles: ['ADMIN'],
    issuedSecondsAgo: 60,
  });
  const asked: [string, { theirs: string; never: string }, (id: string) => string][] = [];
  for (const [type, ids] of await victims()) {
    for (const { root, field, place } of takers)
      asked.push([`${field.name}(${place}) with a ${type}`, ids, (id) => operation(root, field, place, id)]);
    if (type !== 'Session')
      asked.push([
        `_entities with a ${type}`,
        ids,
        (id) =>
          `{ _entities(representations: [{ __typename: "${type}", id: "${id}" }]) { __typename ... on ${type} { id } } }`,
      ]);
  }
  const told: string[] = [];
  const known: string[] = [];
  for (const [what, { theirs, never }, documentOf] of asked) {
    const foreign = await answerTo(documentOf(theirs), theirs, stranger);
    const absent = await answerTo(documentOf(never), never, stranger);
    if (foreign !== absent) told.push(`${what}: ${foreign} instead of ${absent}`);
    // The owner gets another answer to many of these: so there is something that could be told.
    if (/^(?:node|nodes|validationRun|assessments|_entities|revokeSession)\b/.test(what)) {
      const own = await answerTo(documentOf(theirs), theirs, insider);
      if (own !== absent) known.push(what);
    }
  }
  expect(told).toEqual([]);
  expect(known.length).toBeGreaterThan(12);
  expect(known).toContain('revokeSession(input.id) with a Session');
});

test('every field that is refused is refused before anything is asked, whatever the id', async () => {
  const viewer = await bearerOf(gateway, { subject: 'low', tenant: 'demo', roles: ['VIEWER'] });
  const refused = (
    [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
    ] as const
  ).flatMap(([root, type]) =>
    Object.values(type?.getFields() ?? {})
      .filter((field) => declaredRole(field) !== null && declaredRole(field) !== 'VIEWER')
      .map((field) => ({ root, field })),
  );
  expect(refused.length).toBeGreaterThan(2);
  const ids = [...(await victims()).values()];
  gateway.clearCalls();
  for (const { root, field } of refused) {
    const [place = ''] = idPlaces(field);
    const answers = new Set<string>();
    for (const id of place ? ids.flatMap(({ theirs, never }) => [theirs, never]) : ['']) {
      const document = place
        ? operation(root, field, place, id)
        : `${root} { ${field.name}${requiredArguments(field)}${selectionOf(field.type)} }`;
      const answer = await gateway.query(document, {}, viewer);
      expect([answer.status, codeOf(answer), answer.data[field.name]], document).toEqual([200, 'FORBIDDEN', null]);
      answers.add(await answerTo(document, id || '-', viewer));
    }
    expect(answers.size, field.name).toBe(1);
  }
  expect([gateway.salesforce.calls.count(), gateway.jira.calls.count()]).toEqual([0, 0]);
});

function requiredArguments(field: Field): string {
  const given = field.args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${literal(type, null, '')}`);
  return given.length > 0 ? `(${given.join(', ')})` : '';
}
