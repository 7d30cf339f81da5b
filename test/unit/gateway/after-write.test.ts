import { expect, test } from 'vitest';
import { tagsOfChanges } from '../../../src/cache/record-change.ts';
import { createAfterWrite } from '../../../src/gateway/after-write.ts';
import { memoryCache, readScope, ScriptedSource } from '../../support/cache-source.ts';

test('whoever wrote a record reads it as it is now, by any of its names, and its lists too', async () => {
  const source = new ScriptedSource().fill(2);
  source.names.set('first', 'a1');
  const { cache } = memoryCache();
  const nameOf = async (id: string): Promise<unknown> => {
    const [answer] = await cache.readRecords({ kind: source.kind, ids: [id], fields: ['Name'], scope: readScope() });
    return answer?.kind === 'found' ? answer.values.Name : answer?.kind;
  };
  const lists = {
    source: 'SALESFORCE',
    type: 'Account',
    name: 'all',
    freshness: 'default',
    maxListsPerFetch: 1,
    fetch: async () => new Map([['all', { kind: 'found' as const, ids: [...source.records.keys()] }]]),
  } as const;
  const listed = async () => {
    const [answer] = await cache.readLists({ kind: lists, keys: ['all'], fields: [], scope: readScope() });
    return answer?.kind === 'found' ? answer.ids : answer?.kind;
  };
  const afterWrite = createAfterWrite({
    invalidate: (tags, changes) => cache.invalidate(tags, changes),
    recentWrites: { add: () => expect.unreachable('This is no issue.') },
  });
  await Promise.all([nameOf('first'), nameOf('a2'), listed()]);
  source.records.set('a1', { Name: 'Written' });
  source.records.set('a3', { Name: 'Made' });
  expect(await nameOf('first')).toBe('Account 1');
  source.calls.length = 0;
  await afterWrite({ type: 'Account', id: 'a1', names: ['first'] });
  expect(await nameOf('first')).toBe('Written');
  expect(await listed()).toEqual(['a1', 'a2', 'a3']);
  expect(await nameOf('a2')).toBe('Account 2');
  expect(source.calls.length).toBe(1);
});

test('Jira’s search is told of issues that were written, before anything is read again', async () => {
  const order: string[] = [];
  const afterWrite = createAfterWrite({
    invalidate: async (_tags, changes) => void order.push(...tagsOfChanges(changes)),
    recentWrites: { add: (id) => void order.push(id) },
  });
  await afterWrite({ type: 'JiraIssue', id: '10001', names: ['PSD-7'] });
  expect(order).toEqual(['10001', 'JiraIssue:10001', 'JiraIssue:PSD-7', 'JiraIssue[]']);
});
