import type { Resolvers } from '../../generated/graphql.ts';
import { badUserInput } from '../../platform/errors.ts';
import { demanded, demandOf } from '../../platform/freshness-directive.ts';
import { nodeSelectionOf, selectionOf } from '../../platform/selection.ts';
import { normaliseIssueKey, normaliseProjectKey } from './issue-keys.ts';

/** The root fields of Jira; everything else is plain properties and edges. */
export const jiraResolvers: Resolvers = {
  Query: {
    jiraIssue: (_parent, { key }, { loaders, scope }, info) => {
      const normalised = normaliseIssueKey(key);
      if (normalised === null)
        throw badUserInput('`key` is no key of a Jira issue. Pass one such as PSD-7.', { argument: 'key' });
      return loaders.jira.issueByKey.load(normalised, {
        selection: selectionOf(info, 'JiraIssue'),
        args: {},
        ...demanded(info, scope.demand),
      });
    },
    jiraIssues: async (_parent, { first, after, filter }, context, info) => {
      const { loaders, scope } = context;
      const selection = nodeSelectionOf(info, 'JiraIssue');
      const demand = demandOf(info, scope.demand);
      const page = await loaders.jira.issuesPage({ first, after }, filter, selection, demand);
      for (const error of page?.unreadable ?? []) context.reportPartialError(error, info);
      return page?.connection ?? null;
    },
    jiraProject: (_parent, { key }, { loaders, scope }, info) => {
      const normalised = normaliseProjectKey(key);
      if (normalised === null)
        throw badUserInput('`key` is no key of a Jira project. Pass one such as PSD.', { argument: 'key' });
      return loaders.jira.projectByKey.load(normalised, {
        selection: selectionOf(info, 'JiraProject'),
        args: {},
        ...demanded(info, scope.demand),
      });
    },
  },
};
