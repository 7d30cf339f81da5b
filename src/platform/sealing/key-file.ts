import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const KEY_BYTES = 32;

/** 32 bytes as base64, with or without padding; null for anything else, such as a placeholder of equal bytes. */
export function parseKey(text: string): Buffer | null {
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9+/]{43}=?$/.test(trimmed)) return null;
  const key = Buffer.from(trimmed, 'base64');
  return key.length === KEY_BYTES && new Set(key).size > 1 ? key : null;
}

/**
 * The key in `<directory>/<name>`, which is made when it is not there, readable for its owner alone. Of several processes that start at
 * once all get the same one. Throws when the file holds something else, because a new key in its place would lose what the old one sealed.
 */
export function keyFromFile(directory: string, name: string): Buffer {
  const path = join(resolve(directory), name);
  const read = (): Buffer => {
    const key = parseKey(readFileSync(path, 'utf8'));
    if (key) return key;
    throw new Error(
      `${path} holds no key of ${KEY_BYTES} bytes in base64. Restore it from a backup; values that it sealed need it.`,
    );
  };
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(resolve(directory), { recursive: true });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // A link, unlike a rename, never takes the place of what another process has just made.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read();
}
