import type { Condition, ConditionWithValueQuery, HavingClause, WhereClause } from '@jetstreamapp/soql-parser-js';
import { malformedQuery } from './refusal.ts';

/** A condition as a tree; the leaves are the parser's own. */
export type ConditionTree =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ConditionTree[] }
  | { readonly kind: 'not'; readonly part: ConditionTree }
  | { readonly kind: 'leaf'; readonly condition: LeafCondition };

export type LeafCondition = Exclude<ConditionWithValueQuery, { openParen: number; operator?: never }>;

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | LeafCondition;

/**
 * Rebuilds the tree that the parser flattens into a list with counts of parentheses. As in Salesforce, AND and OR on one level without
 * parentheses are refused.
 */
export function toConditionTree(clause: WhereClause | HavingClause): ConditionTree {
  const tokens = linearize(clause);
  let position = 0;

  function expression(): ConditionTree {
    const parts = [term()];
    let joiner: 'AND' | 'OR' | undefined;
    for (let token = tokens[position]; token === 'AND' || token === 'OR'; token = tokens[position]) {
      if (joiner !== undefined && joiner !== token) throw malformedQuery(`unexpected token: ${token}`);
      joiner = token;
      position++;
      parts.push(term());
    }
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return { kind: joiner === 'OR' ? 'or' : 'and', parts };
  }

  function term(): ConditionTree {
    const token = tokens[position++];
    if (token === 'NOT') return { kind: 'not', part: term() };
    if (token === '(') {
      const inner = expression();
      if (tokens[position++] !== ')') throw malformedQuery("expecting a right parentheses, found '<EOF>'");
      return inner;
    }
    if (typeof token === 'object') return { kind: 'leaf', condition: token };
    throw malformedQuery(`unexpected token: '${token ?? '<EOF>'}'`);
  }

  const tree = expression();
  if (position < tokens.length) throw malformedQuery(`unexpected token: '${String(tokens[position])}'`);
  return tree;
}

function linearize(clause: WhereClause | HavingClause): Token[] {
  const tokens: Token[] = [];
  let next: WhereClause | HavingClause | undefined = clause;
  while (next !== undefined) {
    const left: Condition | ConditionWithValueQuery | null = next.left;
    const operator = 'operator' in next ? next.operator : undefined;
    tokens.push(...Array<Token>(left?.openParen ?? 0).fill('('));
    if (left !== null && 'operator' in left) {
      tokens.push(left, ...Array<Token>(left.closeParen ?? 0).fill(')'));
    }
    if (operator !== undefined) tokens.push(operator);
    next = 'right' in next ? next.right : undefined;
  }
  return tokens;
}
