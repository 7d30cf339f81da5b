import { createHash } from 'node:crypto';
import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { type OperationSubject, subjectOf } from '../../../../src/gateway/audit/operation-subject.ts';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';
import { toGlobalId } from '../../../../src/platform/global-id.ts';

const schema = buildSchema(readSchemaDocuments(), []);

function subject(document: string, variables: Record<string, unknown> = {}): OperationSubject {
  const found = subjectOf(schema, parse(document), null, variables);
  if (!found) throw new Error('It is said that this will be refused.');
  return found;
}

test('one field with bad arguments takes neither its own name nor the other fields from the log', () => {
  expect(
    subject('query ($v: ID = "x") { p: account(id: $v) { id } e: auditLog { nodes { id } } }', { v: null }),
  ).toMatchObject({
    type: 'query',
    fields: [
      { responseName: 'p', field: 'account', resourceType: 'Account', resourceId: null },
      { responseName: 'e', field: 'auditLog', isSensitive: true },
    ],
  });
  const change = `mutation ($v: RevokeSessionInput = { id: "x" }) {
    revokeSession(input: $v) { __typename } e: invalidateCache(input: { tags: ["Project"] }) { invalidated }
  }`;
  expect(subject(change, { v: null })).toMatchObject({
    type: 'mutation',
    fields: [{ field: 'revokeSession' }, { field: 'invalidateCache', resourceId: 'Project' }],
  });
});

test('an entry of the log is found among any number of ids and representations', () => {
  const [case_, entry] = [toGlobalId('Case', '500000000000001'), toGlobalId('AuditEntry', '7')];
  const isSensitive = (document: string, variables: Record<string, unknown> = {}) =>
    subject(document, variables).fields.map((field) => field.isSensitive);
  expect(isSensitive('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [case_, entry] })).toEqual([true]);
  expect(isSensitive('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [case_, case_] })).toEqual([false]);
  expect(isSensitive(`{ node(id: "${entry}") { id } }`)).toEqual([true]);
  const entities = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } _service { sdl } }';
  const [cases, entries] = [
    { __typename: 'Case', id: case_ },
    { __typename: 'AuditEntry', id: entry },
  ];
  expect(isSensitive(entities, { r: [cases, entries] })).toEqual([true, false]);
  expect(isSensitive(entities, { r: [cases] })).toEqual([false, false]);
});

test('ids of one type are told as they are, and of several types without one', () => {
  const [first, second] = [toGlobalId('Case', '500000000000001'), toGlobalId('Case', '500000000000002')];
  const about = (ids: string[]) =>
    subject('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }).fields.map(({ resourceType, resourceId }) => [
      resourceType,
      resourceId,
    ])[0];
  expect(about([first, second])).toEqual(['Case', '500000000000001 500000000000002']);
  expect(about([first, toGlobalId('Mentor', '1')])).toEqual(['Node', `${first} ${toGlobalId('Mentor', '1')}`]);
});

test('representations tell their records by whatever key they have', () => {
  const about = (...r: object[]) => {
    const entities = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
    const [{ resourceType, resourceId } = {}] = subject(entities, { r }).fields;
    return [resourceType, resourceId];
  };
  const request = { __typename: 'PsRequest', number: 'psr-00042' };
  expect(about(request, { __typename: 'PsRequest', salesforceId: 'a0X000000000001AAA' })).toEqual([
    'PsRequest',
    'PSR-00042 a0X000000000001AAA',
  ]);
  const users = ['5b10:1', '5b10:2'].map((accountId) => ({ __typename: 'JiraUser', accountId }));
  expect(about(...users)).toEqual(['JiraUser', '5b10:1 5b10:2']);
  const issue = { __typename: 'JiraIssue', key: 'PSD-7', id: toGlobalId('JiraIssue', '10007') };
  expect(about(issue)).toEqual(['JiraIssue', '10007 PSD-7']);
  expect(about(issue, request)).toEqual([null, `${issue.id} PSD-7 psr-00042`]);
  expect(about({ __typename: 'JiraIssue', key: 'ada canary' })).toEqual(['JiraIssue', null]);
});

test('of any number of records as many are told as there is room for, how many more there are, and which by a hash', () => {
  const ids = Array.from({ length: 500 }, (_, n) => String(500_000_000_000_000 + n));
  const about = (some: readonly string[]) =>
    subject('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: some.map((id) => toGlobalId('Case', id)) })
      .fields[0]?.resourceId ?? '';
  expect(about(ids.slice(0, 100)).split(' ')).toEqual(ids.slice(0, 100));
  const told = about(ids);
  expect(told.length).toBeLessThanOrEqual(1_900);
  const [, first = '', more, hash] = /^(.*) \+(\d+) sha256:([0-9a-f]{64})$/.exec(told) ?? [];
  expect(first.split(' ')).toEqual(ids.slice(0, 500 - Number(more)));
  expect(hash).toBe(createHash('sha256').update(ids.join(' ')).digest('hex'));
});

test('records that several root fields name are told together, and each leads to the entry', () => {
  const told = (document: string) => {
    const { resourceType, resourceId, names } = subject(document).records;
    return [resourceType, resourceId, names];
  };
  const requests =
    '{ a: psRequest(id: "PSR-1") { id } all: mentors { nodes { id } } b: psRequest(id: "psr-2") { id } }';
  expect(told(requests)).toEqual(['PsRequest', 'PSR-00001 PSR-00002', ['PSR-00001', 'PSR-00002']]);
  const same = '{ a: psRequest(id: "PSR-1") { id } b: psRequest(id: "psr-00001") { id } __typename }';
  expect(told(same)).toEqual(['PsRequest', 'PSR-00001', []]);
  const [one, two] = [toGlobalId('Case', '500000000000001'), toGlobalId('Case', '500000000000002')];
  const mixed = `{ j: jiraIssue(key: "psd-7") { id } c: node(id: "${one}") { id } l: nodes(ids: ["${one}", "${two}"]) { id } }`;
  expect(told(mixed)).toEqual(['Node', `PSD-7 ${one} ${two}`, ['PSD-7', '500000000000001']]);
  expect(told('{ viewer { id } mentors { nodes { id } } }')).toEqual([null, null, []]);
  const many = Array.from({ length: 100 }, (_, n) => `a${n}: jiraIssue(key: "PROJECT_OF_SOMEBODY-${n}") { id }`);
  const [, text = '', names = []] = told(`{ ${many.join(' ')} }`) as [string, string, string[]];
  expect(text).toMatch(/ \+\d+ sha256:[0-9a-f]{64}$/);
  expect(text.length).toBeLessThanOrEqual(1_900);
  expect(names).toHaveLength(100);
});

test('blanks around a name hide no record, and what is not kept is counted', () => {
  const first = (document: string, variables: Record<string, unknown> = {}) =>
    subject(document, variables).fields[0]?.resourceId;
  expect(first('{ jiraIssue(key: " PSD-7\\t") { id } }')).toBe('PSD-7');
  expect(first('{ psRequest(id: " psr-42 ") { id } }')).toBe('PSR-00042');
  const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const [one, address] = [toGlobalId('Case', '500000000000001'), 'ada.canary@corp.example'];
  expect(first(nodes, { ids: [address, ` ${one}`, 'ada canary'] })).toBe('500000000000001 +2 withheld');
  expect(first(nodes, { ids: [address, address] })).toBe('+2 withheld');
  const many = Array.from({ length: 500 }, (_, n) => toGlobalId('Case', String(500_000_000_000_000 + n)));
  expect(first(nodes, { ids: [address, ...many] })).toMatch(/ \+\d+ sha256:[0-9a-f]{64} \+1 withheld$/);
});

test.for([
  ['an address', 'ada.canary@corp.example'],
  ['a person', toGlobalId('Person', 'ada.canary@corp.example')],
  ['a person without an address', toGlobalId('Person', 'ada.canary')],
  ['a viewer', toGlobalId('Viewer', 'ada.canary')],
  ['an address as the id of a record', toGlobalId('Case', 'ada.canary@corp.example')],
  ['a type that there is not', toGlobalId('Adacanary', '1')],
  ['words', Buffer.from('Person:ada canary says hello').toString('base64url')],
  ['words in other letters', Buffer.from('Person:ada canary says hello?!').toString('base64')],
])('%s in the place of an id is not kept', ([, id]) => {
  const asked = [
    subject('query ($id: ID!) { account(id: $id) { id } }', { id }),
    subject('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [id] }),
    subject('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', {
      r: [{ __typename: 'Case', id }],
    }),
  ];
  expect(asked.map(({ fields }) => fields[0]?.resourceId)).toEqual([null, null, null]);
  expect(asked.map(({ fields }) => fields[0]?.resourceType)).toEqual(['Account', 'Node', 'Case']);
});

test('lists that are longer than any field takes are not read, and hide nothing that is sensitive', () => {
  const ids = Array.from({ length: 1_001 }, (_, n) => toGlobalId('Case', String(500_000_000_000_000 + n)));
  const nodes = (some: readonly string[]) =>
    subject('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: some }).fields[0];
  expect(nodes(ids.slice(1))).toMatchObject({ resourceType: 'Case', isSensitive: false });
  expect(nodes(ids)).toMatchObject({ field: 'nodes', resourceType: 'Node', resourceId: null, isSensitive: true });
  const r = ids.map((id) => ({ __typename: 'Case', id }));
  const entities = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
  expect(subject(entities, { r }).fields[0]).toMatchObject({ resourceId: null, isSensitive: true });
});

test('more fields than anybody looks for do not hide the last', () => {
  const many = Array.from({ length: 1_500 }, (_, n) => `a${n}: __typename`).join(' ');
  expect(subject(`{ ${many} auditLog { nodes { id } } }`).fields.at(-1)).toMatchObject({ field: 'auditLog' });
});

test('a mutation tells the type of its record, whatever becomes of it, and nobody by a name that may be refused', () => {
  const document = `mutation {
    erasePerson(input: { userIdentifier: "maya@example.com", reason: "asked" }) { __typename }
    exportPerson(input: { userIdentifier: "maya@example.com" }) { rows }
    createSession { __typename }
    signOut { __typename }
  }`;
  const told = subject(document).fields.map(({ field, resourceType, resourceId }) => [field, resourceType, resourceId]);
  expect(told).toEqual([
    ['erasePerson', 'Person', null],
    ['exportPerson', 'Person', null],
    ['createSession', 'Session', null],
    ['signOut', 'Session', null],
  ]);
});
