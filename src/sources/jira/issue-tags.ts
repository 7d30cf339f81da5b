import type { RecordAnswer } from '../../cache/record-answer.ts';
import { recordTag } from '../../cache/tags.ts';
import { KEY_FIELD } from './fields.ts';

/** The tags of an issue that was looked at: as it was asked for, which tells of what was not found too, and by its id and key. */
export function issueTags(asked: string, answer: RecordAnswer): string[] {
  const names = new Set([asked]);
  if (answer.kind === 'found') {
    names.add(answer.id);
    const key = answer.values[KEY_FIELD];
    if (typeof key === 'string') names.add(key.toUpperCase());
  }
  return [...names].map((name) => recordTag('JiraIssue', name));
}
