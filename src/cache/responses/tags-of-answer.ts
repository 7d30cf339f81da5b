import { parseGlobalId } from '../../platform/global-id.ts';
import { listsTag, recordTag } from '../tags.ts';
import type { DocumentPolicy } from './document-policy.ts';
import type { ExecutedAnswer } from './execution.ts';

/** On every stored answer of a tenant: invalidated when nobody can tell what changed. */
export const answersTag = (tenant: string): string => `answers:${tenant}`;

/** Every tag that may concern the answer; rather one too many. */
export function tagsOf(
  { body, tags }: Pick<ExecutedAnswer, 'body' | 'tags'>,
  policy: Extract<DocumentPolicy, { kind: 'cacheable' }>,
  tenant: string,
): readonly string[] {
  const all = new Set<string>([answersTag(tenant), ...policy.tags, ...tags.tags]);
  for (const globalId of tags.globalIds) {
    const parsed = parseGlobalId(globalId);
    if (parsed) all.add(recordTag(parsed.type, parsed.nativeId));
  }
  // A look-up that found nothing shows as null. What it looked for may be made later, and that is told to the lists of its type.
  if (body.includes('null')) for (const type of policy.lookupTypes) all.add(listsTag(type));
  return [...all];
}
