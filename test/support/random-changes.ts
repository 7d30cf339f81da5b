import type { Company, JiraIssueSeed } from '../../src/standins/data/company.ts';
import type { Random } from '../../src/standins/data/random.ts';

/** What somebody does in Salesforce or Jira itself. */
export type SourceChange =
  | {
      readonly source: 'SALESFORCE';
      readonly object: 'PS_Request__c' | 'PS_Request_Jira_Link__c';
      /** Null: a record is made. */
      readonly id: string | null;
      readonly values: Readonly<Record<string, unknown>>;
    }
  | { readonly source: 'JIRA'; readonly id: string; readonly values: Partial<Omit<JiraIssueSeed, 'id'>> };

export interface ChangeOptions {
  readonly company: Company;
  readonly random: Random;
  /** 18-character id of a request that people work on. */
  pickRequestId(): string;
  pickIssue(): JiraIssueSeed;
}

/** Of a hundred changes, how many are what: requests move on, are rescheduled and described, issues move on. */
const kinds: ReadonlyMap<string, number> = new Map([
  ['status of a request', 22],
  ['date of a request', 12],
  ['description of a request', 10],
  ['owner of a request', 6],
  ['risk of a request', 5],
  ['link to an issue', 5],
  ['transition of an issue', 22],
  ['assignee of an issue', 8],
  ['summary of an issue', 6],
  ['fields of an issue', 4],
]);

const requestStatuses = ['Submitted', 'Approved', 'Scheduled', 'In Progress', 'Blocked', 'Deployed', 'Closed'];
const issueStatuses = ['To Do', 'In Progress', 'In Review', 'Blocked', 'Done'] as const;

/** Makes changes as they happen in such a company, in the mixture above. */
export function createRandomChange({ company, random, pickRequestId, pickIssue }: ChangeOptions) {
  const owners = [...new Set(company.salesforce.PS_Request__c.map(({ OwnerId }) => String(OwnerId)))];
  const assignees = company.jira.users.filter(({ active }) => active).map(({ accountId }) => accountId);
  const day = () => `2026-${String(random.int(9, 12)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`;
  const request = (values: Readonly<Record<string, unknown>>): SourceChange => ({
    source: 'SALESFORCE',
    object: 'PS_Request__c',
    id: pickRequestId(),
    values,
  });
  const issue = (values: Partial<Omit<JiraIssueSeed, 'id'>>): SourceChange => ({
    source: 'JIRA',
    id: pickIssue().id,
    values,
  });
  return (word: string): SourceChange => {
    switch (random.weighted(kinds)) {
      case 'status of a request':
        return request({ Status__c: random.pick(requestStatuses) });
      case 'date of a request':
        return request({ [random.chance(0.5) ? 'Go_Live_Date__c' : 'Target_Date__c']: day() });
      case 'description of a request':
        return request({ Description__c: word });
      case 'owner of a request':
        return request({ OwnerId: random.pick(owners) });
      case 'risk of a request':
        return request({ Risk__c: random.pick(['Low', 'Medium', 'High']) });
      case 'link to an issue': {
        const values = { PS_Request__c: pickRequestId(), Jira_Key__c: pickIssue().key, Link_Type__c: 'implements' };
        return { source: 'SALESFORCE', object: 'PS_Request_Jira_Link__c', id: null, values };
      }
      case 'transition of an issue':
        return issue({ statusName: random.pick(issueStatuses) });
      case 'assignee of an issue':
        return issue({ assigneeAccountId: random.pick(assignees) });
      case 'summary of an issue':
        return issue({ summary: word });
      default:
        return issue({ labels: [word.replaceAll(' ', '-')] });
    }
  };
}
