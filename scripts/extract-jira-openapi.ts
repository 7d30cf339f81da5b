/**
 * Cuts out of Atlassian's OpenAPI of Jira Cloud what the tests check answers against: the operations that we use and every schema they reach.
 *
 *   node scripts/extract-jira-openapi.ts <path of the full OpenAPI file> > test/recordings/jira/openapi-subset.json
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const operations: readonly (readonly [path: string, ...methods: string[]])[] = [
  ['/rest/api/3/search/jql', 'get', 'post'],
  ['/rest/api/3/search/approximate-count', 'post'],
  ['/rest/api/3/issue', 'post'],
  ['/rest/api/3/issue/bulkfetch', 'post'],
  ['/rest/api/3/issue/{issueIdOrKey}', 'get', 'put'],
  ['/rest/api/3/issue/{issueIdOrKey}/comment', 'get', 'post'],
  ['/rest/api/3/issue/{issueIdOrKey}/comment/{id}', 'get'],
  ['/rest/api/3/issue/{issueIdOrKey}/transitions', 'get', 'post'],
  ['/rest/api/3/comment/list', 'post'],
  ['/rest/api/3/user', 'get'],
  ['/rest/api/3/user/bulk', 'get'],
  ['/rest/api/3/user/search', 'get'],
  ['/rest/api/3/myself', 'get'],
  ['/rest/api/3/field', 'get'],
  ['/rest/api/3/project/search', 'get'],
  ['/rest/api/3/project/{projectIdOrKey}', 'get'],
  ['/rest/api/3/status', 'get'],
  ['/rest/api/3/priority', 'get'],
  ['/rest/api/3/serverInfo', 'get'],
];

const json = z.record(z.string(), z.unknown());
const openApi = z.looseObject({
  openapi: z.string(),
  info: json,
  paths: z.record(z.string(), json),
  components: z.looseObject({ schemas: json }),
});

const [file] = process.argv.slice(2);
if (!file) throw new Error('Name the full OpenAPI file: node scripts/extract-jira-openapi.ts <file>.');
const full = openApi.parse(JSON.parse(readFileSync(file, 'utf8')));

const paths = Object.fromEntries(
  operations.map(([path, ...methods]) => [
    path,
    Object.fromEntries(methods.map((method) => [method, operationAt(path, method)])),
  ]),
);
const reached = reachedSchemas(paths);
const { schemas } = full.components;
const subset = {
  openapi: full.openapi,
  info: full.info,
  paths,
  components: {
    schemas: Object.fromEntries([...reached].toSorted().map((name) => [name, withoutProse(schemas[name])])),
  },
};
process.stdout.write(`${JSON.stringify(subset, null, 1)}\n`);

function operationAt(path: string, method: string): unknown {
  const operation = full.paths[path]?.[method];
  if (!operation)
    throw new Error(
      `The file has no ${method.toUpperCase()} ${path}. Is it the OpenAPI of Jira Cloud's platform API, version 3?`,
    );
  return withoutProse(operation);
}

/** Names of all schemas that a value refers to, directly or through other schemas. */
function reachedSchemas(value: unknown): Set<string> {
  const names = new Set<string>();
  const pending: unknown[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [, name = ''] of JSON.stringify(next).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      pending.push(full.components.schemas[name]);
    }
  }
  return names;
}

/** Drops examples and vendor extensions, and descriptions, which are prose and most of the size; a property may itself be called so. */
function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, part]) =>
      !(key === 'description' && typeof part === 'string') &&
      !key.startsWith('x-') &&
      !((key === 'example' || key === 'examples') && !isSchema(part)) &&
      key !== 'security',
  );
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutProse(part)]));
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('type' in value || '$ref' in value);
}
