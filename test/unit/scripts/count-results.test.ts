import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'count-results-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const count = (content: string | null) => {
  const path = join(directory, 'results.json');
  if (content !== null) writeFileSync(path, content);
  const { stdout, status } = spawnSync(process.execPath, ['scripts/count-results.ts', path], { encoding: 'utf8' });
  return { line: stdout.trim(), status };
};

const file = (status: string, tests: number) => ({
  status,
  assertionResults: Array.from({ length: tests }, () => ({})),
});
const results = (passed: number, failed: number, files: object[]) =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: files });

it.each([
  ['passes when tests passed and none failed', results(3, 0, [file('passed', 3)]), '3 passed, 0 failed', 0],
  ['fails when a test failed', results(2, 1, [file('failed', 3)]), '2 passed, 1 failed', 1],
  [
    'fails for a file that could not be loaded',
    results(3, 0, [file('passed', 3), file('failed', 0)]),
    '3 passed, 1 failed',
    1,
  ],
  ['fails when there was no test at all', results(0, 0, []), '0 passed, 0 failed', 1],
  ['fails when the run left no results', null, '0 passed, 0 failed', 1],
  ['fails when the results are cut off', '{"numPassedTests": 3', '0 passed, 0 failed', 1],
])('%s', (_title, content, line, status) => {
  expect(count(content)).toEqual({ line, status });
});
