import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyFromFile } from '../../../../src/platform/sealing/key-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a key is made once, readable for its owner alone, and found again', () => {
  const made = keyFromFile(join(directory, 'new'), 'a.key');
  expect(made).toHaveLength(32);
  expect(keyFromFile(join(directory, 'new'), 'a.key')).toEqual(made);
  expect(keyFromFile(join(directory, 'new'), 'b.key')).not.toEqual(made);
  expect(statSync(join(directory, 'new', 'a.key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(directory, 'new')).sort()).toEqual(['a.key', 'b.key']);
});

test('processes that start at once get one key', async () => {
  const module = fileURLToPath(new URL('../../../../src/platform/sealing/key-file.ts', import.meta.url));
  const program = `import { keyFromFile } from ${JSON.stringify(module)};
    process.stdout.write(keyFromFile(${JSON.stringify(directory)}, 'raced.key').toString('hex'));`;
  const starts = Array.from({ length: 6 }, () =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]),
  );
  const keys = (await Promise.all(starts)).map(({ stdout }) => stdout);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
});

test('a file that holds no key is refused and left as it is, without its content in the error', () => {
  const path = join(directory, 'spoilt.key');
  writeFileSync(path, 'canary');
  expect(() => keyFromFile(directory, 'spoilt.key')).toThrow(/spoilt\.key holds no key of 32 bytes/);
  expect(() => keyFromFile(directory, 'spoilt.key')).not.toThrow(/canary/);
  expect(readFileSync(path, 'utf8')).toBe('canary');
});
