import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { sendRaw } from '../../support/raw-http.ts';

const forged = '{"level":60,"msg":"forged by a client"}';
/** What would begin a line, a colour or a label of its own. */
const tricks: readonly string[] = [
  `a\r\n${forged}`,
  `a\n${forged}\n`,
  `a\u2028${forged}\u2029`,
  `a\u0085${forged}`,
  'a\u001b[2J\u001b[31m\u009b31m\u0007\u0008',
  `a","level":60,"msg":"forged by a client`,
  'a"} 1\nforged_metric{x="1',
  'a\\',
  '\u202egol\u202c\ufeff',
  'lone \ud800',
  'x'.repeat(900_000),
];
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { TRUSTED_DOCUMENTS: 'log' } });
});
afterAll(() => gateway.close());

/** One line of JSON for each event, short, and without a character that means something to who shows it. */
function expectPlainLines(): void {
  for (const text of gateway.logTexts) {
    expect(text.length).toBeLessThan(40_000);
    expect(text.endsWith('}\n')).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\ufeff]/);
    expect(JSON.parse(text)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
  }
  expect(gateway.logLines.filter(({ msg }) => String(msg).includes('forged'))).toEqual([]);
}

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('a client writes no line of the log', () => {
  test('by names, variables, documents and extensions', async () => {
    for (const trick of tricks) {
      for (const body of [
        { query: 'query A { viewer { id } }', operationName: trick },
        { query: 'query ($id: ID!) { psRequest(id: $id) { number } }', variables: { id: trick } },
        { query: 'query ($id: ID!) { psRequest(id: $id) { number } }', variables: { [trick]: trick } },
        { query: `{ viewer { id } ${trick} }` },
        { query: `{ psRequest(id: ${JSON.stringify(trick)}) { number } }` },
        { query: '{ viewer { id } }', extensions: { [trick]: trick } },
      ]) {
        const response = await post(body);
        expect(response.status).toBeLessThan(500);
        await response.body?.cancel();
      }
    }
    const name = 'N'.repeat(60_000);
    expect((await post({ query: `query ${name} { viewer { id } }`, operationName: name })).status).toBe(200);
    expectPlainLines();
    expect(gateway.logLines.some(({ operationName }) => /^N{4000}… /.test(String(operationName)))).toBe(true);
  });

  test('by headers, however they are sent', async () => {
    const { port } = new URL(gateway.url);
    const body = '{"query":"{viewer{id}}"}';
    for (const trick of tricks.map((each) => each.slice(0, 2_000)))
      for (const header of [
        'x-request-id',
        'apollographql-client-name',
        'user-agent',
        'authorization',
        'cookie',
        'x-session-token',
        'x-forwarded-for',
        'x-explain',
      ]) {
        const answer = await sendRaw(
          Number(port),
          `POST /graphql HTTP/1.1\r\nhost: x\r\n${header}: ${trick}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
          2_000,
        );
        expect(answer, `${header}: ${trick.slice(0, 40)}`).toMatch(/^HTTP\/1\.1 [24]\d\d /);
        expect(answer.split('\r\n\r\n', 1)[0]).not.toContain('forged');
      }
    expectPlainLines();
  });

  test('by the names of paths', async () => {
    const { port } = new URL(gateway.url);
    for (const trick of tricks.map((each) => each.slice(0, 2_000)))
      await sendRaw(Number(port), `GET /${trick} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 2_000);
    expectPlainLines();
  });
});

test('a source writes no line of the log by what it fails with', async () => {
  const before = gateway.logTexts.length;
  for (const trick of tricks) {
    for (const standIn of [gateway.salesforce, gateway.jira]) standIn.faults.clear();
    gateway.salesforce.faults.add({
      kind: 'status',
      status: 400,
      body: [{ errorCode: trick, message: trick }],
      path: '/services/data',
    });
    gateway.jira.faults.add({
      kind: 'status',
      status: 400,
      body: { errorMessages: [trick], errors: { [trick]: trick } },
      path: '/rest/api',
    });
    await gateway.query(
      'query ($text: String!) { psRequests(filter: { text: $text }) { nodes { number } } jiraIssues(filter: { text: $text }) { nodes { key } } }',
      { text: `word${trick.slice(0, 20)}` },
    );
  }
  for (const standIn of [gateway.salesforce, gateway.jira]) standIn.faults.clear();
  expect(gateway.logTexts.length).toBeGreaterThan(before + tricks.length);
  expectPlainLines();
});

test('labels of metrics stay few, short and whole', async () => {
  for (let index = 0; index < 150; index += 1)
    await (
      await post(
        { query: `query ${'L'.repeat(300)}${index} { viewer { id } }` },
        { 'apollographql-client-name': `c-${index}` },
      )
    ).body?.cancel();
  const lines = (await (await fetch(`${gateway.url}/metrics`)).text()).trimEnd().split('\n');
  const label = /[a-zA-Z_]\w*="(?:\\[\\n"]|[^\\"\n])*"/.source;
  const sample = new RegExp(`^[a-zA-Z_:][\\w:]*(\\{${label}(,${label})*\\})? (NaN|[+-]?(Inf|[\\d.e+-]+))( \\d+)?$`);
  for (const line of lines.filter((each) => each !== '' && !each.startsWith('#'))) {
    expect(line).toMatch(sample);
    expect(line.length).toBeLessThan(400);
    expect(line).not.toContain('forged');
  }
  const operations = new Set(lines.flatMap((line) => /^operation_\w+\{.*?operation="([^"]*)"/.exec(line)?.[1] ?? []));
  expect(operations.size).toBeGreaterThan(1);
  expect(operations.size).toBeLessThanOrEqual(101);
});
