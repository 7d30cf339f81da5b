import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorTable } from '../../../src/platform/errors.ts';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

test('docs/errors.md lists every code of the error table with its status, whether a retry helps, and its meaning, and no other', () => {
  const documented = /<!-- codes -->\n([\s\S]*?)<!-- \/codes -->/.exec(page)?.[1]?.trim().split('\n') ?? [];
  const expected = Object.entries(errorTable).map(
    ([code, { httpStatus, retryable, meaning }]) =>
      `| \`${code}\` | ${httpStatus} | ${retryable ? 'yes' : 'no'} | ${meaning} |`,
  );
  expect(documented).toEqual(['| code | HTTP | retry | meaning |', '|---|---|---|---|', ...expected]);
});
