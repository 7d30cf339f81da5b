/**
 * What mutations are about, by the GraphQL type that their entries tell, done or not. The payload does not say. Null: no record. Of a person
 * only who has done it tells the id, so that nobody is kept by a name that was refused.
 */
export const mutationRecords: ReadonlyMap<string, string | null> = new Map([
  ['createSession', 'Session'],
  ['revokeSession', 'Session'],
  ['revokeAllSessions', 'Person'],
  ['signOut', 'Session'],
  ['updatePreferences', 'Person'],
  ['submitAssessments', 'Assessment'],
  ['invalidateCache', null],
  ['erasePerson', 'Person'],
  ['exportPerson', 'Person'],
  ['updatePsRequest', 'PsRequest'],
  ['transitionJiraIssue', 'JiraIssue'],
  ['addJiraComment', 'JiraIssue'],
]);
