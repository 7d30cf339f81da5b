import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Journal } from '../../../../../src/features/audit/journal/journal.ts';
import { JournalFile } from '../../../../../src/features/audit/journal/journal-file.ts';
import { toJournalLine } from '../../../../../src/features/audit/journal/journal-line.ts';
import { ownerLine } from '../../../../../src/features/audit/journal/journal-owner.ts';
import { readJournal } from '../../../../../src/features/audit/journal/journal-reader.ts';
import { Shipper } from '../../../../../src/features/audit/journal/shipper.ts';
import { createLogger } from '../../../../../src/platform/log.ts';

/** What a write takes at most at once, and altogether. */
const disk = vi.hoisted(() => ({ atOnce: Number.POSITIVE_INFINITY, room: Number.POSITIVE_INFINITY }));
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs')>();
  return {
    ...real,
    writeSync: (descriptor: number, bytes: Buffer, offset = 0) => {
      if (disk.room === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const length = Math.min(bytes.length - offset, disk.atOnce, disk.room);
      disk.room -= length;
      return real.writeSync(descriptor, bytes, offset, length);
    },
  };
});

let directory: string;
beforeEach(() => {
  Object.assign(disk, { atOnce: Number.POSITIVE_INFINITY, room: Number.POSITIVE_INFINITY });
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a journal has the whole of its first line, though the disk takes it bit by bit, and loses no entry to it', async () => {
  disk.atOnce = 7;
  const file = new JournalFile(directory);
  await file.append(toJournalLine({ tenant: 'demo', kind: 'E', json: '{"n":1}' }));
  expect(readFileSync(file.path, 'utf8').startsWith(ownerLine())).toBe(true);
  expect((await readJournal(file.path, 0, file.size)).lines).toMatchObject([{ tenant: 'demo', json: '{"n":1}' }]);
  file.close();
});

test('a journal whose first line the disk does not take is not there, and the next one is whole', () => {
  disk.room = 10;
  expect(() => new JournalFile(directory)).toThrow('no space left');
  expect(readdirSync(directory)).toEqual([]);
  disk.room = Number.POSITIVE_INFINITY;
  const file = new JournalFile(directory);
  expect(readFileSync(file.path, 'utf8')).toBe(ownerLine());
  file.close();
});

test('what a process that was killed within its first line has left goes once it is old, and keeps back nothing', async () => {
  const torn = join(directory, '00000000-0000-4000-8000-000000000000.journal');
  writeFileSync(torn, ownerLine().slice(0, 12));
  const journal = new Journal({ directory, maxBytes: 1_000_000 });
  const ship = async (): Promise<void> => {
    const database = { inTenant: () => Promise.reject(new Error('there is nothing to ship')) };
    const shipper = new Shipper({
      ...{ journal, database, log: createLogger('silent'), everyMs: 3_600_000, onRejected: () => undefined },
      nowMs: () => Date.now(),
    });
    await shipper.ship();
    expect(shipper.failingMs).toBe(0);
  };
  await ship();
  expect(readdirSync(directory)).toHaveLength(2);
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(torn, longAgo, longAgo);
  await ship();
  expect(readdirSync(directory)).toHaveLength(1);
  await journal.close();
});
