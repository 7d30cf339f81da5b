import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CacheExpectation } from '../../../../src/gateway/explain/cache-expectation.ts';
import { RecentCacheUse } from '../../../../src/gateway/explain/cache-expectation.ts';
import { OperationPlanner } from '../../../../src/gateway/explain/plan-operation.ts';
import { resolverMaps } from '../../../../src/gateway/resolvers.ts';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';

const schema = buildSchema(readSchemaDocuments(), resolverMaps(true));
const nothingCached: CacheExpectation = { mayServe: () => false, shareOf: () => null };
const everythingCached: CacheExpectation = { mayServe: () => true, shareOf: () => 0.6 };

function plan(text: string, cache: CacheExpectation) {
  const document = parse(text);
  const [operation] = document.definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('The document has no operation.');
  return new OperationPlanner(schema, cache).plan({
    document,
    operation,
    variables: {},
    viewer: { roles: ['VIEWER', 'OPERATOR'] },
  });
}

const read =
  '{ psRequests { nodes { number account { name } } } jiraIssue(key: "PSD-1") { key } validationRules { id } }';

describe('what the caches are expected to do', () => {
  it('is unknown and saves nothing while there is no cache', () => {
    const { sources } = plan(read, nothingCached);
    expect([sources.SALESFORCE.calls, sources.JIRA.calls, sources.POSTGRES.calls]).toEqual([
      { min: 1, cold: 1, max: 2 },
      { min: 1, cold: 1, max: 1 },
      { min: 3, cold: 3, max: 3 },
    ]);
    expect(sources.SALESFORCE.expectedFromCache).toBeNull();
  });

  it('makes the least that reads cost nothing, and tells the share that is expected', () => {
    const { sources } = plan(read, everythingCached);
    expect([sources.SALESFORCE.calls.min, sources.JIRA.calls.min, sources.POSTGRES.calls.min]).toEqual([0, 0, 0]);
    expect([sources.SALESFORCE, sources.JIRA, sources.POSTGRES].map((source) => source.expectedFromCache)).toEqual([
      0.6, 0.6, 0.6,
    ]);
  });

  it('makes the most that reads cost more, because a record may be cached without those it refers to', () => {
    expect(plan(read, everythingCached).sources.SALESFORCE.calls.max).toBe(3);
  });

  it('never counts on a cache for what changes something', () => {
    const input = '{ assessments: [{ mentorId: "TWVudG9yOjE", psRequestNumber: "PSR-00001", score: 3 }] }';
    const { POSTGRES } = plan(`mutation { submitAssessments(input: ${input}) { created } }`, everythingCached).sources;
    expect(POSTGRES).toMatchObject({ calls: { min: 3, max: 3 }, expectedFromCache: 0 });
  });

  it('follows the hits of the latest operations, for loaders with a cache only', () => {
    const line = { source: 'JIRA', rows: () => ({ most: 1 }), most: () => ({ rounds: [1] }) } as const;
    const use = new RecentCacheUse([
      { ...line, loader: 'jira.issueByKey', cached: true },
      { ...line, loader: 'assessments.mentors' },
    ]);
    expect(use.shareOf('jira.issueByKey')).toBeNull();
    use.observe({ hits: 0, misses: 0 });
    expect(use.shareOf('jira.issueByKey')).toBeNull();
    for (let n = 0; n < 10; n += 1) use.observe({ hits: 0, misses: 4 });
    expect(use.shareOf('jira.issueByKey')).toBe(0);
    for (let n = 0; n < 5_000; n += 1) use.observe({ hits: 3, misses: 1 });
    expect(use.shareOf('jira.issueByKey')).toBeCloseTo(0.75, 2);
    expect(use.shareOf('assessments.mentors')).toBeNull();
    expect([use.mayServe('jira.issueByKey'), use.mayServe('assessments.mentors')]).toEqual([true, false]);
  });
});
