import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/platform/config.ts';
import { settingNames } from '../../../src/platform/config-shape.ts';

const lines = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8').split('\n');

interface Listed {
  readonly name: string;
  readonly value: string;
  /** The comment line right above. */
  readonly meaning: string;
}

const listed: Listed[] = lines.flatMap((line, index) => {
  const match = /^#?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
  return match ? [{ name: match[1] ?? '', value: match[2] ?? '', meaning: lines[index - 1] ?? '' }] : [];
});

test('.env.example lists every setting that the gateway reads, once, and no other', () => {
  expect(listed.map(({ name }) => name).sort()).toEqual([...settingNames].sort());
});

test('.env.example tells the meaning of every setting on the line above it', () => {
  expect(listed.filter(({ meaning }) => !/^# \S.{10,}/.test(meaning)).map(({ name }) => name)).toEqual([]);
});

test('the defaults that .env.example shows are the ones in force', () => {
  const shown = Object.fromEntries(listed.map(({ name, value }) => [name, value]));
  expect(loadConfig(shown)).toEqual(loadConfig({}));
  // A default that is not shown would pass above; those known to have one must show it.
  for (const name of [
    'PORT',
    'HOST',
    'DB_POOL_SIZE',
    'DB_POOL_SIZE_OLAP',
    'LOG_LEVEL',
    'DB_POOL_SIZE_CONTENT',
    'CACHE_TTL_DEFAULT',
    'CACHE_TTL_LONG',
    'CACHE_STALE_TTL',
    'CACHE_MAX_SIZE',
    'CACHE_COALESCE_WINDOW',
    'OIDC_ROLES_CLAIM',
    'SALESFORCE_API_VERSION',
  ])
    expect(shown[name], name).not.toBe('');
});

test('.env.example changes nothing as it stands', () => {
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});
