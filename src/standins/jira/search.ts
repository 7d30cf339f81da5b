import { z } from 'zod';
import type { StandInAnswer } from '../kit/exchange.ts';
import type { JiraExchange } from './exchange.ts';
import { selectFields } from './fields.ts';
import { fieldExpansions, issueBean } from './issue-representation.ts';
import { compileJql } from './jql-evaluate.ts';
import { fromPageToken, toPageToken } from './page-token.ts';
import { listParameter, numberParameter } from './paging.ts';
import { JiraProblem } from './problem.ts';
import type { Site } from './site.ts';

const searchShape = z.strictObject({
  jql: z.string().optional(),
  nextPageToken: z.string().nullish(),
  maxResults: z.int().optional(),
  fields: z.array(z.string()).optional(),
  expand: z.string().optional(),
  fieldsByKeys: z.boolean().optional(),
  properties: z.array(z.string()).max(5).optional(),
  reconcileIssues: z.array(z.int()).optional(),
});
type Search = z.infer<typeof searchShape>;

const MAX_RESULTS = 5000;
/** Pages with more than ids and keys are cut shorter than asked. */
const MAX_RESULTS_WITH_FIELDS = 100;
const MAX_RECONCILED = 50;

export function searchByPost({ site, json }: JiraExchange): StandInAnswer {
  return search(json(searchShape), site);
}

export function searchByGet({ site, url }: JiraExchange): StandInAnswer {
  const query = url.searchParams;
  const asked = searchShape.safeParse({
    jql: query.get('jql') ?? undefined,
    nextPageToken: query.get('nextPageToken'),
    maxResults: numberParameter(url, 'maxResults', 50),
    fields: listParameter(url, 'fields'),
    expand: listParameter(url, 'expand').join(','),
    reconcileIssues: listParameter(url, 'reconcileIssues').map(Number),
  });
  if (!asked.success) throw new JiraProblem(400, ['A query parameter has a value of the wrong type.']);
  return search(asked.data, site);
}

function search(asked: Search, site: Site): StandInAnswer {
  const jql = asked.jql ?? '';
  const maxResults = asked.maxResults ?? 50;
  if (maxResults < 1 || maxResults > MAX_RESULTS) {
    throw new JiraProblem(400, [
      `The value of maxResults must be between 1 and ${MAX_RESULTS}, but it is ${maxResults}.`,
    ]);
  }
  const reconcile = asked.reconcileIssues ?? [];
  if (reconcile.length > MAX_RECONCILED)
    throw new JiraProblem(400, [`At most ${MAX_RECONCILED} issues can be reconciled.`]);
  const { matches, order } = compileJql(jql, site);
  const after = asked.nextPageToken ? fromPageToken(asked.nextPageToken, jql, site.clock.now()) : null;
  const fields = selectFields(asked.fields ?? [], [], site.fields);
  const expand = new Set((asked.expand ?? '').split(',').filter((name) => name !== ''));
  const onlyKeys = expand.size === 0 && [...fields].every((id) => id === 'issuekey');
  const size = Math.min(maxResults, onlyKeys ? MAX_RESULTS : MAX_RESULTS_WITH_FIELDS);
  const found = site
    .searchableIssues(reconcile.map(String))
    .filter(matches)
    .map((issue) => ({ issue, position: order.position(issue) }))
    .filter(({ position }) => after === null || order.compare(position, after) > 0)
    .toSorted((a, b) => order.compare(a.position, b.position));
  const page = found.slice(0, size);
  const last = page.at(-1);
  const isLast = found.length <= size;
  const body = {
    ...fieldExpansions(fields, expand, site),
    issues: page.map(({ issue }) => issueBean(issue, fields, expand, site)),
    ...(isLast || !last ? {} : { nextPageToken: toPageToken(jql, last.position, site.clock.now()) }),
    isLast,
  };
  return { status: 200, body, billed: 1 + page.length };
}

/** POST /search/approximate-count. Here the count is exact for what the index holds. */
export function countIssues({ site, json }: JiraExchange): StandInAnswer {
  const { jql } = json(z.strictObject({ jql: z.string().optional() }));
  const { matches } = compileJql(jql ?? '', site);
  return { status: 200, body: { count: site.searchableIssues([]).filter(matches).length } };
}

/** The search that Atlassian removed in 2025. */
export function refuseRemovedSearch(): StandInAnswer {
  throw new JiraProblem(410, [
    'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046',
  ]);
}
