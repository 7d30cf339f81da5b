/**
 * `npm run documents`: writes the manifest of documents that the gateway trusts. Without arguments it builds the documents of `examples/` anew
 * and keeps those of all other clients; `-- web=../web-app` takes a client's documents from its project, a file of it or a manifest of
 * Apollo's; `-- --forget=web` drops them. Writes nothing when any document is not one that the gateway would answer.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ClientSource } from './client-documents.ts';
import { buildManifest, committedManifest, MANIFEST_FILE } from './trusted-documents.ts';

const { values, positionals } = readArguments();
const clients = positionals.map(clientOf);
process.chdir(join(import.meta.dirname, '..'));
const { text, documents, problems } = buildManifest(committedManifest(), clients, values.forget ?? []);
if (problems.length > 0) {
  console.error(`${problems.join('\n')}\n\n${MANIFEST_FILE} is left as it was: ${problems.length} problems.`);
  process.exit(1);
}
writeFileSync(MANIFEST_FILE, text);
const byClient = new Map<string, number>();
for (const client of documents.flatMap((document) => document.clients))
  byClient.set(client, (byClient.get(client) ?? 0) + 1);
for (const [client, count] of byClient) console.log(`${client}: ${count} documents`);
console.log(`wrote ${MANIFEST_FILE}`);

/** `name=path`, or a path whose project or folder tells the name. */
function clientOf(argument: string): ClientSource {
  const [, name, told] = /^([A-Za-z0-9][A-Za-z0-9 ._@-]*)=(.+)$/.exec(argument) ?? [];
  const path = resolve(told ?? argument);
  return { name: name ?? nameIn(path) ?? basename(path), path };
}

function nameIn(path: string): string | null {
  try {
    const { name } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { name?: string };
    return name ?? null;
  } catch {
    return null;
  }
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { forget: { type: 'string', multiple: true } } });
  } catch (error) {
    console.error(`${(error as Error).message}\nUsage: npm run documents -- [client=path …] [--forget=client …]`);
    process.exit(2);
  }
}
