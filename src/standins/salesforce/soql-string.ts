import { malformedQuery, Refusal } from './refusal.ts';

const MAX_LITERAL_CHARACTERS = 4_000;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** The text between the quotes of a literal. An escape that SOQL does not know is refused, as Salesforce does. */
export function stringValue(literal: string): string {
  return pieces(literal)
    .map((piece) => piece.character)
    .join('');
}

/** A LIKE pattern: `%` any text, `_` one character, escaped ones themselves; letters match in either case. */
export function likePattern(literal: string): RegExp {
  const source = pieces(literal, true).map(({ character, escaped }) => {
    if (!escaped && character === '%') return '[\\s\\S]*';
    if (!escaped && character === '_') return '[\\s\\S]';
    return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 'iu');
}

function pieces(literal: string, inPattern = false): { readonly character: string; readonly escaped: boolean }[] {
  if (!/^'[\s\S]*'$/.test(literal)) throw malformedQuery(`unexpected token: '${literal}'`);
  const text = literal.slice(1, -1);
  if (text.length > MAX_LITERAL_CHARACTERS) {
    throw new Refusal(
      400,
      'INVALID_QUERY_FILTER_OPERATOR',
      `filter value exceeds the maximum of ${MAX_LITERAL_CHARACTERS} characters`,
    );
  }
  const found: { character: string; escaped: boolean }[] = [];
  const parts = text.matchAll(/\\u([0-9A-Fa-f]{4})|\\([\s\S])|[^\\]/gu);
  for (const [whole, unicode, escaped] of parts) {
    if (unicode !== undefined)
      found.push({ character: String.fromCharCode(Number.parseInt(unicode, 16)), escaped: true });
    else if (escaped === undefined) found.push({ character: whole, escaped: false });
    else found.push({ character: escapedCharacter(escaped, literal, inPattern), escaped: true });
  }
  return found;
}

function escapedCharacter(escaped: string, literal: string, inPattern: boolean): string {
  if (inPattern && (escaped === '%' || escaped === '_')) return escaped;
  const character = ESCAPES[escaped];
  if (character !== undefined) return character;
  throw malformedQuery(
    `Invalid string literal ${literal}. Illegal character sequence '\\${escaped}' in string literal.`,
  );
}
