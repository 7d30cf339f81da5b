import type { JiraIssueSeed, SalesforceRow } from './company.ts';
import { type IssueOfRequest, keysOfNoIssue } from './generate-jira.ts';
import { elementAt, type Random } from './random.ts';
import { recordId } from './salesforce-id.ts';
import { auditStamps } from './stamps.ts';

/** What people type into a field for an issue key. */
const MALFORMED_KEYS = [
  'PSD 17',
  'PSD-',
  'psd_12',
  'https://brightwell.atlassian.example/browse/PSD-12',
  'n/a',
  'PSD-12, PSD-13',
  '-',
  'PSD-000A',
  '12',
];

/**
 * The Jira links of all requests, and each request's own `Jira_Key__c`. The keys are what Salesforce holds, right or wrong: old keys of
 * moved issues, keys of nothing, keys nobody could mean, doubles.
 */
export function generateLinks(
  random: Random,
  requests: readonly SalesforceRow[],
  issuesOfRequests: readonly IssueOfRequest[],
): { readonly links: SalesforceRow[]; readonly requests: SalesforceRow[] } {
  const issuesByRequest = Map.groupBy(issuesOfRequests, ({ request }) => request);
  const issues = issuesOfRequests.map(({ issue }) => issue);
  const missing = keysOfNoIssue(issues);
  const links: SalesforceRow[] = [];
  const withKeys = requests.map((request, index) => {
    const own = (issuesByRequest.get(request) ?? []).map(({ issue }) => issue);
    const keys: string[] = [];
    for (const issue of own) {
      const key = dirtyKey(random, issue, links.length, keys, issues, missing);
      keys.push(key);
      links.push({
        Id: recordId('a0L', links.length + 1),
        ...auditStamps(random, Date.parse(issue.createdAt)),
        IsDeleted: links.length % 83 === 70,
        PS_Request__c: request.Id ?? null,
        Jira_Key__c: key,
        Link_Type__c: random.weighted(
          new Map([
            ['implements', 6],
            ['change', 3],
            ['blocks', 1],
          ]),
        ),
      });
    }
    return { ...request, Jira_Key__c: primaryKey(random, index, own, keys, issues, missing) };
  });
  return { links, requests: withKeys };
}

function dirtyKey(
  random: Random,
  issue: JiraIssueSeed,
  linkIndex: number,
  keysOfSameRequest: readonly string[],
  issues: readonly JiraIssueSeed[],
  missing: readonly string[],
): string {
  const [oldKey] = issue.movedFrom;
  if (oldKey !== undefined) return random.chance(0.7) ? oldKey : issue.key;
  const [previous] = keysOfSameRequest;
  if (previous !== undefined && linkIndex % 17 === 11) return previous;
  switch (linkIndex % 73) {
    case 5:
      return elementAt(missing, linkIndex % missing.length);
    case 15:
      return `PSD-${90_000 + linkIndex}`;
    case 25:
      return elementAt(MALFORMED_KEYS, Math.floor(linkIndex / 73) % MALFORMED_KEYS.length);
    case 35:
      return issue.key.toLowerCase();
    case 45:
      return `  ${issue.key} `;
    case 55:
      return elementAt(issues, (linkIndex * 7) % issues.length).key;
    case 65:
      return `NOPE-${linkIndex}`;
    default:
      return issue.key;
  }
}

function primaryKey(
  random: Random,
  index: number,
  own: readonly JiraIssueSeed[],
  keys: readonly string[],
  issues: readonly JiraIssueSeed[],
  missing: readonly string[],
): string | null {
  if (index % 61 === 30) return elementAt(missing, index % missing.length);
  if (index % 61 === 31) return elementAt(MALFORMED_KEYS, index % MALFORMED_KEYS.length);
  if (index % 61 === 32 && own[0] !== undefined) return ` ${own[0].key.toLowerCase()}`;
  if (index > 0 && random.chance(0.08)) return random.pick(issues).key;
  if (keys.length === 0) return random.chance(0.15) ? random.pick(issues).key : null;
  return random.chance(0.08) ? null : elementAt(keys, 0);
}
