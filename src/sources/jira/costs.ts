import type { AddJiraCommentInput, TransitionJiraIssueInput } from '../../generated/graphql.ts';
import { MAX_PAGE_SIZE, type PageArguments, parsePage } from '../../platform/connection.ts';
import {
  type AskedOfLoader,
  type CostArguments,
  type FieldCost,
  fetchesFor,
  inBatchesOf,
  inFetchesOf,
  keysOf,
  type LoaderCost,
  type MostUnits,
  oneRead,
  oneRow,
  type RowBound,
} from '../../platform/costs.ts';
import { badUserInput } from '../../platform/errors.ts';
import { checkIdempotencyKey } from '../../platform/idempotency.ts';
import { MAX_COMMENTS_PER_PAGE, MAX_ISSUES_PER_FETCH, MAX_PROJECTS_PER_FETCH, MAX_USERS_PER_FETCH } from './client.ts';
import { checkComment } from './comment-write.ts';
import { normaliseIssueKey, normaliseProjectKey } from './issue-keys.ts';
import { OVERLAP_ROWS } from './issue-lists.ts';
import type { JiraLoaders } from './loaders.ts';
import { checkTransition } from './transition-write.ts';

/** Issues that Jira gives in one page of a search that asks for fields. */
const ISSUES_PER_SEARCH_PAGE = 100;
/** Points by kind of object, as Atlassian counts them on top of one for each call: developer.atlassian.com, "Rate limiting". */
const POINTS = { issue: 1, project: 1, comment: 1, user: 2 } as const;

/** One line for each loader of the slice. */
export const jiraLoaderCosts: readonly LoaderCost[] = [
  write('readForWrite'),
  write('transitionIssue'),
  write('addComment'),
  {
    loader: 'jira.commentByPlace',
    source: 'JIRA',
    rows: oneRow,
    most: (asked) => ({ rounds: [keysOf(asked)] }),
    pointsPerRecord: POINTS.comment,
  },
  byKey('issueByKey', 'jira.issues', MAX_ISSUES_PER_FETCH, POINTS.issue),
  byKey('issueById', 'jira.issues', MAX_ISSUES_PER_FETCH, POINTS.issue),
  byKey('userById', 'jira.users', MAX_USERS_PER_FETCH, POINTS.user),
  byKey('projectByKey', 'jira.projectsByKey', MAX_PROJECTS_PER_FETCH, POINTS.project),
  byKey('projectLeadByProjectKey', 'jira.projectLeads', MAX_PROJECTS_PER_FETCH, POINTS.project),
  byKey('projectById', 'jira.projectsById', MAX_PROJECTS_PER_FETCH, POINTS.project),
  {
    loader: 'jira.commentsByIssueKey',
    source: 'JIRA',
    rows: firstComments,
    most: mostCommentCalls,
    cold: usualCommentCalls,
    cached: true,
    pointsPerRecord: POINTS.comment,
  },
  search('issuesPage', (args) => ({ most: parsePage(args as PageArguments).size }), mostSearchCalls),
  search(
    'searchIssues',
    (args) => ({ most: Number(args.first) }),
    () => 1,
  ),
];

/** One line for each field that is no edge. */
export const jiraFieldCosts: readonly FieldCost[] = [
  written('transitionJiraIssue', 'jira.transitionIssue', (input) => checkTransition(input as TransitionJiraIssueInput)),
  written('addJiraComment', 'jira.addComment', (input) => checkComment(input as AddJiraCommentInput)),
  oneRead('Query', 'jiraIssue', 'jira.issueByKey', ({ key }) => {
    if (normaliseIssueKey(String(key)) === null)
      throw badUserInput('`key` is no key of a Jira issue. Pass one such as PSD-7.', { argument: 'key' });
    return { rows: 1, isCertain: true };
  }),
  oneRead('Query', 'jiraProject', 'jira.projectByKey', ({ key }) => {
    if (normaliseProjectKey(String(key)) === null)
      throw badUserInput('`key` is no key of a Jira project. Pass one such as PSD.', { argument: 'key' });
    return { rows: 1, isCertain: true };
  }),
  oneRead('Query', 'jiraIssues', 'jira.issuesPage', ({ first, after, filter }) => ({
    rows: parsePage({ first, after } as PageArguments).size,
    isCertain: after == null && filter == null,
  })),
];

function byKey(name: keyof JiraLoaders, family: string, perCall: number, pointsPerRecord: number): LoaderCost {
  const most = inFetchesOf(perCall);
  const cold = inBatchesOf(perCall);
  return { loader: `jira.${name}`, source: 'JIRA', family, rows: oneRow, most, cold, cached: true, pointsPerRecord };
}

/** A list and its records are held apart: a list that is held may need records that are not. */
function search(
  name: keyof JiraLoaders,
  rows: (args: CostArguments) => RowBound,
  mostCalls: (args: CostArguments) => number,
): LoaderCost {
  return {
    loader: `jira.${name}`,
    source: 'JIRA',
    merges: 'never',
    cached: true,
    rows,
    most: (asked) => {
      const calls = asked.map(({ args }) => mostCalls(args) + fetchesFor(rows(args).most, MAX_ISSUES_PER_FETCH));
      return { rounds: [calls.reduce((sum, count) => sum + count, 0)], extraPoints: asked.length * (1 + OVERLAP_ROWS) };
    },
    // Issues come along with their list.
    cold: (asked) => ({ rounds: [asked.reduce((sum, { args }) => sum + mostCalls(args), 0)] }),
    pointsPerRecord: 2 * POINTS.issue,
  };
}

/** Comments of several issues come with the issues, and hardly any issue has more than come with it. */
function usualCommentCalls(asked: readonly AskedOfLoader[]): MostUnits {
  const byPages = Map.groupBy(asked, ({ args }) => Math.ceil(firstComments(args).most / MAX_COMMENTS_PER_PAGE));
  const calls = [...byPages.values()].map((some) => Math.ceil(keysOf(some) / MAX_ISSUES_PER_FETCH));
  return { rounds: [calls.reduce((sum, count) => sum + count, 0)] };
}

/** A continued page begins with rows of the page before; a filter on the change drops rows of Jira's coarser instants. */
function mostSearchCalls(args: CostArguments): number {
  const { size, from } = parsePage({ first: args.first, after: args.after } as PageArguments);
  const filter = args.filter as { readonly updatedAt?: unknown } | null | undefined;
  const rows = size + 1 + (from === null ? 0 : OVERLAP_ROWS);
  return Math.ceil(rows / ISSUES_PER_SEARCH_PAGE) + (from !== null || filter?.updatedAt != null ? 1 : 0);
}

function firstComments(args: CostArguments): RowBound {
  return { most: parsePage({ first: args.first } as PageArguments, MAX_PAGE_SIZE).size };
}

/**
 * Several issues' comments come with the issues; each issue whose comments Jira cut off there is then read page by page. Those who ask for
 * so many that it takes another number of pages are read apart.
 */
function mostCommentCalls(asked: readonly AskedOfLoader[]): MostUnits {
  const byPages = Map.groupBy(asked, ({ args }) => Math.ceil(firstComments(args).most / MAX_COMMENTS_PER_PAGE));
  let calls = 0;
  for (const [pages, some] of byPages) {
    const issues = keysOf(some);
    calls += issues * pages + (issues > 1 ? fetchesFor(issues, MAX_ISSUES_PER_FETCH) : 0);
  }
  return { rounds: [calls], extraPoints: keysOf(asked) * POINTS.issue };
}

/** A call that is made for one write alone. A write whose outcome is not clear takes more. */
function write(name: string): LoaderCost {
  return {
    loader: `jira.${name}`,
    source: 'JIRA',
    merges: 'never',
    writes: true,
    rows: oneRow,
    most: (asked) => ({ rounds: [asked.length] }),
    pointsPerRecord: POINTS.issue,
  };
}

function written(field: string, loader: string, check: (input: unknown) => unknown): FieldCost {
  return {
    type: 'Mutation',
    field,
    plan: (args) => {
      const { idempotencyKey } = args.input as { readonly idempotencyKey?: string | null };
      if (idempotencyKey != null) checkIdempotencyKey(idempotencyKey);
      check(args.input);
      // With a key that is known already nothing is asked.
      const isCertain = idempotencyKey == null;
      return {
        stages: [
          [{ loader: 'jira.readForWrite', keys: 1, args, isCertain }],
          [{ loader: 'upstreamWrites.record', keys: 1, args }],
          [{ loader, keys: 1, args }],
        ],
        rows: [{ type: null, most: 1 }],
        isCertain,
      };
    },
  };
}
