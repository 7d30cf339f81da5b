import type { JiraIssueFilter, JiraStatusCategory } from '../../generated/graphql.ts';
import { badUserInput } from '../../platform/errors.ts';
import { parseGlobalId } from '../../platform/global-id.ts';
import { normaliseProjectKey } from './issue-keys.ts';
import { containsWords, equals, type IssueClause, oneOf } from './jql.ts';

/** What a filter asks for; instants in milliseconds, null for an open end. */
export interface IssueConditions {
  readonly clauses: readonly IssueClause[];
  readonly updatedFrom: number | null;
  readonly updatedTo: number | null;
}

const MAX_TEXT_LENGTH = 1_000;

/** Jira's own names of its three categories. */
const categoryNames: Readonly<Record<JiraStatusCategory, string>> = {
  TO_DO: 'To Do',
  IN_PROGRESS: 'In Progress',
  DONE: 'Done',
};

/** Null for a filter that no issue can fulfil, such as an empty list. Throws BAD_USER_INPUT for values that mean nothing. */
export function toConditions(filter: JiraIssueFilter | null | undefined): IssueConditions | null {
  const clauses: IssueClause[] = [];
  if (filter?.projectKey != null) {
    const key = normaliseProjectKey(filter.projectKey);
    if (key === null)
      throw badUserInput('`filter.projectKey` is no key of a Jira project. Pass one such as PSD.', {
        argument: 'filter.projectKey',
      });
    clauses.push(equals('project', key));
  }
  if (filter?.statusCategory != null) {
    if (filter.statusCategory.length === 0) return null;
    clauses.push(
      oneOf(
        'statusCategory',
        filter.statusCategory.map((category) => categoryNames[category]),
      ),
    );
  }
  if (filter?.assigneeId != null) clauses.push(equals('assignee', accountIdOf(filter.assigneeId)));
  if (filter?.text != null) {
    if (filter.text.length > MAX_TEXT_LENGTH)
      throw badUserInput(`\`filter.text\` is longer than ${MAX_TEXT_LENGTH} characters. Look for fewer words.`, {
        argument: 'filter.text',
      });
    const clause = containsWords('text', filter.text);
    if (clause === null) return null;
    clauses.push(clause);
  }
  const updatedFrom = instantOf(filter?.updatedAt?.from, 'filter.updatedAt.from');
  const updatedTo = instantOf(filter?.updatedAt?.to, 'filter.updatedAt.to');
  if (updatedFrom !== null && updatedTo !== null && updatedFrom > updatedTo)
    throw badUserInput('`filter.updatedAt` ends before it begins. Exchange `from` and `to`.', {
      argument: 'filter.updatedAt',
    });
  return { clauses, updatedFrom, updatedTo };
}

/** The account id in a global id of a JiraUser, or a raw one. */
function accountIdOf(id: string): string {
  const parsed = parseGlobalId(id);
  if (parsed?.type === 'JiraUser') return parsed.nativeId;
  if (parsed || !/^[A-Za-z0-9:_-]{1,128}$/.test(id))
    throw badUserInput('`filter.assigneeId` is not the id of a JiraUser. Pass its `id` or its `accountId`.', {
      argument: 'filter.assigneeId',
    });
  return id;
}

function instantOf(value: string | null | undefined, argument: string): number | null {
  if (value == null) return null;
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds))
    throw badUserInput(`\`${argument}\` is no instant. Pass one such as 2026-01-31T12:00:00Z.`, { argument });
  return milliseconds;
}
