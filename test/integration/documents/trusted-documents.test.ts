import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashOf, manifestText, type TrustedDocument } from '../../../src/gateway/documents/manifest.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { runMain } from '../../support/gateway-process.ts';

const CARD = `query Card($id: ID!) {
  psRequest(id: $id) {
    number
    account {
      name
    }
  }
}`;
const REFRESH = `mutation Preferences($input: UpdatePreferencesInput!) {
  updatePreferences(input: $input) {
    viewer {
      preferences
    }
  }
}`;
const FREE = '{ psRequest(id: "PSR-00042") { status } }';
const variables = { id: 'PSR-00042' };

function trusted(body: string): TrustedDocument {
  const [, type = '', name = ''] = /^(\w+) (\w+)/.exec(body) ?? [];
  return { id: hashOf(body), name, type: type as TrustedDocument['type'], body, clients: ['test'] };
}

const byHash = (text: string): object => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } } });

let directory: string;
let file: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'documents-'));
  file = join(directory, 'manifest.json');
  await writeFile(file, manifestText([trusted(CARD), trusted(REFRESH)]));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: { readonly psRequest?: Readonly<Record<string, unknown>> | null } | undefined;
  readonly code: unknown;
  readonly message: string | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as {
    data?: Answer['data'];
    errors?: { message: string; extensions: { code: string } }[];
    extensions?: Readonly<Record<string, unknown>>;
  };
  const [error] = body.errors ?? [];
  return {
    status: response.status,
    headers: response.headers,
    data: body.data,
    code: error?.extensions.code,
    message: error?.message,
    extensions: body.extensions,
  };
}

async function post(gateway: TestGateway, body: object, headers: Record<string, string> = {}): Promise<Answer> {
  const sent = { 'content-type': 'application/json', ...headers };
  return await answerOf(
    await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: sent, body: JSON.stringify(body) }),
  );
}

async function get(gateway: TestGateway, parameters: Record<string, string>): Promise<Answer> {
  const headers = { 'apollo-require-preflight': 'yes' };
  return await answerOf(await fetch(`${gateway.url}/graphql?${new URLSearchParams(parameters)}`, { headers }));
}

async function metric(gateway: TestGateway, name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}

describe('with a safelist', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      settings: { TRUSTED_DOCUMENTS: 'safelist', TRUSTED_DOCUMENTS_FILE: file },
      responseCacheBytes: 1_000_000,
    });
  });
  afterAll(async () => {
    await gateway.close();
  });

  test('a trusted document is answered by its hash, in every form in which clients tell it', async () => {
    const inPost = [
      { ...byHash(CARD), variables },
      { documentId: hashOf(CARD), variables },
      { documentId: `sha256:${hashOf(CARD)}`, variables, operationName: 'Card' },
      { query: CARD, ...byHash(CARD), variables },
      { query: null, ...byHash(CARD), documentId: hashOf(CARD), variables },
    ];
    for (const body of inPost) {
      const answer = await post(gateway, body);
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 200, data: { psRequest: { number: 'PSR-00042' } } });
    }
    const extensions = JSON.stringify((byHash(CARD) as { extensions: object }).extensions);
    for (const named of [{ extensions }, { documentId: hashOf(CARD) }]) {
      const answer = await get(gateway, { ...named, variables: JSON.stringify(variables) });
      expect(answer).toMatchObject({ status: 200, data: { psRequest: { number: 'PSR-00042' } } });
    }
  });

  test('text that asks for what a trusted document asks for is answered, however it is written', async () => {
    const spread = `fragment F on Account { __typename name } # by hand
      query Other($id: ID!) { psRequest(id: $id) { number, account { ...F } } }`;
    const withTypenames = CARD.replaceAll(/^( +)\}/gm, '$1  __typename\n$1}');
    const another = CARD.replace('number', 'number # the ticket');
    expect(await post(gateway, { query: withTypenames, variables })).toMatchObject({ status: 200, code: undefined });
    expect(await post(gateway, { query: another, variables, ...byHash(another) })).toMatchObject({ code: undefined });
    expect((await post(gateway, { query: spread, variables })).code).toBe('DOCUMENT_NOT_TRUSTED');
  });

  test('hash and text, by POST and by GET, are one kept answer', async () => {
    const other = { id: 'PSR-00043' };
    const first = await post(gateway, { query: CARD, variables: other });
    expect(first.headers.get('cache-status')).toContain('stored');
    const again = [
      await post(gateway, { ...byHash(CARD), variables: other }),
      await post(gateway, { documentId: hashOf(CARD), variables: other }),
      await get(gateway, { documentId: hashOf(CARD), variables: JSON.stringify(other) }),
    ];
    for (const answer of again) {
      expect(answer.data).toEqual(first.data);
      expect(answer.headers.get('cache-status')).toContain('hit');
      expect(answer.headers.get('etag')).toBe(first.headers.get('etag'));
    }
  });

  test('free text is refused, and nothing of it is looked at', async () => {
    gateway.clearCalls();
    for (const query of [
      FREE,
      '{ __schema { types { name } } }',
      '{ nonsense',
      `${CARD} query Too { viewer { id } }`,
    ]) {
      expect(await post(gateway, { query, variables })).toMatchObject({ status: 403, code: 'DOCUMENT_NOT_TRUSTED' });
      expect(await get(gateway, { query })).toMatchObject({ status: 403, code: 'DOCUMENT_NOT_TRUSTED' });
    }
    const plan = await post(gateway, { query: FREE }, { 'x-explain': 'plan' });
    expect(plan.code).toBe('DOCUMENT_NOT_TRUSTED');
    expect(gateway.salesforce.calls.count()).toBe(0);
  });

  test('an unknown hash is told as such, and sending the text with it registers nothing', async () => {
    const hash = byHash(FREE);
    for (let round = 0; round < 2; round += 1) {
      const unknown = await post(gateway, hash);
      expect(unknown).toMatchObject({
        status: 200,
        code: 'PERSISTED_QUERY_NOT_FOUND',
        message: 'PersistedQueryNotFound',
      });
      expect(unknown.headers.get('cache-control')).toBe('no-store');
      expect((await post(gateway, { query: FREE, ...hash })).code).toBe('DOCUMENT_NOT_TRUSTED');
    }
    expect((await get(gateway, { documentId: hashOf(FREE) })).code).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  test('a hash that is not that of its text is refused, also when both are trusted', async () => {
    for (const body of [
      { query: FREE, ...byHash(CARD) },
      { query: REFRESH, ...byHash(CARD) },
      { query: CARD, documentId: hashOf(REFRESH) },
      { ...byHash(CARD), documentId: hashOf(REFRESH) },
    ])
      expect(await post(gateway, { ...body, variables })).toMatchObject({
        status: 400,
        code: 'DOCUMENT_HASH_MISMATCH',
      });
  });

  test.each([
    ['another version', { extensions: { persistedQuery: { version: 2, sha256Hash: hashOf(CARD) } } }],
    ['no hash', { extensions: { persistedQuery: { version: 1 } } }],
    ['a hash in capitals', { documentId: hashOf(CARD).toUpperCase() }],
    ['an identifier of another kind', { documentId: 'md5:0123' }],
    ['a hash that is no text', { documentId: { toString: 1 } }],
    ['something else as extension', { extensions: { persistedQuery: 'yes' } }],
    ['a text that is a list', { query: [CARD] }],
    ['an empty text', { query: '' }],
    ['a batch', [{ query: CARD }]],
  ])('%s is a bad request', async (_what, body) => {
    expect(await post(gateway, body)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  test('variables that nest too deeply to be written again are refused as such', async () => {
    // Numbers as keys, because these keep the runtime from writing JSON without calling itself.
    const deep = `${'{"5":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const text = `{"documentId":"${hashOf(CARD)}","variables":{"id":${deep}}}`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: text });
    expect(await answerOf(response)).toMatchObject({ status: 400, code: 'OPERATION_TOO_COMPLEX' });
  });

  test('a mutation by its hash needs POST', async () => {
    const input = { version: 0, patch: {} };
    const answer = await get(gateway, { documentId: hashOf(REFRESH), variables: JSON.stringify({ input }) });
    expect(answer).toMatchObject({ status: 405, code: 'BAD_REQUEST' });
    const sent = await post(gateway, { ...byHash(REFRESH), variables: { input } }, await gateway.as('VIEWER'));
    expect(sent).toMatchObject({ status: 200, data: { updatePreferences: { viewer: { preferences: {} } } } });
  });

  test('a plan is told of a document by its hash', async () => {
    const answer = await post(gateway, { ...byHash(CARD), variables }, { 'x-explain': 'plan' });
    const plain = await post(gateway, { query: CARD, variables }, { 'x-explain': 'plan' });
    expect(answer.extensions?.explain).toMatchObject({ cost: { points: expect.any(Number) } });
    expect(answer.extensions).toEqual(plain.extensions);
  });

  test('/metrics counts how documents are named', async () => {
    const before = await metric(gateway, 'graphql_documents_total{outcome="hash"}');
    await post(gateway, { ...byHash(CARD), variables });
    await post(gateway, { ...byHash(CARD), variables });
    expect(await metric(gateway, 'graphql_documents_total{outcome="hash"}')).toBe(before + 2);
    expect(await metric(gateway, 'graphql_documents_total{outcome="refused"}')).toBeGreaterThan(0);
    expect(await metric(gateway, 'graphql_untrusted_documents_total')).toBe(0);
  });

  test('a changed manifest counts without a restart, and a broken one changes nothing', async () => {
    const added = 'query Status($id: ID!) {\n  psRequest(id: $id) {\n    status\n  }\n}';
    expect((await post(gateway, { ...byHash(added), variables })).code).toBe('PERSISTED_QUERY_NOT_FOUND');
    await writeFile(file, manifestText([trusted(added)]));
    const ask = async (text: string): Promise<unknown> => (await post(gateway, { ...byHash(text), variables })).code;
    await expect.poll(() => ask(added), { timeout: 15_000 }).toBeUndefined();
    expect(await ask(CARD)).toBe('PERSISTED_QUERY_NOT_FOUND');
    await writeFile(file, '{"format": "nonsense"}');
    const failed = 'graphql_documents_reloads_total{outcome="failed"}';
    await expect.poll(() => metric(gateway, failed), { timeout: 15_000 }).toBe(1);
    expect(await ask(added)).toBeUndefined();
    await writeFile(file, manifestText([trusted(CARD), trusted(REFRESH)]));
    await expect.poll(() => ask(CARD), { timeout: 15_000 }).toBeUndefined();
  });
});

describe('in the mode that logs', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ settings: { TRUSTED_DOCUMENTS: 'log', TRUSTED_DOCUMENTS_FILE: file } });
  });
  afterAll(async () => {
    await gateway.close();
  });

  test('free documents are answered, and each is logged and counted once, without its values', async () => {
    const secret = 'canary-4711';
    const query = `query Looking { search(text: "${secret}", first: 3) { __typename } }`;
    const client = { 'apollographql-client-name': 'web' };
    for (let round = 0; round < 3; round += 1) {
      const other = query.replace(secret, `${secret}-${round}`);
      for (const sent of [query, other])
        expect(await post(gateway, { query: sent }, client)).toMatchObject({ status: 200, code: undefined });
    }
    expect(await post(gateway, { query, ...byHash(query) }, client)).toMatchObject({ status: 200, code: undefined });
    const noted = gateway.logLines.filter(({ msg }) => String(msg).includes('not in the manifest'));
    expect(noted).toHaveLength(1);
    expect(noted[0]).toMatchObject({ hash: hashOf(query), operations: ['Looking'], client: 'web' });
    expect(JSON.stringify(gateway.logLines)).not.toContain(secret);
    expect(await metric(gateway, 'graphql_untrusted_documents_total')).toBe(1);
    expect(await metric(gateway, 'graphql_documents_total{outcome="free"}')).toBe(7);
  });

  test('what is wrong with a request is told as ever, and no request adds a document', async () => {
    expect((await post(gateway, { query: '{ nonsense' })).code).toBe('GRAPHQL_PARSE_FAILED');
    expect((await post(gateway, byHash(FREE))).code).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await post(gateway, { query: FREE, ...byHash(FREE) })).toMatchObject({ status: 200, code: undefined });
    expect((await post(gateway, byHash(FREE))).code).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect((await post(gateway, { query: FREE, ...byHash(CARD) })).code).toBe('DOCUMENT_HASH_MISMATCH');
  });
});

test('without trusted documents hashes are not supported, which clients understand', async () => {
  const gateway = await startTestGateway({ settings: { TRUSTED_DOCUMENTS_FILE: join(directory, 'none.json') } });
  try {
    expect((await post(gateway, byHash(CARD))).code).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
    expect(await post(gateway, { query: FREE })).toMatchObject({ status: 200, code: undefined });
  } finally {
    await gateway.close();
  }
});

test('a manifest that can not be used keeps the gateway from starting, with 78 and the reason', async () => {
  const path = join(directory, 'broken.json');
  await writeFile(path, manifestText([trusted(CARD)]).replace('number', 'status'));
  const { ended } = runMain({ PORT: '0', TRUSTED_DOCUMENTS: 'safelist', TRUSTED_DOCUMENTS_FILE: path });
  const { code, output } = await ended;
  expect(output).toMatch(/- TRUSTED_DOCUMENTS_FILE: .*operations\.0 \(Card\): its id is not the SHA-256 of its body/);
  expect(code).toBe(78);
});
