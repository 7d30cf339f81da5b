import type { FieldCost, LoaderCost, PlannedRead } from '../platform/costs.ts';
import { normaliseIssueKey } from '../sources/jira/issue-keys.ts';
import { containsWords } from '../sources/jira/jql.ts';
import {
  MAX_LINKS_PER_JIRA_KEY,
  MAX_LINKS_PER_REQUEST,
  salesforceLoaderCosts,
  USUAL_PER_REQUEST,
} from '../sources/salesforce/costs.ts';
import { toPsRequestNumber } from '../sources/salesforce/ids.ts';
import { MAX_FORMER_KEYS } from './request-of-issue.ts';
import { checkFirst, checkText } from './search.ts';

/** One line for each loader of the slice. */
export const linkLoaderCosts: readonly LoaderCost[] = salesforceLoaderCosts
  .filter(({ loader }) => loader === 'salesforce.psRequestByNumber')
  .map((cost) => ({ ...cost, loader: 'links.psRequestByStoredNumber', family: cost.loader }));

/** One line for each field that joins two sources and is no edge. */
export const linkFieldCosts: readonly FieldCost[] = [
  {
    type: 'PsRequest',
    field: 'jiraIssues',
    plan: () => ({
      stages: [
        [{ loader: 'salesforce.jiraLinksByPsRequestId', keys: 1, keysOnly: true }],
        // The primary key comes with the request.
        [{ loader: 'jira.issueByKey', keys: 1 + MAX_LINKS_PER_REQUEST, usualKeys: USUAL_PER_REQUEST.jiraKeys }],
      ],
      rows: [{ type: null, most: 1 + MAX_LINKS_PER_REQUEST, usual: USUAL_PER_REQUEST.jiraKeys }],
      isCertain: false,
    }),
  },
  {
    type: 'JiraIssue',
    field: 'psRequest',
    // An issue whose field names no request goes on to the links of its key, then link by link to their requests, then to primary keys.
    plan: () => ({
      stages: [
        [
          request('psRequestByNumber', shareOfIssues.numbered),
          request('psRequestById', shareOfIssues.named - shareOfIssues.numbered),
          { ...linksOfKey, usualKeys: 1 - shareOfIssues.named },
        ],
        [
          { ...linksOfKey, usualKeys: 0 },
          request('psRequestById', shareOfIssues.linked),
          { ...requestsOfKey, usualKeys: 1 - shareOfIssues.named - shareOfIssues.linked },
        ],
        ...Array.from({ length: MAX_LINKS_PER_JIRA_KEY }, () => [
          request('psRequestById', 0),
          { ...requestsOfKey, usualKeys: 0 },
        ]),
        [{ ...requestsOfKey, usualKeys: 0 }],
      ],
      rows: [{ type: null, most: 1 }],
      isCertain: false,
      arrivesEarly: [shareOfIssues.named, shareOfIssues.linked],
    }),
  },
  {
    type: 'Query',
    field: 'search',
    plan: (args) => {
      const text = checkText(String(args.text));
      const first = checkFirst(args.first as number | null | undefined);
      const page = { first };
      const reads: PlannedRead[] = [
        ...['searchPsRequests', 'searchAccounts', 'searchProjects'].map((name) => ({
          loader: `salesforce.${name}`,
          keys: 1,
          args: page,
        })),
        ...(toPsRequestNumber(text) === null ? [] : [{ loader: 'salesforce.psRequestByNumber', keys: 1 }]),
        ...(normaliseIssueKey(text) === null ? [] : [{ loader: 'jira.issueByKey', keys: 1 }]),
        ...(containsWords('summary', text, { prefix: true }) === null
          ? []
          : [{ loader: 'jira.searchIssues', keys: 1, args: page }]),
      ];
      const types = ['PsRequest', 'Account', 'Project', 'JiraIssue'];
      const rows = types.map((type) => ({ type, most: first, usual: first / types.length }));
      return { stages: [reads], rows, isCertain: true };
    },
  },
];

/** Issues whose field names a request, by its number or at all, and those that only a link leads to one; a test counts. */
export const shareOfIssues = { numbered: 0.7, named: 0.72, linked: 0.08 } as const;

/** By the present key and by those that the issue had before it was moved. */
const linksOfKey: PlannedRead = { loader: 'salesforce.jiraLinksByJiraKey', keys: 1 + MAX_FORMER_KEYS, keysOnly: true };
const requestsOfKey: PlannedRead = { loader: 'salesforce.psRequestsByPrimaryJiraKey', keys: 1 + MAX_FORMER_KEYS };

function request(name: 'psRequestByNumber' | 'psRequestById', usualKeys: number): PlannedRead {
  return { loader: `salesforce.${name}`, keys: 1, usualKeys };
}
