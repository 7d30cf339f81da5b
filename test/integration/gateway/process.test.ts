import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  descendantsOf,
  isAlive,
  processesNaming,
  runMain,
  startGatewayProcess,
} from '../../support/gateway-process.ts';
import { sendOperation } from '../../support/send-operation.ts';

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function dataDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'deployment-graph-process-'));
  // As root, PostgreSQL runs as another user, who has to get in.
  chmodSync(path, 0o755);
  cleanUps.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(settings: Record<string, string>) {
  const gateway = await startGatewayProcess(settings);
  cleanUps.push(async () => {
    gateway.signal('SIGKILL');
    await gateway.ended;
    for (const pid of children) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  const children = descendantsOf(gateway.pid);
  return { ...gateway, children };
}

async function allGone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
}

/** The stand-in issuer's token, from what the gateway printed. */
function tokenOf(output: string, role: string): Record<string, string> {
  const token = new RegExp(`^ *${role} +(ey\\S+)`, 'm').exec(output)?.[1];
  return { authorization: `Bearer ${token}` };
}

/** Lines of the log that somebody should look into: WARN and worse. */
function complaintsOf(output: string): string[] {
  return output.split('\n').filter((line) => /^\{"level":(?:[4-9]\d)/.test(line));
}

describe('wrong settings', () => {
  test('are all named at once, without their values, and end the start with 78', async () => {
    const { ended } = runMain({
      PORT: 'seventy',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      JIRA_BASE_URL: 'https://jira.example.com',
      SALESFORCE_CLIENT_ID: 'gateway',
      LOG_LEVEL: 'loud',
      TRUSTED_PROXIES: 'proxy-1 proxy-2',
      CACHE_TTL_DEFUALT: '3',
    });
    const { code, output } = await ended;
    expect(code).toBe(78);
    for (const name of [
      'PORT',
      'DATABASE_URL',
      'JIRA_EMAIL',
      'JIRA_API_TOKEN',
      'SALESFORCE_LOGIN_URL',
      'SALESFORCE_USERNAME',
      'LOG_LEVEL',
      'TRUSTED_PROXIES',
    ])
      expect(output).toMatch(new RegExp(`^ *- ${name}: `, 'm'));
    expect(output).not.toMatch(/hunter2|seventy|loud|proxy-1/);
    expect(output.match(/TRUSTED_PROXIES/g)).toHaveLength(1);
    expect(output).toContain('CACHE_TTL_DEFUALT is no setting, and is not read. Is CACHE_TTL_DEFAULT meant?');
  });
});

test('production keeps standard output to JSON lines, a variable that looks misspelt is named, and the tokens of a demonstration stand beside', async () => {
  const { child, output, ended } = runMain({
    PORT: '0',
    NODE_ENV: 'production',
    ALLOW_STANDINS: 'true',
    CACHE_TTL_DEFUALT: '3',
    DATA_DIRECTORY: dataDirectory(),
  });
  let written = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    written += chunk.toString('utf8');
  });
  await expect.poll(output, { timeout: 20_000 }).toContain('ADMIN ');
  child.kill('SIGKILL');
  await ended;
  const lines = written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'Listening.', url: expect.stringMatching(/graphql$/) }));
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 40, variable: 'CACHE_TTL_DEFUALT', setting: 'CACHE_TTL_DEFAULT' }),
  );
  expect(written).not.toContain('eyJ');
});

describe('the life of a gateway on its own', () => {
  test('it tells what to try, ends with Ctrl-C and everything that it started, and finds its data again', async () => {
    const settings = { DATA_DIRECTORY: dataDirectory() };
    const startedAt = performance.now();
    const first = await start(settings);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await expect.poll(first.output).toContain('ADMIN');
    expect(first.output()).toContain('Deployment Graph: ready after');
    for (const part of ['Three queries worth trying', 'PSR-00042', 'embedded', 'stand-in', '/graphiql'])
      expect(first.output()).toContain(part);

    const mentors = await sendOperation(first.url, '{ mentors(first: 1) { nodes { id } } }');
    const submitted = await sendOperation(
      first.url,
      `mutation ($mentorId: ID!) {
        submitAssessments(input: { assessments: [{ mentorId: $mentorId, psRequestNumber: "PSR-00042", score: 5, comment: "kept" }] }) {
          assessments { id comment }
        }
      }`,
      { mentorId: mentors.data.mentors.nodes[0].id },
      tokenOf(first.output(), 'OPERATOR'),
    );
    expect(submitted.errors).toEqual([]);
    const { id } = submitted.data.submitAssessments.assessments[0];

    expect(first.children.length).toBeGreaterThan(0);
    first.signal('SIGINT');
    const end = await first.ended;
    expect(end.code).toBe(0);
    expect(complaintsOf(end.output)).toEqual([]);
    await allGone(first.children);

    const second = await start(settings);
    const found = await sendOperation(
      second.url,
      'query ($id: ID!) { node(id: $id) { ... on Assessment { comment } } }',
      { id },
    );
    expect(found.data.node).toEqual({ comment: 'kept' });
    second.signal('SIGTERM');
    const secondEnd = await second.ended;
    expect(secondEnd.code).toBe(0);
    expect(complaintsOf(secondEnd.output)).toEqual([]);
    await allGone(second.children);
  });

  test('a start after kill -9 works, and ends what the killed one left behind', async () => {
    const settings = { DATA_DIRECTORY: dataDirectory() };
    const first = await start(settings);
    first.signal('SIGKILL');
    await first.ended;
    const second = await start(settings);
    await allGone(first.children);
    expect((await sendOperation(second.url, '{ mentors(first: 1) { nodes { name } } }')).errors).toEqual([]);
    second.signal('SIGTERM');
    await second.ended;
    await allGone(second.children);
  });

  test('a second signal ends it at once, PostgreSQL too', async () => {
    // A request that never ends keeps the first signal waiting: Jira's stand-in is told to hang.
    const gateway = await start({ DATA_DIRECTORY: dataDirectory() });
    const jira = /Jira +stand-in on (\S+)/.exec(gateway.output())?.[1];
    await fetch(`${jira}/__admin/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'hang' }),
    });
    const pending = sendOperation(gateway.url, '{ jiraIssue(key: "PSD-1") { key } }').catch(() => null);
    await expect
      .poll(async () => (await fetch(`${jira}/__admin/calls`)).text(), { timeout: 5_000 })
      .toContain('bulkfetch');
    gateway.signal('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(isAlive(gateway.pid)).toBe(true);
    gateway.signal('SIGTERM');
    expect((await gateway.ended).code).toBe(1);
    await allGone(gateway.children);
    await pending;
  });

  test('a signal during the start ends it, and leaves nothing behind', async () => {
    const directory = dataDirectory();
    const { child, output, ended } = runMain({ PORT: '0', DATA_DIRECTORY: directory });
    await expect.poll(() => processesNaming(directory).length, { timeout: 15_000, interval: 10 }).toBeGreaterThan(0);
    child.kill('SIGINT');
    const end = await ended;
    expect(end.code, output()).toBe(0);
    expect(end.output).not.toContain('/graphql');
    await expect.poll(() => processesNaming(directory), { timeout: 10_000 }).toEqual([]);
  });
});

describe('what it can not have', () => {
  test('a port in use is named, with the way out, and nothing is left running', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => new Promise<void>((resolve) => void other.close(() => resolve())));
    const address = other.address();
    const port = String(typeof address === 'object' && address ? address.port : 0);
    const directory = dataDirectory();
    const { ended } = runMain({ PORT: port, DATA_DIRECTORY: directory });
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output).toContain(`127.0.0.1:${port}`);
    expect(output).toContain('PORT');
    expect(complaintsOf(output)).toEqual([]);
    expect(output).not.toMatch(/^\s+at /m);
    expect(processesNaming(directory)).toEqual([]);
  });

  test('an address that is not of this machine is named, with the way out', async () => {
    const settings = { PORT: '0', HOST: 'gateway.invalid', DATA_DIRECTORY: dataDirectory() };
    const { code, output } = await runMain(settings).ended;
    expect(code).toBe(1);
    expect(output).toContain('no address gateway.invalid. Set HOST');
  });

  test('a data directory that can not be made is named with its own reason', async () => {
    const { code, output } = await runMain({ PORT: '0', DATA_DIRECTORY: join(dataDirectory(), 'x'.repeat(300)) }).ended;
    expect(code).toBe(1);
    expect(output).toContain("can't be kept in");
    expect(output).toContain('DATA_DIRECTORY');
  });

  test('a data directory of a living gateway is left alone, and its owner named', async () => {
    const settings = { DATA_DIRECTORY: dataDirectory() };
    const first = await start(settings);
    const { code, output } = await runMain({ PORT: '0', ...settings }).ended;
    expect(code).toBe(1);
    expect(output).toContain(String(first.pid));
    expect((await sendOperation(first.url, '{ mentors(first: 1) { nodes { name } } }')).errors).toEqual([]);
  });
});
