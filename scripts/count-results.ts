/** Prints `N passed, N failed` for a results file of vitest's JSON reporter; fails unless some test passed and none failed. */
import { readFileSync } from 'node:fs';

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** A file that could not even be loaded has no tests to fail, and counts as one failure. */
function count(path: string): { passed: number; failed: number } {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(path, 'utf8')) as Results;
  } catch {
    return { passed: 0, failed: 0 };
  }
  const broken = results.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: results.numPassedTests, failed: results.numFailedTests + broken.length };
}

const { passed, failed } = count(process.argv[2] ?? '');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
