import { normaliseIssueKey } from '../../sources/jira/issue-keys.ts';
import { toId18, toPsRequestNumber } from '../../sources/salesforce/ids.ts';

/** What entries may call the record that somebody calls so: as it was written, and as the sources write it. */
export function spellingsOf(name: string): readonly string[] {
  const known = [name, toPsRequestNumber(name), normaliseIssueKey(name), toId18(name)];
  return [...new Set(known.filter((spelling) => spelling !== null))];
}

/** The name of a record of this type as its source writes it; as it was sent where it is none. */
export function sourceSpelling(type: string | null, name: string): string {
  if (type === 'PsRequest') return toPsRequestNumber(name) ?? toId18(name) ?? name;
  return type === 'JiraIssue' ? (normaliseIssueKey(name) ?? name) : name;
}
