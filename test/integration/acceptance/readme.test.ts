import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const text = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code]) => code ?? '');

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

/** What the shell hands to the gateway in the README's call of curl. */
function bodyOfCurl(): string {
  const call = blocks('sh').find((code) => code.startsWith('curl'));
  return /--data '([^']+)'/.exec(call ?? '')?.[1] ?? '';
}

test('the first query of the README is answered as the README says', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bodyOfCurl(),
  });
  const [answer = ''] = blocks('json');
  expect((await response.text()).trim()).toBe(answer.trim());
});

test('the error of the README is the one that is sent', async () => {
  const { errors } = await gateway.query('{ psRequests(first: 100000) { totalCount } }');
  const shown = JSON.parse(blocks('json')[1] ?? '{}') as { extensions: object };
  expect(errors).toEqual([{ ...shown, extensions: { ...shown.extensions, requestId: expect.any(String) } }]);
});

test('every operation of the README is answered without an error', async () => {
  const operations = blocks('graphql').filter((code) => /^(?:query|mutation|\{)/m.test(code));
  expect(operations.length).toBeGreaterThan(0);
  for (const operation of operations)
    expect((await gateway.query(operation, { today: '2026-11-20' })).errors, operation).toEqual([]);
});

test("the README's session is begun with a bearer token, and changes preferences", async () => {
  const script = blocks('sh').find((code) => code.includes('$TOKEN')) ?? '';
  const [begin = '', change = ''] = [...script.matchAll(/--data '([^']+)'/g)].map(([, body]) => body ?? '');
  const ask = async (body: string, headers: Record<string, string>) => {
    const all = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: all, body });
    return (await response.json()) as { data: Record<string, Record<string, unknown>> };
  };
  const { data } = await ask(begin, await gateway.as('VIEWER'));
  const changed = await ask(change, { 'x-session-token': String(data.createSession?.token) });
  expect(changed.data).toEqual({ updatePreferences: { viewer: { preferences: { theme: 'dark' } } } });
});
