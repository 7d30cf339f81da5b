/**
 * JQL statements from parts. Fields come from a fixed list and values are always quoted and escaped, so a value can never become
 * part of the statement. The literal rules are those of Jira's own grammar.
 */
export type JqlField = 'project' | 'statusCategory' | 'assignee' | 'text' | 'summary' | 'updated';

/** A finished condition; only the functions here make them. */
export interface JqlClause {
  readonly jql: string;
}

/** What a condition on a field says; plain data, of which `clauseOf` makes the condition again. */
export type JqlTerm =
  | readonly [operator: '=', field: JqlField, value: string]
  | readonly [operator: 'in', field: JqlField, values: readonly string[]]
  | readonly [operator: '~' | '~*', field: 'text' | 'summary', words: string];

/** A condition on a field of issues. */
export interface IssueClause extends JqlClause {
  readonly term: JqlTerm;
}

export function clauseOf(term: JqlTerm): IssueClause {
  const [operator, field, value] = term;
  if (operator === '=') return { term, jql: `${field} = ${quoteJql(value)}` };
  if (operator === 'in') return { term, jql: `${field} in (${value.map(quoteJql).join(', ')})` };
  const query = luceneOf(value);
  const whole = `${field} ~ ${quoteJql(query)}`;
  return { term, jql: operator === '~*' ? `(${whole} OR ${field} ~ ${quoteJql(`${query}*`)})` : whole };
}

export function equals(field: JqlField, value: string): IssueClause {
  return clauseOf(['=', field, value]);
}

/** Throws on an empty list: `in ()` is a syntax error, and leaving the clause out would find everything. Callers answer "nothing" before. */
export function oneOf(field: JqlField, values: readonly string[]): IssueClause {
  if (values.length === 0) throw new Error(`An empty list for ${field} finds nothing; answer that without a search.`);
  return clauseOf(['in', field, values]);
}

/**
 * The words of `text` occur in the field; with `prefix` the last word may also go on (not only: Jira's index holds stems, which a
 * wildcard does not match). Null when the text holds no letter or digit: the index knows only words, so such a text finds nothing.
 */
export function containsWords(
  field: 'text' | 'summary',
  text: string,
  options: { readonly prefix?: boolean } = {},
): IssueClause | null {
  const words = text.trim().replace(/\s+/g, ' ');
  if (!/[\p{L}\p{N}]/u.test(words)) return null;
  const mayGoOn = options.prefix === true && /[\p{L}\p{N}]$/u.test(luceneOf(words));
  return clauseOf([mayGoOn ? '~*' : '~', field, words]);
}

function luceneOf(words: string): string {
  // Upper-case they would be operators.
  return escapeLucene(words.replace(/\b(?:AND|OR|NOT|TO)\b/g, (word) => word.toLowerCase()));
}

/** What JQL can't say more exactly (minutes), and what the clocks of Jira and the gateway may differ by. */
const INSTANT_GRAIN_MINUTES = 3;

/**
 * Compares an instant, a few minutes too generously: filter the answer. Instants are written as minutes from now, because dates in JQL
 * are read in the time zone of the gateway's Jira user, which changes and skips hours. Null when the bound restricts nothing.
 */
export function compareInstant(
  field: 'updated',
  operator: '>=' | '<=',
  epochMs: number,
  nowMs: number,
): JqlClause | null {
  if (!Number.isFinite(epochMs)) return null;
  const minutes = (Math.max(epochMs, 0) - nowMs) / 60_000;
  const generous =
    operator === '<=' ? Math.ceil(minutes) + INSTANT_GRAIN_MINUTES : Math.floor(minutes) - INSTANT_GRAIN_MINUTES;
  if (operator === '<=' && generous > 0) return null;
  return { jql: `${field} ${operator} ${quoteJql(`${generous}m`)}` };
}

/** Restricts nothing; for searches without any other condition, which Jira refuses as unbounded. */
export const anyIssue: JqlClause = { jql: 'updated >= "1970-01-02"' };

/** Conditions joined by AND. At least one is needed: Jira refuses a search without any restriction. */
export function allOf(clauses: readonly [JqlClause, ...JqlClause[]], orderBy: string): string {
  return `${clauses.map(({ jql }) => jql).join(' AND ')} ORDER BY ${orderBy}`;
}

/** What the grammar of JQL does not take raw inside quotes: its own signs, control characters, line separators and noncharacters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not stay in a literal.
const unsafeInLiteral = /[\\"\u0000-\u001f\u007f-\u009f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]/g;

/** A string literal of JQL: double-quoted, with everything escaped that may not stand in it. */
export function quoteJql(value: string): string {
  const escaped = value.replace(unsafeInLiteral, (character) => {
    if (character === '\\' || character === '"') return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

/** Escapes what Jira's text search (Lucene) reads as an operator. */
export function escapeLucene(text: string): string {
  return text.replace(/[+\-&|!(){}[\]^~*?\\:"/]/g, '\\$&');
}
