import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let one: TestGateway;
let other: TestGateway;
let admin: Record<string, string>;

beforeAll(async () => {
  one = await startTestGateway({ responseCacheBytes: 1_000_000 });
  other = await startTestGateway({
    settings: {
      DATABASE_URL: one.database?.url ?? '',
      SALESFORCE_LOGIN_URL: one.salesforce.url,
      SALESFORCE_CLIENT_ID: one.salesforce.clientId,
      SALESFORCE_CLIENT_SECRET: one.salesforce.clientSecret,
      JIRA_BASE_URL: one.jira.url,
      JIRA_EMAIL: one.jira.email,
      JIRA_API_TOKEN: one.jira.apiToken,
    },
    responseCacheBytes: 1_000_000,
  });
  admin = await one.as('ADMIN');
});
afterAll(async () => {
  await other?.close();
  await one?.close();
});

const mutation =
  'mutation Invalidate($input: InvalidateCacheInput!) { invalidateCache(input: $input) { invalidated } }';
const invalidate = (input: unknown, headers = admin) => one.query(mutation, { input }, headers);
const requests = () => one.salesforce.rows('PS_Request__c').filter(({ IsDeleted }) => IsDeleted !== true);
const idAt = (place: number): string => String(requests()[place]?.Id);
const ask = (gateway: TestGateway, place: number) =>
  gateway.query('query ($id: ID!) { psRequest(id: $id) { product } }', { id: idAt(place) });
const askJira = (gateway: TestGateway) => gateway.query('{ jiraIssue(key: "PSD-1") { summary } }');

describe('invalidateCache', () => {
  test.each([
    ['its id', (place: number) => `PsRequest:${idAt(place)}`],
    ['its id of 15 characters', (place: number) => `PsRequest:${idAt(place).slice(0, 15)}`],
    ['its type', () => 'PsRequest'],
  ])('has one record read again in both instances by %s, and nothing of Jira', async (_by, tag) => {
    for (const gateway of [one, other]) await Promise.all([ask(gateway, 0), askJira(gateway)]);
    one.clearCalls();
    const answer = await invalidate({ tags: [tag(0)] });
    expect(answer.errors).toEqual([]);
    expect(answer.data.invalidateCache.invalidated).toBeGreaterThanOrEqual(1);
    await Promise.all([ask(one, 0), askJira(one)]);
    expect(one.salesforce.calls.count('/data/')).toBe(1);
    await expect
      .poll(async () => [await ask(other, 0), one.salesforce.calls.count('/data/')].at(-1), { timeout: 1_000 })
      .toBeGreaterThanOrEqual(1);
    await askJira(other);
    expect(one.jira.calls.count()).toBe(0);
  });

  test('of a source has everything of it read again in both instances, and nothing of another', async () => {
    for (const gateway of [one, other]) await Promise.all([ask(gateway, 1), askJira(gateway)]);
    one.clearCalls();
    expect((await invalidate({ source: 'JIRA' })).errors).toEqual([]);
    await askJira(one);
    expect(one.jira.calls.count('bulkfetch')).toBe(1);
    await expect
      .poll(async () => [await askJira(other), one.jira.calls.count('bulkfetch')].at(-1), { timeout: 1_000 })
      .toBe(2);
    for (const gateway of [one, other]) await ask(gateway, 1);
    expect(one.salesforce.calls.count('/data/')).toBe(0);
  });

  test('of PostgreSQL lets a change past the gateway be seen in the next answer', async () => {
    const names = async (): Promise<string[]> =>
      (await one.query('{ mentors(first: 200) { nodes { name } } }')).data.mentors.nodes.map(
        ({ name }: { name: string }) => name,
      );
    await names();
    await one.database?.query('update mentors set name = $1 where id = (select min(id) from mentors)', ['Renamed']);
    expect(await names()).not.toContain('Renamed');
    expect((await invalidate({ source: 'POSTGRES' })).errors).toEqual([]);
    expect(await names()).toContain('Renamed');
  });

  test('leaves other records as they are', async () => {
    await Promise.all([ask(one, 2), ask(one, 3)]);
    await invalidate({ tags: [`PsRequest:${idAt(2)}`] });
    one.clearCalls();
    await ask(one, 3);
    expect(one.salesforce.calls.count('/data/')).toBe(0);
  });

  test.each([
    ['neither tags nor source', {}],
    ['both of them', { tags: ['PsRequest'], source: 'JIRA' }],
    ['no tag at all', { tags: [] }],
    ['more than a thousand tags', { tags: Array.from({ length: 1_001 }, (_, place) => `PsRequest:${place}`) }],
    ['a type that there is not', { tags: ['PSRequest:1'] }],
    ['a type that is not kept', { tags: ['Viewer'] }],
    ['what is no tag', { tags: ['source:JIRA'] }],
    ['a record of Salesforce by its number, under which it may not be known', { tags: ['PsRequest:PSR-00001'] }],
    ['text that could be anything', { tags: ['PsRequest:a b'] }],
  ])('refuses %s and invalidates nothing', async (_what, input) => {
    await ask(one, 4);
    one.clearCalls();
    const answer = await invalidate(input);
    expect(answer.data.invalidateCache).toBeNull();
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    await ask(one, 4);
    expect(one.salesforce.calls.count('/data/')).toBe(0);
  });

  test.each(['VIEWER', 'ANALYST', 'OPERATOR'] as const)('is refused to the role %s', async (role) => {
    const answer = await invalidate({ source: 'JIRA' }, await one.as(role));
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});
