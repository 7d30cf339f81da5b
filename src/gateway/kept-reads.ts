import type { SourceName } from '../platform/errors.ts';
import { typesBySource } from './source-types.ts';

const sourcesByTags = new WeakMap<readonly string[], readonly SourceName[]>();

/** Sources that an answer with these tags is made of. Worked out once for each list of tags, which belongs to a document. */
export function sourcesOf(tags: readonly string[]): readonly SourceName[] {
  let sources = sourcesByTags.get(tags);
  if (!sources) {
    sources = (['SALESFORCE', 'JIRA'] as const).filter((source) =>
      typesBySource[source].some((type) => tags.includes(type)),
    );
    sourcesByTags.set(tags, sources);
  }
  return sources;
}
