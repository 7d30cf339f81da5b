import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, RESP_TYPES } from '@redis/client';
import pg from 'pg';
import type { TestDatabase } from './database.ts';

/** One place where a text was found. */
export interface Sighting {
  readonly place: string;
  readonly text: string;
}

interface Searched {
  readonly database: TestDatabase;
  readonly redisUrl?: string | null;
  /** Directories, whose `postgres` is left out: its files hold what was deleted until PostgreSQL reuses the room. */
  readonly directories?: readonly string[];
}

/** Every row of every table, everything in Redis, and every file, searched for texts in any case; also in what is written as hex or base64. */
export async function searchStores(searched: Searched, texts: readonly string[]): Promise<Sighting[]> {
  const found: Sighting[] = [];
  const look = (place: string, content: string): void => {
    const lower = content.toLowerCase();
    for (const text of texts)
      if (
        formsOf(text).some((form) => lower.includes(form)) &&
        !found.some((one) => one.place === place && one.text === text)
      )
        found.push({ place, text });
  };
  const tables = await searched.database.query<{ name: string }>(
    `select c.relname as name from pg_class c where c.relkind in ('r', 'm') and c.relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of tables) {
    const rows = await searched.database.query<{ row: string }>(
      `select t::text as row from ${pg.escapeIdentifier(name)} t`,
    );
    for (const { row } of rows) look(`PostgreSQL ${name}`, row);
  }
  if (searched.redisUrl)
    for (const [key, value] of await dumpRedis(searched.redisUrl)) look(`Redis ${key}`, `${key} ${value}`);
  for (const directory of searched.directories ?? [])
    for (const path of filesBelow(directory))
      look(`file ${path}`, readFileSync(path, 'latin1') + readFileSync(path, 'utf8'));
  return found;
}

/** As it is, as a row's text writes quotes, and as hex. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  return [text, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '').slice(0, -1)].map((form) =>
    form.toLowerCase(),
  );
}

async function dumpRedis(url: string): Promise<ReadonlyMap<string, string>> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    const dump = new Map<string, string>();
    for await (const keys of client.scanIterator({ COUNT: 1_000 }))
      for (const key of keys) {
        const type = await client.type(key);
        const value =
          type === 'string'
            ? await bytes.get(key)
            : type === 'hash'
              ? JSON.stringify(await client.hGetAll(key))
              : type === 'set'
                ? JSON.stringify(await client.sMembers(key))
                : type === 'zset'
                  ? JSON.stringify(await client.zRange(key, 0, -1))
                  : type === 'list'
                    ? JSON.stringify(await client.lRange(key, 0, -1))
                    : '';
        dump.set(key, Buffer.isBuffer(value) ? value.toString('utf8') : String(value));
      }
    return dump;
  } finally {
    client.destroy();
  }
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.split('/').includes('postgres'))
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}
