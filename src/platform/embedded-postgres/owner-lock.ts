import { linkSync, readFileSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './error.ts';
import { startMarkOf } from './processes.ts';

interface Owner {
  readonly pid: number;
  /** See startMarkOf: a later process with the same pid is another one. */
  readonly startMark: string;
  readonly startedAt: string;
  readonly host: string;
}

export interface OwnerLock {
  release(): void;
}

const HEARTBEAT_MS = 5_000;
/** A lock that another host (a container on the same volume) has not touched for so long is taken for abandoned. */
const FOREIGN_LOCK_STALE_MS = 30_000;

/**
 * Makes this process the only owner of the embedded database in `home`. A lock whose process has ended is taken over.
 * Throws EmbeddedPostgresError that names the living owner.
 */
export function acquireOwnerLock(home: string): OwnerLock {
  const path = join(home, 'owner.json');
  const draft = join(home, `owner.${process.pid}.${Date.now()}.json`);
  const own: Owner = {
    pid: process.pid,
    startMark: startMarkOf(process.pid) ?? 'unknown',
    startedAt: new Date().toISOString(),
    host: hostname(),
  };
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    // A link appears with its whole content or not at all, and never replaces a file: nobody reads half a lock.
    for (let attempt = 0; attempt < 20; attempt += 1) {
      if (tryLink(draft, path)) return heldLock(path, own);
      const owner = readOwner(path);
      if (owner !== null && lives(owner, path)) throw inUse(owner, home);
      if (owner !== null) setAside(path, owner, `${draft}.stale`);
    }
  } finally {
    unlinkIfThere(draft);
  }
  throw new EmbeddedPostgresError(
    `Could not lock the embedded database in ${home}: several gateways start there at once. Start one alone.`,
  );
}

function heldLock(path: string, own: Owner): OwnerLock {
  const heartbeat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Someone removed the data directory under a running gateway; the database itself will report that.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      const owner = readOwner(path);
      if (owner?.pid === own.pid && owner.startMark === own.startMark) unlinkIfThere(path);
    },
  };
}

function lives(owner: Owner, path: string): boolean {
  if (owner.host === hostname()) return startMarkOf(owner.pid) === owner.startMark;
  try {
    return Date.now() - statSync(path).mtimeMs < FOREIGN_LOCK_STALE_MS;
  } catch {
    return false;
  }
}

/** Takes a stale lock out of the way; when another start was quicker and the lock is already a living one, puts it back. */
function setAside(path: string, stale: Owner, asidePath: string): void {
  try {
    renameSync(path, asidePath);
  } catch {
    return;
  }
  const moved = readOwner(asidePath);
  if (moved !== null && (moved.pid !== stale.pid || moved.startMark !== stale.startMark)) tryLink(asidePath, path);
  unlinkIfThere(asidePath);
}

function inUse(owner: Owner, home: string): EmbeddedPostgresError {
  const where = owner.host === hostname() ? '' : ` on ${owner.host}`;
  return new EmbeddedPostgresError(
    `The embedded database in ${home} is in use by another gateway (process ${owner.pid}${where}, since ${owner.startedAt}). ` +
      'Stop that one first, or give this one a database of its own with DATA_DIRECTORY or DATABASE_URL.',
  );
}

function readOwner(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    // Locks appear whole, so an unreadable one was damaged later (a full disk, a hand): nobody can be its living owner.
    return { pid: 0, startMark: 'unreadable', startedAt: 'unknown', host: hostname() };
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
