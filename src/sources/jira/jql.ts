/**
 * JQL statements from parts. Fields come from a fixed list and values are always quoted and escaped, so a value can never become
 * part of the statement. The literal rules are those of Jira's own grammar.
 */
export type JqlField = 'project' | 'statusCategory' | 'assignee' | 'text' | 'summary' | 'updated';

/** A finished condition; only the functions here make them. */
export interface JqlClause {
  readonly jql: string;
}

export function equals(field: JqlField, value: string): JqlClause {
  return { jql: `${field} = ${quoteJql(value)}` };
}

/** Throws on an empty list: `in ()` is a syntax error, and leaving the clause out would find everything. Callers answer "nothing" before. */
export function oneOf(field: JqlField, values: readonly string[]): JqlClause {
  if (values.length === 0) throw new Error(`An empty list for ${field} finds nothing; answer that without a search.`);
  return { jql: `${field} in (${values.map(quoteJql).join(', ')})` };
}

/**
 * Every word of `text` occurs in the field; with `prefix` the last word may go on. Null when the text holds no letter or digit: Jira's
 * text index knows only words, so such a text finds nothing.
 */
export function containsWords(
  field: 'text' | 'summary',
  text: string,
  options: { prefix?: boolean } = {},
): JqlClause | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  if (words.length === 0) return null;
  const query = escapeLucene(words.join(' ').replace(/\b(?:AND|OR|NOT|TO)\b/g, (word) => word.toLowerCase()));
  return { jql: `${field} ~ ${quoteJql(options.prefix ? `${query}*` : query)}` };
}

/**
 * Compares an instant. An unquoted number is milliseconds since the epoch (Atlassian's "JQL Date Time Formats"); quoted dates would be
 * read in the time zone of the gateway's Jira user and cut to minutes.
 */
export function compareInstant(field: 'updated', operator: '>=' | '<=', epochMs: number): JqlClause {
  if (!Number.isSafeInteger(epochMs)) throw new Error(`Not an instant in milliseconds: ${epochMs}.`);
  return { jql: `${field} ${operator} ${epochMs}` };
}

/** Conditions joined by AND. At least one is needed: Jira refuses a search without any restriction. */
export function allOf(clauses: readonly [JqlClause, ...JqlClause[]], orderBy: string): string {
  return `${clauses.map(({ jql }) => jql).join(' AND ')} ORDER BY ${orderBy}`;
}

/** A string literal of JQL: double-quoted, with `\`, `"` and control characters escaped. */
export function quoteJql(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not stay in a literal.
  const escaped = value.replace(/[\\"\u0000-\u001f\u007f]/g, (character) => {
    if (character === '\\' || character === '"') return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

/** Escapes what Jira's text search (Lucene) reads as an operator. */
export function escapeLucene(text: string): string {
  return text.replace(/[+\-&|!(){}[\]^~*?\\:"/]/g, '\\$&');
}
