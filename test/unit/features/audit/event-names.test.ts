import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventNames } from '../../../../src/features/audit/event-names.ts';
import { mutationRecords } from '../../../../src/gateway/audit/mutation-records.ts';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';

const schema = buildSchema(readSchemaDocuments(), []);
const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
const rootFields = [...Object.keys(schema.getQueryType()?.getFields() ?? {}), ...mutations];
const files = globSync('src/**/*.ts', { exclude: ['src/generated/**'] }).map((path) => ({
  path,
  text: readFileSync(path, 'utf8'),
}));
const textOf = (chosen: typeof files): string => chosen.map(({ text }) => text).join('\n');
const source = textOf(files.filter(({ path, text }) => /audit/i.test(path) || text.includes('audit/')));

/** Actions as they stand in the code, with the type of their record where it stands beside them. */
const literals = [...source.matchAll(/\baction: '([^']+)'(?:,\s*resourceType: '(\w+)')?/g)].map(([, action, type]) => ({
  action: action ?? '',
  type,
}));
const constants = [...source.matchAll(/\b[A-Z]+_ACTION = '([^']+)'/g)].map(([, action]) => action ?? '');
/** `action: isLate ? … .resolved`: of what is written to the sources. */
const written = [
  ...textOf(files.filter(({ text }) => text.includes('implements SourceWrite'))).matchAll(
    /readonly operation = '(\w+)'/g,
  ),
].map(([, operation]) => operation ?? '');

test('every action that is no root field is listed, and every listed one can happen', () => {
  const used = [...literals.map(({ action }) => action), ...constants, ...resolved()];
  expect(new Set(used.filter((action) => !rootFields.includes(action)))).toEqual(new Set(eventNames));
});

test('an action is called as its mutation is, and its record is of the type that is told when it fails', () => {
  const typed = literals.filter(({ action, type }) => mutations.includes(action) && type !== undefined);
  expect(typed.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['createSession', 'revokeSession', 'revokeAllSessions', 'signOut', 'erasePerson']),
  );
  for (const { action, type } of typed) expect([action, mutationRecords.get(action)]).toEqual([action, type]);
  expect([...mutationRecords.keys()].toSorted()).toEqual(mutations.toSorted());
});

test('the documentation lists every action that is no root field', () => {
  const [, section = ''] = readFileSync('docs/audit.md', 'utf8').split('## What actions are called');
  const [table = ''] = section.split('\n## ');
  const documented = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  expect(documented.toSorted()).toEqual([...eventNames].toSorted());
});

function resolved(): string[] {
  return written.map((operation) => `${operation}.resolved`);
}
