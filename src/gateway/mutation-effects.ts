import { answersTag } from '../cache/responses/tags-of-answer.ts';
import { typeTag } from '../cache/tags.ts';

/** Types that answers may tell something else of after a mutation; derived values such as a mentor's counts included. */
const typesChangedBy: ReadonlyMap<string, readonly string[]> = new Map([
  ['submitAssessments', ['Assessment', 'Mentor']],
  // No answer that is kept holds sessions or preferences.
  ['createSession', []],
  ['revokeSession', []],
  ['revokeAllSessions', []],
  ['signOut', []],
  ['updatePreferences', []],
  // These invalidate by themselves, record by record, what they were told or what they wrote.
  ['invalidateCache', []],
  ['updatePsRequest', []],
  ['transitionJiraIssue', []],
  ['addJiraComment', []],
  // Invalidates what it has changed, store by store.
  ['erasePerson', []],
  ['exportPerson', []],
]);

/** Tags of what a mutation changed, by its root fields. One that the table does not know has changed everything that the tenant sees. */
export function tagsChangedBy(rootFields: readonly string[], tenant: string): readonly string[] {
  return rootFields.flatMap((field) => typesChangedBy.get(field)?.map(typeTag) ?? [answersTag(tenant)]);
}
