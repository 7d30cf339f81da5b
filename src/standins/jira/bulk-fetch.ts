import { z } from 'zod';
import type { StandInAnswer } from '../kit/exchange.ts';
import type { JiraExchange } from './exchange.ts';
import { selectFields } from './fields.ts';
import { fieldExpansions, issueBean } from './issue-representation.ts';
import { JiraProblem } from './problem.ts';

const MAX_ISSUES = 100;

const bulkFetchShape = z.strictObject({
  issueIdsOrKeys: z.array(z.string()),
  fields: z.array(z.string()).optional(),
  expand: z.array(z.string()).optional(),
  fieldsByKeys: z.boolean().optional(),
  properties: z.array(z.string()).max(5).optional(),
});

/**
 * POST /issue/bulkfetch: issues in ascending order of id, each once, under their present key. What does not exist and what the caller may
 * not see is left out without a word.
 */
export function bulkFetch({ site, json }: JiraExchange): StandInAnswer {
  const asked = json(bulkFetchShape);
  if (asked.issueIdsOrKeys.length === 0) throw new JiraProblem(400, ['At least one issue id or key must be given.']);
  if (asked.issueIdsOrKeys.length > MAX_ISSUES) {
    throw new JiraProblem(400, [
      `At most ${MAX_ISSUES} issues can be fetched at once, but ${asked.issueIdsOrKeys.length} were given.`,
    ]);
  }
  const fields = selectFields(asked.fields ?? [], ['*navigable'], site.fields);
  const expand = new Set(asked.expand ?? []);
  const found = new Set(asked.issueIdsOrKeys.flatMap((idOrKey) => site.issue(idOrKey) ?? []));
  const inOrder = [...found].toSorted((a, b) => Number(a.id) - Number(b.id));
  const readable = inOrder.filter(({ id }) => !site.brokenIssues.has(id));
  const expansions = fieldExpansions(fields, expand, site);
  const body = {
    issues: readable.map((issue) => ({ ...issueBean(issue, fields, expand, site), ...expansions })),
    issueErrors: inOrder.flatMap(({ id }) => {
      const errorMessage = site.brokenIssues.get(id);
      return errorMessage === undefined ? [] : [{ id, errorMessage }];
    }),
  };
  return { status: 200, body, billed: 1 + readable.length };
}
