import { z } from 'zod';
import type { JiraIssueSeed } from '../data/company.ts';
import type { StandInAnswer } from '../kit/exchange.ts';
import { problemOfAdf } from './adf-structure.ts';
import { adfHtml, isAdfDocument } from './adf-text.ts';
import type { JiraExchange } from './exchange.ts';
import { toJiraDate } from './jira-date.ts';
import { numberParameter, pageBean } from './paging.ts';
import { JiraProblem } from './problem.ts';
import type { Site } from './site.ts';
import { userReference } from './user-representation.ts';

type Comment = JiraIssueSeed['comments'][number];

export function commentBean(
  comment: Comment,
  issue: JiraIssueSeed,
  site: Site,
  { rendered = false, properties = false } = {},
): Record<string, unknown> {
  const author = userReference(comment.authorAccountId, site);
  return {
    self: `${site.origin}/rest/api/3/issue/${issue.id}/comment/${comment.id}`,
    id: comment.id,
    // A comment of a deleted or anonymous account has no author at all.
    ...(author ? { author, updateAuthor: author } : {}),
    body: comment.body,
    ...(rendered ? { renderedBody: adfHtml(comment.body) } : {}),
    created: toJiraDate(comment.createdAt),
    updated: toJiraDate(comment.createdAt),
    jsdPublic: true,
    ...(properties ? { properties: site.commentProperties.get(comment.id) ?? [] } : {}),
  };
}

/** GET /issue/{idOrKey}/comment: a page, oldest first unless `orderBy=-created`. */
export function listComments({ site, parameters, url }: JiraExchange): StandInAnswer {
  const issue = site.requireIssue(parameters[0] ?? '');
  const orderBy = url.searchParams.get('orderBy') ?? 'created';
  if (!/^[+ -]?created$/.test(orderBy)) {
    throw new JiraProblem(400, [
      `The orderBy value '${orderBy}' is not valid. Comments can only be ordered by created.`,
    ]);
  }
  const startAt = numberParameter(url, 'startAt', 0);
  const maxResults = Math.min(numberParameter(url, 'maxResults', 100), 5000);
  const ordered = issue.comments.toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  if (orderBy.startsWith('-')) ordered.reverse();
  const rendered = url.searchParams.get('expand')?.includes('renderedBody') ?? false;
  const comments = ordered
    .slice(startAt, startAt + maxResults)
    .map((comment) => commentBean(comment, issue, site, { rendered }));
  return { status: 200, body: { startAt, maxResults, total: ordered.length, comments }, billed: 1 + comments.length };
}

/** GET /issue/{idOrKey}/comment/{id}. */
export function getComment({ site, parameters, url }: JiraExchange): StandInAnswer {
  const issue = site.requireIssue(parameters[0] ?? '');
  const comment = issue.comments.find(({ id }) => id === parameters[1]);
  if (!comment) throw new JiraProblem(404, [`Can not find a comment for the id: ${parameters[1] ?? ''}.`]);
  const rendered = url.searchParams.get('expand')?.includes('renderedBody') ?? false;
  return { status: 200, body: commentBean(comment, issue, site, { rendered }), billed: 2 };
}

/** POST /issue/{idOrKey}/comment: the body must be an Atlassian Document. */
export function addComment({ site, parameters, json }: JiraExchange): StandInAnswer {
  const issue = site.requireIssue(parameters[0] ?? '');
  const { body, properties } = json(
    z.looseObject({
      body: z.unknown().optional(),
      properties: z.array(z.strictObject({ key: z.string().min(1).max(255), value: z.json() })).optional(),
    }),
  );
  if (body === undefined || body === null || body === '')
    throw new JiraProblem(400, [], { comment: 'Comment body can not be empty!' });
  if (!isAdfDocument(body) || problemOfAdf(body) !== null)
    throw new JiraProblem(400, [], { comment: 'Comment body is not valid!' });
  const createdAt = site.nowIso();
  const comment: Comment = { id: site.nextId(), authorAccountId: site.caller.accountId, body, createdAt };
  if (properties) site.commentProperties.set(comment.id, properties);
  site.put({ ...issue, comments: [...issue.comments, comment], updatedAt: createdAt });
  return { status: 201, body: commentBean(comment, issue, site) };
}

/** POST /comment/list: comments by id, those of invisible issues left out. */
export function listCommentsByIds({ site, json, url }: JiraExchange): StandInAnswer {
  const { ids } = json(z.strictObject({ ids: z.array(z.int()) }));
  if (ids.length === 0 || ids.length > 1000)
    throw new JiraProblem(400, ['Between 1 and 1000 comment ids must be given.']);
  const wanted = new Set(ids.map(String));
  const expand = url.searchParams.get('expand') ?? '';
  const rendered = expand.includes('renderedBody');
  const properties = expand.includes('properties');
  const values = site
    .visibleIssues()
    .flatMap((issue) =>
      issue.comments
        .filter(({ id }) => wanted.has(id))
        .map((comment) => commentBean(comment, issue, site, { rendered, properties })),
    );
  return {
    status: 200,
    body: pageBean(values, { startAt: 0, maxResults: 1000 }, url, site),
    billed: 1 + values.length,
  };
}
