import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema as buildPlainSchema, type GraphQLSchema, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type DocumentPolicy, policyOf } from '../../../../src/cache/responses/document-policy.ts';
import { declaredRole } from '../../../../src/features/access/declared-role.ts';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';

const served = buildSchema(readSchemaDocuments(), []);

function decide(source: string, schema: GraphQLSchema = served): DocumentPolicy {
  const document = parse(source);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('The document has no operation.');
  return policyOf(document, operation, {
    schema,
    isRestricted: (type, field) => !['VIEWER', null].includes(declaredRole(field) ?? declaredRole(type)),
  });
}

function summary(policy: DocumentPolicy): string {
  if (policy.kind === 'uncacheable') return `never: ${policy.reason}`;
  return `${policy.maxAgeSeconds} s${policy.isPrivate ? ', private' : ''}${policy.dependsOnRole ? ', by role' : ''}`;
}

describe('the policy of every example', () => {
  const expected: Readonly<Record<string, string>> = {
    'accounts-with-recent-requests': '300 s',
    'add-comment': 'never: only queries are kept',
    'assessments-with-requests': '60 s',
    dashboard: '300 s',
    'go-live-calendar': '300 s',
    'issue-detail': '300 s',
    'issues-in-progress': '300 s',
    mentors: '60 s',
    'previous-page': '300 s',
    'production-risks': '300 s',
    'refresh-cards': '60 s',
    'request-detail': '60 s',
    search: '300 s',
    'submit-assessments': 'never: only queries are kept',
    'transition-issue': 'never: only queries are kept',
    'update-request': 'never: only queries are kept',
    'validation-overview': '60 s',
    'validation-trend': '60 s, by role',
  };
  const directory = new URL('../../../../examples/', import.meta.url);
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.graphql'))) {
    const name = file.slice(0, -'.graphql'.length);
    test(`${name} is kept as the table says`, () => {
      expect(summary(decide(readFileSync(new URL(file, directory), 'utf8')))).toBe(expected[name]);
    });
  }
});

describe('the served schema', () => {
  test.each([
    ['{ viewer { id } psRequest(id: "PSR-1") { number } }', '60 s, private'],
    ['{ __schema { queryType { name } } }', 'never: introspection is not kept'],
    ['{ psRequest(id: "1") { __typename number } }', '300 s'],
    ['{ account(id: "1") { name owner { name } } }', '3600 s'],
    ['{ account(id: "1") { name psRequests { totalCount } } }', '300 s'],
    ['{ __typename }', 'never: it asks for nothing that is kept'],
    ['{ node(id: "x") { id } }', '60 s'],
    ['{ _entities(representations: []) { ... on Account { name } } }', '60 s'],
    ['{ psRequest(id: "1") { unknown } }', 'never: PsRequest has no field unknown'],
    ['{ psRequest(id: "1") { ...Missing } }', 'never: it spreads a fragment that it does not define'],
    ['query @freshness(maxAgeSeconds: 7) { psRequest(id: "1") { number } }', '7 s'],
    ['{ psRequest(id: "1") { account @freshness(maxAgeSeconds: 0) { name } } }', 'never: @freshness is never kept'],
    [
      'query ($s: Int) { psRequest(id: "1") @freshness(maxAgeSeconds: $s) { number } }',
      'never: its @freshness is told by a variable',
    ],
  ])('%s: %s', (source, expected) => {
    expect(summary(decide(source))).toBe(expected);
  });

  test('skipped fields count as if they were asked for, so that variables change nothing', () => {
    const source = 'query ($me: Boolean!) { psRequest(id: "1") { number } viewer @include(if: $me) { id } }';
    expect(summary(decide(source))).toBe('60 s, private');
  });

  test('tags name every type that can be in the answer, and the lists asked for even where only their length is', () => {
    const policy = decide('{ account(id: "1") { name psRequests { totalCount } } search(text: "x") { __typename } }');
    if (policy.kind !== 'cacheable') throw new Error(policy.reason);
    expect(policy.tags).toEqual(
      expect.arrayContaining([
        'Account',
        'PsRequest',
        'PsRequest[]',
        'Project',
        'JiraIssue',
        'Account[]',
        'JiraIssue[]',
      ]),
    );
    expect(policy.lookupTypes).toEqual(['Account']);
  });
});

describe('what the SDL does not speak of', () => {
  const directive =
    'directive @cacheControl(maxAge: Int, scope: S, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION enum S { PUBLIC PRIVATE }';
  const schema = buildPlainSchema(`${directive}
    type Query {
      open: Int
      counted: Int @cacheControl(maxAge: 5)
      bare: Bare
      bareWithAge: Bare @cacheControl(maxAge: 9)
      aged: Aged
      pet: Pet
      kept: Kept
      unsafe: Mixed
      part: Part
    }
    type Bare { a: Int }
    type Aged @cacheControl(maxAge: 50) { a: Int short: Int @cacheControl(maxAge: 3) mine: Int @cacheControl(scope: PRIVATE) part: Part next: Aged }
    type Part @cacheControl(inheritMaxAge: true) { a: Int never: Int @cacheControl(maxAge: 0) }
    interface Pet { name: Int }
    type Cat implements Pet @cacheControl(maxAge: 20) { name: Int }
    type Dog implements Pet @cacheControl(maxAge: 30) { name: Int @cacheControl(maxAge: 10) }
    union Kept = Cat | Aged
    union Mixed = Cat | Bare
  `);
  test.each([
    ['{ open }', 'never: Query.open has no @cacheControl'],
    ['{ counted }', '5 s'],
    ['{ bare { a } }', 'never: neither Query.bare nor Bare has a @cacheControl that tells an age'],
    ['{ bareWithAge { a } }', '9 s'],
    ['{ aged { a } counted }', '5 s'],
    ['{ aged { short } }', '3 s'],
    ['{ aged { mine } }', '50 s, private'],
    ['{ aged { part { a } } }', '50 s'],
    ['{ aged { part { never } } }', 'never: Part.never is never kept'],
    ['{ part { a } }', 'never: neither Query.part nor Part has a @cacheControl that tells an age'],
    ['{ pet { __typename } }', '20 s'],
    ['{ pet { name } }', '10 s'],
    ['{ pet { ... on Dog { name } } }', '10 s'],
    ['{ kept { ... on Aged { a } } }', '20 s'],
    [
      '{ unsafe { ... on Cat { name } } }',
      'never: neither Query.unsafe nor Bare has a @cacheControl that tells an age',
    ],
  ])('%s: %s', (source, expected) => {
    expect(summary(decide(source, schema))).toBe(expected);
  });

  test('fragments that spread each other thirty levels deep, twice each, are walked once', () => {
    const fragments = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Aged { next { ...F${n + 1} } n2: next { ...F${n + 1} } }`,
    );
    const source = `{ aged { ...F0 } } ${fragments.join(' ')} fragment F30 on Aged { short }`;
    expect(summary(decide(source, schema))).toBe('3 s');
  });

  test('fragments in a circle, which validation refuses later, end', () => {
    expect(summary(decide('{ aged { ...A } } fragment A on Aged { a ...A }', schema))).toBe('50 s');
  });
});
