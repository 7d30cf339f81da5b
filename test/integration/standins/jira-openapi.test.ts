import { readFileSync } from 'node:fs';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JiraStandIn, startJiraStandIn } from '../../../src/standins/jira/server.ts';
import { jiraHttp } from '../../support/jira-http.ts';
import { paragraph } from '../../support/small-jira-site.ts';

const openApi: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('../../recordings/jira/openapi-subset.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(openApi, 'jira');

/** What is wrong with an answer by the official schema of its operation; throws when the document has no such schema. */
function mismatches(method: string, path: string, status: number, body: unknown): unknown {
  const pointer = [
    'paths',
    `/rest/api/3${path}`,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
  ];
  const validate = ajv.compile({
    $ref: `jira#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`,
  });
  validate(body);
  return validate.errors;
}

let standIn: JiraStandIn;
beforeAll(async () => {
  standIn = await startJiraStandIn();
});
afterAll(() => standIn.close());

const manyKeys = Array.from({ length: 100 }, (_, index) => `PSD-${index + 1}`);
const everything = {
  jql: 'project is not empty',
  fields: ['*all'],
  expand: 'names,schema,renderedFields,transitions',
  maxResults: 100,
};

/** Requests over the whole generated company: operation, what follows its path, body, status. */
const requests: readonly (readonly [
  method: string,
  operation: string,
  path: string,
  status: number,
  body?: unknown,
])[] = [
  ['GET', '/search/jql', '/search/jql?jql=project%20%3D%20PSD', 200],
  ['POST', '/search/jql', '/search/jql', 200, everything],
  ['POST', '/search/approximate-count', '/search/approximate-count', 200, { jql: 'status = Done' }],
  [
    'POST',
    '/issue/bulkfetch',
    '/issue/bulkfetch',
    200,
    { issueIdsOrKeys: manyKeys, fields: ['*all'], expand: ['names', 'schema', 'transitions'] },
  ],
  ['GET', '/issue/{issueIdOrKey}', '/issue/PSD-1', 200],
  ['GET', '/issue/{issueIdOrKey}', '/issue/PSD-1?expand=names,schema,renderedFields,transitions', 200],
  ['GET', '/issue/{issueIdOrKey}/comment', '/issue/PSD-1/comment?expand=renderedBody', 200],
  ['POST', '/issue/{issueIdOrKey}/comment', '/issue/PSD-1/comment', 201, { body: paragraph('Looks good') }],
  ['GET', '/issue/{issueIdOrKey}/comment/{id}', '/issue/PSD-1/comment/20001', 200],
  [
    'POST',
    '/issue/{issueIdOrKey}/comment',
    '/issue/PSD-2/comment',
    201,
    { body: paragraph('Marked'), properties: [{ key: 'mark', value: { id: 1 } }] },
  ],
  ['GET', '/issue/{issueIdOrKey}/transitions', '/issue/PSD-1/transitions', 200],
  ['GET', '/issue/{issueIdOrKey}', '/issue/PSD-1?fields=status&expand=transitions,changelog', 200],
  ['POST', '/comment/list', '/comment/list?expand=properties', 200, { ids: [20_001] }],
  ['POST', '/comment/list', '/comment/list', 200, { ids: Array.from({ length: 1000 }, (_, index) => 10_000 + index) }],
  ['GET', '/user/bulk', '/user/bulk?accountId=nobody&maxResults=50', 200],
  ['GET', '/user/search', '/user/search?query=', 200],
  ['GET', '/myself', '/myself', 200],
  ['GET', '/field', '/field', 200],
  ['GET', '/project/search', '/project/search?expand=lead&maxResults=2', 200],
  ['GET', '/project/{projectIdOrKey}', '/project/PSD', 200],
  ['GET', '/status', '/status', 200],
  ['GET', '/priority', '/priority', 200],
  ['GET', '/serverInfo', '/serverInfo', 200],
  [
    'POST',
    '/issue',
    '/issue',
    201,
    { fields: { project: { key: 'OPS' }, issuetype: { name: 'Bug' }, summary: 'New' } },
  ],
  ['POST', '/issue', '/issue', 400, { fields: { project: { key: 'NOPE' } } }],
];

describe('answers of the Jira stand-in', () => {
  it.each(requests.map(([method, operation, path, status, body]) => ({ method, operation, path, status, body })))(
    'to $method $operation validate against the official OpenAPI: $path → $status',
    async ({ method, operation, path, status, body }) => {
      const answer = await jiraHttp(standIn)(method, path, body);
      expect(answer.status).toBe(status);
      expect(mismatches(method, operation, status, answer.body)).toBeNull();
    },
  );

  it('about every user of the company validate, alone and in bulk', async () => {
    const { body } = await jiraHttp(standIn)('GET', '/user/search?query=&maxResults=1000');
    const accountIds = (body as { accountId: string }[]).map(({ accountId }) => accountId);
    expect(accountIds.length).toBeGreaterThan(10);
    const bulk = await jiraHttp(standIn)(
      'GET',
      `/user/bulk?maxResults=200&${accountIds.map((id) => `accountId=${id}`).join('&')}`,
    );
    expect(bulk.body).toMatchObject({ total: accountIds.length, isLast: true });
    expect(mismatches('GET', '/user/bulk', 200, bulk.body)).toBeNull();
    const one = await jiraHttp(standIn)('GET', `/user?accountId=${accountIds[0]}`);
    expect(mismatches('GET', '/user', 200, one.body)).toBeNull();
  });

  it('are really checked: a wrong type and an unknown property are found', () => {
    expect(mismatches('GET', '/search/jql', 200, { issues: [], isLast: 'yes' })).not.toBeNull();
    expect(mismatches('GET', '/myself', 200, { accountId: 'a', nickname: 'b' })).not.toBeNull();
  });
});
