import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, print } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildManifest, committedManifest } from '../../../scripts/trusted-documents.ts';
import { hashOf, manifestText, readManifest } from '../../../src/gateway/documents/manifest.ts';
import { readExamples } from '../../support/example.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'client-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** A project with these files, as the client `web`. */
function client(name: string, files: Readonly<Record<string, string>>): { name: string; path: string } {
  const path = join(directory, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return { name: 'web', path };
}

const namesOf = (text: string, client: string): string[] =>
  readManifest(text)
    .filter(({ clients }) => clients.includes(client))
    .map(({ name }) => name);

test('every example is in the manifest, under the hash of its text', () => {
  const { documents, problems } = buildManifest(null);
  expect(problems).toEqual([]);
  expect(documents).toHaveLength(readExamples().length);
  for (const { id, body } of documents) {
    expect(id).toBe(hashOf(body));
    expect(body).toBe(print(parse(body)));
  }
});

test('the manifest of the repository is what comes out when it is built anew', () => {
  const committed = committedManifest();
  expect(buildManifest(committed).text).toBe(committed);
});

describe('a client', () => {
  test('is read from its files of GraphQL and of code, fragments found across them', () => {
    const web = client('whole', {
      'src/card.ts':
        "import { gql } from '@apollo/client';\nexport const CARD = gql`fragment WebCard on PsRequest { number }`;\n",
      'src/list.tsx': [
        "import { gql } from '@apollo/client';",
        "import { CARD } from './card';",
        'export const LIST = gql`',
        '  query WebList { psRequests(first: 3) { nodes { ...WebCard } } }',
        `  \${CARD}`,
        '`;',
      ].join('\n'),
      'src/one.graphql': 'query WebOne($id: ID!) { psRequest(id: $id) { ...WebCard status } }',
      'src/unused.graphql': 'fragment Unused on Account { name }',
      'schema.graphql': 'type Query { anything: String }',
      'node_modules/lib/a.graphql': 'query Foreign { viewer { id } }',
    });
    const { text, problems } = buildManifest(null, [web]);
    expect(problems).toEqual([]);
    expect(namesOf(text, 'web')).toEqual(['WebList', 'WebOne']);
    const list = readManifest(text).find(({ name }) => name === 'WebList');
    expect(list?.body).toMatch(/^query WebList \{[\s\S]*fragment WebCard on PsRequest \{\n {2}number\n\}$/);
  });

  test("is read from the manifest that Apollo's tools have written", () => {
    const body = 'query Theirs {\n  viewer {\n    id\n    __typename\n  }\n}';
    const theirs = { id: hashOf(body), name: 'Theirs', type: 'query', body };
    const manifest = JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: [theirs] });
    const web = client('apollo', { 'persisted-query-manifest.json': manifest });
    for (const path of [web.path, join(web.path, 'persisted-query-manifest.json')]) {
      const { documents, problems } = buildManifest(null, [{ name: 'web', path }]);
      expect(problems).toEqual([]);
      expect(documents.find(({ id }) => id === hashOf(body))).toEqual({ ...theirs, clients: ['web'] });
    }
  });

  test('keeps its documents when others are built, loses them when it is forgotten, and shares those of others', () => {
    const shared = 'query Shared { viewer { id } }';
    const web = client('first', { 'a.graphql': `${shared} query Own { viewer { name } }` });
    const app = { name: 'app', path: client('second', { 'a.graphql': shared }).path };
    const { text } = buildManifest(buildManifest(null, [web]).text, [app]);
    expect(namesOf(text, 'web')).toEqual(['Own', 'Shared']);
    expect(readManifest(text).find(({ name }) => name === 'Shared')?.clients).toEqual(['app', 'web']);
    const without = buildManifest(text, [], ['web']).text;
    expect(namesOf(without, 'web')).toEqual([]);
    expect(namesOf(without, 'app')).toEqual(['Shared']);
    expect(buildManifest(without, [], ['app']).text).toBe(buildManifest(null).text);
  });
});

describe('what is wrong is named with file and line', () => {
  test.each([
    [
      'a field that is not there',
      'query Bad {\n  viewer {\n    nope\n  }\n}',
      /\.graphql:3: Cannot query field "nope"/,
    ],
    ['an operation without a name', '\n{ viewer { id } }', /\.graphql:2: The query has no name/],
    ['what is no GraphQL', 'query Bad {\n  viewer {', /\.graphql:2: Syntax Error/],
    ['a fragment that is nowhere', 'query Bad {\n viewer { ...Gone } }', /\.graphql:2: Unknown fragment "Gone"/],
    [
      'what breaks a limit',
      `query Bad {\n${'a: viewer { id } '.repeat(101)} }`,
      /\.graphql:1: The operation has 101 aliases/,
    ],
    ['nothing at all', 'fragment F on Account { name }', /there is no operation in it/],
  ])('%s', (what, text, problem) => {
    const web = client(what.replaceAll(' ', '-'), { 'a.graphql': text });
    const { problems } = buildManifest(null, [web]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test('in code, where the line is that of the file', () => {
    const code = "import { gql } from 'graphql-tag';\n\nconst q = gql`\n  query Bad {\n    viewer { nope }\n  }\n`;\n";
    expect(buildManifest(null, [client('code', { 'a.ts': code })]).problems).toEqual([
      expect.stringMatching(/a\.ts:5: Cannot query field "nope"/),
    ]);
  });

  test('a document that a change of the schema has broken, of a client that is somewhere else', () => {
    const body = 'query Old {\n  viewer {\n    gone\n  }\n}';
    const old = { id: hashOf(body), name: 'Old', type: 'query', body, clients: ['app'] } as const;
    expect(buildManifest(manifestText([old])).problems).toEqual([
      expect.stringMatching(/^trusted-documents\.json \(app\), Old: Cannot query field "gone"/),
    ]);
  });

  test('two fragments of one name', () => {
    const web = client('twice', {
      'a.graphql': 'fragment F on Viewer { id } query A { viewer { ...F } }',
      'b.graphql': '\nfragment F on Viewer { name }',
    });
    expect(buildManifest(null, [web]).problems).toEqual([
      expect.stringMatching(/b\.graphql:2: The fragment F is a different one in .*a\.graphql/),
    ]);
  });

  test('a place where nothing is', () => {
    expect(buildManifest(null, [{ name: 'web', path: '/nowhere/at/all' }]).problems).toEqual([
      '/nowhere/at/all: there is nothing here.',
    ]);
  });
});
