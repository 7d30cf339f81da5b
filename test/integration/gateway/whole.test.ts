import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstQueries } from '../../../src/gateway/explorers/first-queries.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  await gateway.close();
});

describe('the queries that the start prints', () => {
  test.each(firstQueries)('$title', async ({ document }) => {
    const { status, data, errors } = await gateway.query(document);
    expect(status).toBe(200);
    expect(errors).toEqual([]);
    for (const value of Object.values(data as Record<string, unknown>)) expect(value).not.toBeNull();
  });
});

describe('node and nodes', () => {
  test('find again every type of record that the graph gives out', async () => {
    const { data, errors } = await gateway.query(`{
      psRequests(first: 20) { nodes { id account { id } project { id } owner { id } steps { id } cases { id } validationResults { id } } }
      jiraIssues(first: 20) { nodes { id project { id } assignee { id } } }
      validationRuns(first: 1) { nodes { id } }
      mentors(first: 1) { nodes { id assessments(first: 1) { nodes { id } } } }
    }`);
    expect(errors).toEqual([]);
    const found = [...JSON.stringify(data).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id ?? '');
    const byType = new Map(found.map((id) => [Buffer.from(id, 'base64url').toString().split(':')[0] ?? '', id]));
    expect([...byType.keys()].sort()).toEqual([
      'Account',
      'Assessment',
      'Case',
      'DeploymentStep',
      'JiraIssue',
      'JiraProject',
      'JiraUser',
      'Mentor',
      'Project',
      'PsRequest',
      'SalesforceUser',
      'ValidationResult',
      'ValidationRun',
    ]);
    const ids = [...byType.values()];
    const again = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
    expect(again.errors).toEqual([]);
    expect(again.data.nodes).toEqual([...byType].map(([__typename, id]) => ({ __typename, id })));
  });

  test('an id that this graph did not make is refused without any call', async () => {
    gateway.clearCalls();
    const { data, errors } = await gateway.query('{ node(id: "bm9uc2Vuc2U") { id } }');
    expect(data.node).toBeNull();
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(gateway.salesforce.calls.count() + gateway.jira.calls.count()).toBe(0);
  });
});

describe('federation', () => {
  test('references of many types are resolved in batches, in the order of the references', async () => {
    const { data } = await gateway.query(`{
      psRequests(first: 30) { nodes { number salesforceId account { salesforceId } } }
      jiraIssues(first: 30) { nodes { key } }
    }`);
    const requests = data.psRequests.nodes as { number: string; salesforceId: string }[];
    const representations = [
      ...requests.map(({ number }) => ({ __typename: 'PsRequest', number })),
      ...requests.map(({ salesforceId }) => ({ __typename: 'PsRequest', salesforceId })),
      ...data.jiraIssues.nodes.map(({ key }: { key: string }) => ({ __typename: 'JiraIssue', key })),
    ];
    gateway.clearCalls();
    const answer = await gateway.query(
      `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on PsRequest { number status } ... on JiraIssue { key summary } }
      }`,
      { representations },
    );
    expect(answer.errors).toEqual([]);
    expect(
      answer.data._entities.map((entity: { number?: string; key?: string }) => entity.number ?? entity.key),
    ).toEqual([
      ...requests.map(({ number }) => number),
      ...requests.map(({ number }) => number),
      ...data.jiraIssues.nodes.map(({ key }: { key: string }) => key),
    ]);
    expect(gateway.salesforce.calls.billed()).toBeLessThanOrEqual(2);
    expect(gateway.jira.calls.count()).toBe(1);
  });

  test('the subgraph tells its own SDL, with its keys', async () => {
    const { data } = await gateway.query('{ _service { sdl } }');
    expect(data._service.sdl).toContain('@key(fields: "salesforceId")');
  });
});

describe('the explorers', () => {
  test('GraphiQL refers to nothing outside of this gateway', async () => {
    const page = await fetch(`${gateway.url}/graphiql`);
    const html = await page.text();
    expect(html).not.toMatch(/(?:src|href)="(?!\/|data:)/);
    expect(page.headers.get('content-security-policy')).not.toContain('http');
    const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(paths.length).toBeGreaterThan(1);
    const startScript = await (await fetch(`${gateway.url}/graphiql/start.js`)).text();
    expect(startScript).not.toMatch(/https?:/);
    const workers = ['editor', 'json', 'graphql'].map((name) => `/graphiql/worker-${name}.js`);
    for (const path of [...paths, ...workers, '/graphiql/graphiql.js']) {
      const file = await fetch(gateway.url + path);
      expect(file.status, path).toBe(200);
      expect((await file.text()).length, path).toBeGreaterThan(100);
    }
  });

  test('files are kept by the browser and asked for again only in passing', async () => {
    const first = await fetch(`${gateway.url}/graphiql/start.js`);
    expect(first.headers.get('cache-control')).toContain('max-age');
    const again = await fetch(`${gateway.url}/graphiql/start.js`, {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  test('`/` is Apollo Sandbox for a browser, which names the way out when it can not load', async () => {
    const page = await fetch(gateway.url, { headers: { accept: 'text/html,application/xhtml+xml' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('href="/graphiql"');
    const script = await (await fetch(`${gateway.url}/sandbox.js`)).text();
    expect(script).toContain('onerror');
    expect(script).toContain("location.origin + '/graphql'");
  });

  test('`/` is a list of paths for a program', async () => {
    const response = await fetch(gateway.url);
    expect(await response.json()).toMatchObject({ graphql: '/graphql', readyz: '/readyz' });
  });
});

describe('operations', () => {
  test('/metrics tells requests, operations, calls and pools', async () => {
    await gateway.query(
      '{ psRequest(id: "PSR-00042") { number jiraIssues { key } } mentors(first: 1) { nodes { name } } }',
    );
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    for (const expected of [
      /^process_resident_memory_bytes /m,
      /^http_requests_total\{path="\/graphql",status="200"\} \d/m,
      /^graphql_operations_total\{type="query",outcome="ok"\} \d/m,
      /^upstream_call_duration_seconds_count\{source="SALESFORCE",operation="\w+",outcome="ok"\} \d/m,
      /^upstream_call_duration_seconds_count\{source="JIRA",operation="\w+",outcome="ok"\} \d/m,
      /^database_pool_connections\{pool="oltp",state="idle"\} \d/m,
    ])
      expect(text).toMatch(expected);
  });

  test('/livez and /readyz say that all is well', async () => {
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    const ready = await fetch(`${gateway.url}/readyz`);
    expect(ready.status).toBe(200);
    const { status, dependencies } = (await ready.json()) as { status: string; dependencies: { name: string }[] };
    expect(status).toBe('ready');
    expect(dependencies.map(({ name }) => name)).toEqual([
      'postgres',
      'salesforce',
      'jira',
      'redis',
      'cache',
      'identity',
    ]);
  });
});

describe('who asks', () => {
  test('a request without a token has the anonymous role, one with a token its own', async () => {
    expect((await gateway.query('{ viewer { id roles } }')).data.viewer.id).toBe('anonymous');
    const admin = await gateway.query('{ viewer { roles } }', {}, await gateway.as('ADMIN'));
    expect(admin.data.viewer.roles).toContain('ADMIN');
  });

  test('a token that is not good is 401, with a hint how to authenticate', async () => {
    const answer = await gateway.query('{ viewer { id } }', {}, { authorization: 'Bearer nonsense' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
