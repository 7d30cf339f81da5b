/** Operations for a first look, as the start prints them and the explorers open with them. */
export const firstQueries: readonly { readonly title: string; readonly document: string }[] = [
  {
    title: 'Scheduled and running work by its day of going live, overdue first: three systems in one answer',
    document: `query GoingLive {
  psRequests(first: 5, filter: { status: [SCHEDULED, IN_PROGRESS] }, orderBy: { field: GO_LIVE_DATE, direction: ASC }) {
    nodes {
      number
      status
      goLiveDate
      account { name }
      technicalLead { name }
      jiraIssues { key status { name } assignee { displayName } }
      validationResults { rule { name } status message }
    }
  }
}`,
  },
  {
    title: 'One request by the number on its ticket',
    document: `query OneRequest {
  psRequest(id: "PSR-00042") {
    number
    status
    risk
    account { name supportTier }
    steps { sequence name status assignee { name } }
    jiraIssues { key summary url }
  }
}`,
  },
  {
    title: 'One box over everything',
    document: `query Search {
  search(text: "upgrade", first: 10) {
    __typename
    ... on PsRequest { number product status }
    ... on Account { name }
    ... on Project { name stage }
    ... on JiraIssue { key summary }
  }
}`,
  },
];

/** The three as one document with comments, for the editor of an explorer. */
export function explorerDocument(): string {
  const hint = '# To ask as someone else, put {"authorization": "Bearer <token>"} under Headers.\n\n';
  return hint + firstQueries.map(({ title, document }) => `# ${title}.\n${document}\n`).join('\n');
}
