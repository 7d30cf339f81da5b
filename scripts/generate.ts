/** `npm run generate`: writes what is generated and committed. Never edit those files by hand; `npm run check` compares them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { committedFrozen, databaseTypes, frozenMigrations, graphqlTypes, thawedMigrations } from './generated-files.ts';

process.chdir(join(import.meta.dirname, '..'));
const frozen = committedFrozen();
const thawed = thawedMigrations(frozen);
if (thawed.length > 0) {
  console.error(
    `These migrations are frozen but were changed or removed: ${thawed.join(', ')}. Restore them and write a new migration; ` +
      'one that was committed but never merged is frozen anew once its line is gone from the committed migrations/frozen.json.',
  );
  process.exit(1);
}
const parts = await Promise.all([graphqlTypes(), databaseTypes()]);
for (const [path, content] of [...parts, frozenMigrations(frozen)].flatMap((files) => [...files])) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  console.log(`wrote ${path}`);
}
