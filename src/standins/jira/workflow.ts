import type { JiraIssueSeed } from '../data/company.ts';
import { JiraProblem } from './problem.ts';

/** What a site's administrator has set up, the same in every project here: statuses, transitions, priorities, issue types. */

export const statusCategories = {
  new: { id: 2, key: 'new', colorName: 'blue-gray', name: 'To Do' },
  indeterminate: { id: 4, key: 'indeterminate', colorName: 'yellow', name: 'In Progress' },
  done: { id: 3, key: 'done', colorName: 'green', name: 'Done' },
} as const;

interface Status {
  readonly id: string;
  readonly name: JiraIssueSeed['statusName'];
  readonly category: keyof typeof statusCategories;
  /** Every status can be reached from every other one, by this transition. */
  readonly transitionId: string;
  readonly transitionName: string;
}

export const statuses: readonly Status[] = [
  { id: '10000', name: 'To Do', category: 'new', transitionId: '11', transitionName: 'Back to To Do' },
  { id: '10001', name: 'In Progress', category: 'indeterminate', transitionId: '21', transitionName: 'Start work' },
  { id: '10002', name: 'In Review', category: 'indeterminate', transitionId: '31', transitionName: 'Ask for review' },
  { id: '10003', name: 'Blocked', category: 'indeterminate', transitionId: '41', transitionName: 'Block' },
  { id: '10004', name: 'Done', category: 'done', transitionId: '51', transitionName: 'Done' },
];

export function statusOf(issue: JiraIssueSeed): Status {
  const status = statuses.find(({ name }) => name === issue.statusName);
  if (!status)
    throw new JiraProblem(500, [`Issue ${issue.key} has the status ${issue.statusName}, which no workflow knows.`]);
  return status;
}

/** The most urgent first, as `GET /priority` lists them. */
export const priorities = [
  { id: '1', name: 'Highest', statusColor: '#d04437', description: 'This problem will block progress.' },
  { id: '2', name: 'High', statusColor: '#f15C75', description: 'Serious problem that could block progress.' },
  { id: '3', name: 'Medium', statusColor: '#f79232', description: 'Has the potential to affect progress.' },
  { id: '4', name: 'Low', statusColor: '#707070', description: 'Minor problem or easily worked around.' },
  {
    id: '5',
    name: 'Lowest',
    statusColor: '#999999',
    description: 'Trivial problem with little or no impact on progress.',
  },
] as const;

interface IssueType {
  readonly id: string;
  readonly name: JiraIssueSeed['issueType'];
  readonly hierarchyLevel: number;
  readonly description: string;
}

export const issueTypes: readonly IssueType[] = [
  { id: '10010', name: 'Epic', hierarchyLevel: 1, description: 'A large piece of work with issues below it.' },
  { id: '10011', name: 'Deployment', hierarchyLevel: 0, description: 'A delivery into an environment of a customer.' },
  { id: '10012', name: 'Task', hierarchyLevel: 0, description: 'A small, distinct piece of work.' },
  { id: '10013', name: 'Bug', hierarchyLevel: 0, description: 'A problem or error.' },
  { id: '10014', name: 'Change', hierarchyLevel: 0, description: 'A change that needs approval.' },
];

export const resolutionDone = { id: '10000', name: 'Done', description: 'Work has been completed on this issue.' };

/** The option id that Jira would have given to a select value; stable for a value, whatever else the site holds. */
export function numericIdOf(text: string, base: number): string {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 89_989;
  return String(base + hash);
}
