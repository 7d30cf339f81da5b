import { type Clause, JastBuilder, type Operand } from '@atlassianlabs/jql-ast';
import { parseQuery } from '@jetstreamapp/soql-parser-js';

/** What a source was asked, taken apart by parsers that this project did not write. */
export interface AskedOfSource {
  /** What it is without its values: the same for every input that is only a value. */
  readonly shape: string;
  /** The texts in it, as the source understands them. */
  readonly texts: readonly string[];
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string | null | undefined;
}

/** Every statement and every other request in the calls. Throws for a statement that is none. */
export function askedOfSources(calls: readonly Call[]): readonly AskedOfSource[] {
  return calls.flatMap((call) => {
    if (call.path.includes('/oauth2/')) return [];
    if (!call.path.endsWith('/composite')) return [asked(call)];
    const { compositeRequest } = JSON.parse(call.body ?? '{}') as {
      compositeRequest: { method: string; url: string }[];
    };
    return compositeRequest.map(({ method, url }) => asked({ method, path: url }));
  });
}

function asked({ method, path, body }: Call): AskedOfSource {
  const url = new URL(path, 'http://source.test');
  const soql = url.searchParams.get('q');
  if (soql !== null) return soqlAsked(soql);
  const json: unknown = body ? JSON.parse(body) : null;
  if (isObject(json) && typeof json.jql === 'string') return jqlAsked(json.jql);
  // Before it is parsed: `..` would be gone afterwards.
  const segments = path.split(/[?#]/, 1)[0]?.split('/') ?? [];
  const parameters = [...url.searchParams];
  return {
    shape: `${method} ${segments.map(isRecord).join('/')} ${parameters.map(([name]) => name).join()} ${keysOf(json)}`,
    texts: [...parameters.map(([, value]) => value), ...stringsOf(json)],
  };
}

function isRecord(segment: string): string {
  return /^([A-Za-z0-9]{15}|[A-Za-z0-9]{18}|[A-Z][A-Z0-9_]*-\d+|\d+)$/.test(segment) ? '*' : segment;
}

function soqlAsked(soql: string): AskedOfSource {
  const texts: string[] = [];
  const shape = JSON.stringify(parseQuery(soql), (_key, value: unknown) => {
    if (!isObject(value) || !('literalType' in value)) return value;
    const { value: literal, literalType, ...rest } = value;
    for (const each of [literal].flat())
      if (String(each).startsWith("'")) texts.push(unquoteSoql(String(each), rest.operator === 'LIKE'));
    return { ...rest, literal: [...new Set([literalType].flat())].join() };
  });
  return { shape, texts };
}

const namedEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  "'": "'",
  '\\': '\\',
  '"': '"',
};

/** Of a pattern the text between the wildcards; one that stands for itself may be nowhere else. */
function unquoteSoql(literal: string, isPattern: boolean): string {
  const inner = literal.slice(1, -1);
  const text = isPattern ? inner.slice(1, -1) : inner;
  if (isPattern && (!/^%.*%$/s.test(inner) || /[%_]/.test(text.replace(/\\./gs, ''))))
    throw new Error(`${literal} has a wildcard from the outside.`);
  return text.replace(/\\u([0-9a-f]{4})|\\(.)/gs, (whole, code: string | undefined, name: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    const character = isPattern && (name === '%' || name === '_') ? name : namedEscapes[name ?? ''];
    if (character === undefined) throw new Error(`${whole} is no escape that Salesforce knows.`);
    return character;
  });
}

function jqlAsked(jql: string): AskedOfSource {
  // A builder reads a statement wrongly that it has just read.
  const { query, errors } = new JastBuilder().build(jql);
  if (errors.length > 0 || !query?.where) throw new Error(`${jql} is no JQL: ${errors[0]?.message}`);
  const texts: string[] = [];
  const order = query.orderBy?.fields.map(({ field, direction }) => `${field.value} ${direction?.value}`).join();
  return { shape: `${clauseShape(query.where, texts)} ORDER BY ${order}`, texts };
}

function clauseShape(clause: Clause, texts: string[]): string {
  if (clause.clauseType === 'not') return `NOT ${clauseShape(clause.clause, texts)}`;
  if (clause.clauseType === 'compound')
    return `(${clause.clauses.map((part) => clauseShape(part, texts)).join(` ${clause.operator.value} `)})`;
  const { field, operator, operand } = clause;
  if (!operand) throw new Error(`${field.value} is compared with nothing.`);
  return `${field.value} ${operator?.value} ${operandShape(operand, operator?.value === '~', texts)}`;
}

function operandShape(operand: Operand, isSearched: boolean, texts: string[]): string {
  if (operand.operandType === 'list') {
    const shapes = new Set(operand.values.map((value) => operandShape(value, isSearched, texts)));
    return `[${[...shapes].join()}]`;
  }
  if (operand.operandType !== 'value') return operand.operandType;
  const text = unquoteJql(operand.text);
  texts.push(isSearched ? unescapeSearch(text) : text);
  return 'value';
}

function unquoteJql(literal: string): string {
  if (!/^".*"$/s.test(literal)) return literal;
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-f]{4})|(.))/gs, (_, hex?: string, character?: string) =>
      hex === undefined ? (character ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

/** Reads what Jira's text search is given; only the last word may end in a wildcard. */
function unescapeSearch(query: string): string {
  const words = query.replace(/(?<=[\p{L}\p{N}])\*$/u, '');
  if (/[+\-&|!(){}[\]^~*?:"/]|\b(AND|OR|NOT|TO)\b/.test(words.replace(/\\./gs, '')))
    throw new Error(`${query} has an operator from the outside.`);
  return words.replace(/\\(.)/gs, '$1');
}

/** Names of fields at any depth. Of documents of Jira only that they are such: their nodes follow the Markdown. */
function keysOf(value: unknown): string {
  if (Array.isArray(value)) return [...new Set(value.map(keysOf))].join('|');
  if (!isObject(value)) return '';
  if (value.type === 'doc') return 'doc';
  return `{${Object.entries(value)
    .map(([key, inner]) => key + keysOf(inner))
    .sort()
    .join()}}`;
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (isObject(value) && value.type === 'doc') return [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
