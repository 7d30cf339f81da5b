import { type Clause, JastBuilder, type OperatorValue } from '@atlassianlabs/jql-ast';
import type { JiraIssueSeed } from '../data/company.ts';
import { compileClause, type IssuePredicate } from './jql-clause.ts';
import { findJqlField } from './jql-fields.ts';
import { compileOrder, type IssueOrder } from './jql-order.ts';
import { JqlErrors, syntaxProblem } from './jql-problem.ts';
import { JiraProblem } from './problem.ts';
import type { Site } from './site.ts';

export interface CompiledJql {
  readonly matches: (issue: JiraIssueSeed) => boolean;
  readonly order: IssueOrder;
}

/** Compiles a statement for the issues of a site. Throws Jira's 400 for wrong syntax, unknown fields and values, and statements without a restriction. */
export function compileJql(jql: string, site: Site): CompiledJql {
  // A builder keeps the token stream of its last statement, read to the end: asked for the same one again, it would see nothing.
  const { query, errors: syntaxErrors } = new JastBuilder().build(jql);
  const [syntaxError] = syntaxErrors;
  if (syntaxError) throw syntaxProblem(jql, syntaxError);
  if (!query?.where) {
    throw new JiraProblem(400, [
      'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
    ]);
  }
  const errors = new JqlErrors();
  const matches = compileNode(query.where, false, site, errors);
  const order = compileOrder(query.orderBy ?? undefined, site, errors);
  errors.throwIfAny();
  return { matches, order };
}

/** NOT is pushed down to the comparisons, as Jira does: so `NOT assignee = x` leaves out unassigned issues just like `assignee != x`. */
function compileNode(clause: Clause, isNegated: boolean, site: Site, errors: JqlErrors): IssuePredicate {
  if (clause.clauseType === 'not') return compileNode(clause.clause, !isNegated, site, errors);
  if (clause.clauseType === 'compound') {
    const parts = clause.clauses.map((part) => compileNode(part, isNegated, site, errors));
    const isAnd = (clause.operator.value === 'and') !== isNegated;
    return isAnd ? (issue) => parts.every((part) => part(issue)) : (issue) => parts.some((part) => part(issue));
  }
  const { operator, operand } = clause;
  const name = clause.field.value;
  const field = findJqlField(name, site);
  if (!field || !operator || !operand) {
    errors.add(`Field '${name}' does not exist or you do not have permission to view it.`);
    return () => false;
  }
  return compileClause(field, isNegated ? opposite(operator.value) : operator.value, operand, site, errors);
}

const OPPOSITES: readonly (readonly [OperatorValue, OperatorValue])[] = [
  ['=', '!='],
  ['in', 'not in'],
  ['is', 'is not'],
  ['~', '!~'],
  ['<', '>='],
  ['>', '<='],
];

function opposite(operator: OperatorValue): OperatorValue {
  for (const [one, other] of OPPOSITES) {
    if (operator === one) return other;
    if (operator === other) return one;
  }
  return operator;
}
