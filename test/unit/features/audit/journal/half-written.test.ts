import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Journal } from '../../../../../src/features/audit/journal/journal.ts';
import { Shipper } from '../../../../../src/features/audit/journal/shipper.ts';
import type { DB } from '../../../../../src/generated/database.ts';
import type { Database } from '../../../../../src/platform/database.ts';
import { createLogger } from '../../../../../src/platform/log.ts';

/** A disk that runs full: a write gets as far as it is told to, waits, and fails. */
const disk = vi.hoisted(() => ({
  room: Number.POSITIVE_INFINITY,
  mayTruncate: true,
  full: Promise.withResolvers<void>(),
  failure: Promise.withResolvers<void>(),
}));

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs')>();
  const { promisify } = await import('node:util');
  const write = async (descriptor: number, bytes: Buffer, offset: number, length: number) => {
    if (disk.room > 0) {
      const bytesWritten = real.writeSync(descriptor, bytes, offset, Math.min(length, disk.room));
      disk.room -= bytesWritten;
      return { bytesWritten, buffer: bytes };
    }
    disk.full.resolve();
    await disk.failure.promise;
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  return {
    ...real,
    write: Object.assign(() => undefined, { [promisify.custom]: write }),
    ftruncateSync: (descriptor: number, size: number) => {
      if (!disk.mayTruncate) throw Object.assign(new Error('input/output error'), { code: 'EIO' });
      real.ftruncateSync(descriptor, size);
    },
  };
});

const TENANT = 'demo';
const NEVER_MS = 3_600_000;
let directory: string;
let journal: Journal;
let shipper: Shipper;
let shipped: string[];

beforeEach(() => {
  Object.assign(disk, {
    room: Number.POSITIVE_INFINITY,
    mayTruncate: true,
    full: Promise.withResolvers<void>(),
    failure: Promise.withResolvers<void>(),
  });
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
  journal = new Journal({ directory, maxBytes: 1_000_000 });
  shipped = [];
  shipper = new Shipper({
    journal,
    database: { inTenant: (async (_scope, work) => await work(listening())) as Database['inTenant'] },
    log: createLogger('silent'),
    nowMs: () => Date.now(),
    everyMs: NEVER_MS,
    onRejected: () => undefined,
  });
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Takes what is appended, in place of PostgreSQL. */
function listening(): Kysely<DB> {
  return new Kysely<DB>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => {
      const entries = JSON.parse(String(query.parameters[0])) as readonly { readonly name: string }[];
      shipped.push(...entries.map(({ name }) => name));
    },
  });
}

const append = (name: string): Promise<void> => journal.append(TENANT, `"name":"${name}"}`);

/** Three entries of which the disk takes two and a half. */
async function appendToFullDisk(): Promise<readonly Promise<void>[]> {
  const lengthOfOne = (await lengthOf(() => append('before'))) + 'cut 1'.length - 'before'.length;
  disk.room = Math.floor(2.5 * lengthOfOne);
  const refused = ['cut 1', 'cut 2', 'cut 3'].map(append);
  for (const one of refused) one.catch(() => undefined);
  await disk.full.promise;
  return refused;
}

async function lengthOf(work: () => Promise<void>): Promise<number> {
  const before = journal.bytes;
  await work();
  return journal.bytes - before;
}

const text = (): string => readFileSync(journal.files(Date.now()).at(-1)?.path ?? '', 'utf8');

test('of a write that stops half way nothing is shipped, and all that is acknowledged after it is', async () => {
  const refused = await appendToFullDisk();
  expect(text()).toContain('cut 2');
  await shipper.ship();
  expect(shipped).toEqual(['before']);
  disk.failure.resolve();
  for (const one of refused) await expect(one).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  disk.room = Number.POSITIVE_INFINITY;
  await append('after');
  await append('later');
  await shipper.close();
  expect(shipped).toEqual(['before', 'after', 'later']);
});

test('while what a failed write has left can not be cut off, nothing more is taken', async () => {
  disk.mayTruncate = false;
  const refused = await appendToFullDisk();
  disk.failure.resolve();
  await Promise.allSettled(refused);
  disk.room = Number.POSITIVE_INFINITY;
  await expect(append('behind it')).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  await shipper.ship();
  expect(shipped).toEqual(['before']);
  disk.mayTruncate = true;
  await append('after');
  await shipper.close();
  expect(shipped).toEqual(['before', 'after']);
});
