import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { startMarkOf } from '../../../platform/embedded-postgres/processes.ts';

/** A journal of another machine that nobody has written to for so long is taken for abandoned. */
const FOREIGN_ABANDONED_MS = 10 * 60_000;
const MAX_OWNER_BYTES = 1_000;

/** The first line of a journal: which process writes it. */
export function ownerLine(): string {
  const owner = { host: hostname(), pid: process.pid, startMark: startMarkOf(process.pid) ?? 'unknown' };
  return `${JSON.stringify(owner)}\n`;
}

/** Whether the process that wrote the journal has ended, as far as it can be told from here. */
export function isAbandoned(path: string, nowMs: number): boolean {
  const owner = readOwner(path);
  if (owner?.host === hostname()) return startMarkOf(owner.pid) !== owner.startMark;
  return nowMs - statSync(path).mtimeMs > FOREIGN_ABANDONED_MS;
}

/** Null: the line is not whole, because its process ended within it, or is about to write it. */
function readOwner(path: string): { readonly host: string; readonly pid: number; readonly startMark: string } | null {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MAX_OWNER_BYTES);
    const text = bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, MAX_OWNER_BYTES, 0));
    return JSON.parse(text.slice(0, text.indexOf('\n'))) as ReturnType<typeof readOwner>;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}
