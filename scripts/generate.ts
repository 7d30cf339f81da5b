/** `npm run generate`: writes what is generated and committed. Never edit those files by hand; `npm run check` compares them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { databaseTypes, frozenMigrations, graphqlTypes, thawedMigrations } from './generated-files.ts';

process.chdir(new URL('..', import.meta.url).pathname);
const thawed = thawedMigrations();
if (thawed.length > 0) {
  console.error(
    `These migrations are frozen but were changed or removed: ${thawed.join(', ')}. Restore them and write a new migration; ` +
      'one that has not left your machine yet may be frozen anew by removing its line from migrations/frozen.json.',
  );
  process.exit(1);
}
const parts = await Promise.all([graphqlTypes(), databaseTypes()]);
for (const [path, content] of [...parts, frozenMigrations()].flatMap((files) => [...files])) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  console.log(`wrote ${path}`);
}
