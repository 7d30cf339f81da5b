import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { type AskedRequest, KnownSubjects } from '../../../../src/gateway/audit/known-subjects.ts';
import { DocumentDesk } from '../../../../src/gateway/documents/document-desk.ts';
import { TrustedSet } from '../../../../src/gateway/documents/trusted-set.ts';
import { openLimits } from '../../../../src/gateway/limits/open-limits.ts';
import { loadConfig } from '../../../../src/platform/config.ts';

const schema = buildSchema('type Query { viewer: String }');
const search = '?query=%7Bviewer%7D';
const get: AskedRequest = { isPost: false, search, bodyText: '', parsed: () => undefined };
/** The text of somebody's query string, sent as a body. */
const post = {
  isPost: true,
  search: '',
  bodyText: search,
  parsed: (): unknown => {
    throw new SyntaxError('no JSON');
  },
};
const limits = () => openLimits({ schema, settings: loadConfig({}).operations });

it('a body that reads like the query string of others takes nothing from them at the gate', () => {
  const { gate } = limits();
  const admit = (asked: AskedRequest) =>
    gate.admit({ method: asked.isPost ? 'POST' : 'GET', headers: {} }, asked, ['VIEWER']).rootFields;
  expect(() => admit({ ...post, parsed: () => [] })).toThrow('not taken in batches');
  expect(admit(get)).toEqual(['viewer']);
  expect(() => admit({ ...post, parsed: () => [] })).toThrow('not taken in batches');
});

it('nor at the desk of trusted documents', () => {
  const { judge, parsed } = limits();
  const desk = new DocumentDesk({
    mode: 'safelist',
    trusted: new TrustedSet([]),
    parsed,
    judge,
    free: { note: () => undefined },
    onOutcome: () => undefined,
  });
  expect(desk.admit({ ...post, parsed: () => ({}) }, {}).bodyText).toBe(search);
  expect(() => desk.admit(get, {})).toThrow(expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED' }));
});

it('nor from what the audit log tells of them', () => {
  const subjects = new KnownSubjects(schema, limits().parsed);
  expect(subjects.of(post)?.fields ?? []).toEqual([]);
  expect(subjects.of(get)?.fields).toMatchObject([{ field: 'viewer' }]);
});
