import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createLogger } from '../../../src/platform/log.ts';
import { migrate } from '../../../src/platform/migrate.ts';

const log = createLogger('silent');
let name: string;
let url: string;
let superuserUrl: string;

beforeEach(async () => {
  name = `empty_${randomBytes(6).toString('hex')}`;
  await asSuperuser(
    inject('postgres').superuserUrl,
    `create database ${name} owner ${new URL(inject('postgres').ownerUrl).username}`,
  );
  url = inDatabase(inject('postgres').ownerUrl);
  superuserUrl = inDatabase(inject('postgres').superuserUrl);
});

afterEach(() => asSuperuser(inject('postgres').superuserUrl, `drop database ${name} with (force)`));

function inDatabase(other: string): string {
  const changed = new URL(other);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function asSuperuser(database: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const applied = () => asSuperuser(superuserUrl, 'select name, timestamp from kysely_migration order by name');

/** Another instance: a process of its own that migrates and tells how many migrations it ran. */
function startInstance(): { child: ChildProcess; ran: Promise<number> } {
  const source = `
    const { migrate } = await import(process.argv[1]);
    const { createLogger } = await import(process.argv[2]);
    const ran = await migrate({ url: process.argv[3], log: createLogger('silent') });
    console.log(ran.length);`;
  const modules = ['migrate', 'log'].map(
    (module) => new URL(`../../../src/platform/${module}.ts`, import.meta.url).href,
  );
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source, ...modules, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (text: Buffer) => {
    output += text.toString('utf8');
  });
  const ran = once(child, 'close').then(() => (child.exitCode === 0 ? Number(output) : Number.NaN));
  return { child, ran };
}

describe('migrating', () => {
  it('is done once when three processes start at the same time, and all three go on', async () => {
    const instances = [startInstance(), startInstance(), startInstance()];
    const ran = await Promise.all(instances.map((instance) => instance.ran));
    const total = (await applied()).length;
    expect(total).toBeGreaterThan(3);
    expect(ran.toSorted((left, right) => left - right)).toEqual([0, 0, total]);
  });

  it('finds nothing to do the second time', async () => {
    expect((await migrate({ url, log })).length).toBeGreaterThan(3);
    const before = await applied();
    expect(await migrate({ url, log })).toEqual([]);
    expect(await applied()).toEqual(before);
  });

  it('leaves tables that belong to the user of the URL, who is no superuser', async () => {
    await migrate({ url, log });
    const owners = await asSuperuser(
      superuserUrl,
      `select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    expect(owners).toEqual([{ owner: new URL(url).username }]);
  });

  it('waits no longer than told for another instance, and says so', async () => {
    await migrate({ url, log });
    const holder = new pg.Client({ connectionString: superuserUrl });
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query('select pg_advisory_xact_lock(7301884402117)');
      await expect(migrate({ url, log, waitMs: 200 })).rejects.toThrow(
        'Another instance has been migrating the database',
      );
    } finally {
      await holder.end();
    }
    expect(await migrate({ url, log })).toEqual([]);
  });

  it('refuses a database that a newer version has migrated, and changes nothing', async () => {
    await migrate({ url, log });
    await asSuperuser(
      superuserUrl,
      `insert into kysely_migration values ('20990101000000-from-the-future', '2099-01-01')`,
    );
    await expect(migrate({ url, log })).rejects.toThrow('probably migrated by a newer version');
  });

  it('keeps nothing of migrations that fail, and names the one that did', async () => {
    await asSuperuser(inDatabase(inject('postgres').ownerUrl), 'create table assessments (already text)');
    await expect(migrate({ url, log })).rejects.toThrow(
      /The migration \d+-create-mentors-and-assessments failed: .*already exists/,
    );
    expect(await applied()).toEqual([]);
    const tables = await asSuperuser(
      superuserUrl,
      `select relname from pg_class where relname in ('mentors', 'validation_runs')`,
    );
    expect(tables).toEqual([]);
  });

  it('says that the database can not be reached without naming its address or password', async () => {
    const failure = await migrate({ url: 'postgresql://gateway:canary-22@127.0.0.1:1/none', log }).catch(
      (error: Error) => error,
    );
    expect((failure as Error).message).toContain('can not be reached');
    expect((failure as Error).message).not.toMatch(/canary|127\.0\.0\.1/);
  });

  it('tells an administrator what to do when the user may not make the role of the gateway', async () => {
    const user = `weak_${randomBytes(4).toString('hex')}`;
    await asSuperuser(superuserUrl, `create role ${user} login password 'weak'; grant all on schema public to ${user}`);
    const weak = new URL(url);
    weak.username = user;
    weak.password = 'weak';
    try {
      await expect(migrate({ url: weak.href, log })).rejects.toThrow('grant deployment_graph_app to');
    } finally {
      await asSuperuser(superuserUrl, `drop owned by ${user}; drop role ${user}`);
    }
  });
});
