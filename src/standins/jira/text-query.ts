import { tokenize } from './text-index.ts';

/** Tells whether the words of one text satisfy the query. */
export type TextPredicate = (tokens: readonly string[]) => boolean;

/** The query is not valid Lucene; `reason` null stands for a plain parse error. */
export class TextQueryError extends Error {
  readonly reason: string | null;
  constructor(reason: string | null) {
    super(reason ?? 'The text query cannot be parsed.');
    this.reason = reason;
  }
}

interface Lexeme {
  readonly kind: 'word' | 'phrase' | 'and' | 'or' | 'not' | 'must' | 'open' | 'close';
  readonly text: string;
}

/**
 * Compiles what stands after `~`: words (all must occur), "phrases", wildcards `*` and `?` (not in front), AND, OR, NOT, `+`, `-`, `!`,
 * parentheses, `\` before a special character. Fields, ranges, boosts and fuzzy words are refused as unparseable.
 */
export function compileTextQuery(query: string): TextPredicate {
  const lexemes = lex(query);
  let next = 0;
  const peek = () => lexemes[next];
  const take = () => lexemes[next++];

  function parseOr(): TextPredicate {
    const alternatives = [parseAnd()];
    while (peek()?.kind === 'or') {
      take();
      alternatives.push(parseAnd());
    }
    return (tokens) => alternatives.some((alternative) => alternative(tokens));
  }

  function parseAnd(): TextPredicate {
    const parts = [parseUnary()];
    for (let lexeme = peek(); lexeme && lexeme.kind !== 'or' && lexeme.kind !== 'close'; lexeme = peek()) {
      if (lexeme.kind === 'and') take();
      parts.push(parseUnary());
    }
    return (tokens) => parts.every((part) => part(tokens));
  }

  function parseUnary(): TextPredicate {
    const lexeme = take();
    if (lexeme?.kind === 'must') return parseUnary();
    if (lexeme?.kind === 'not') {
      const negated = parseUnary();
      return (tokens) => !negated(tokens);
    }
    if (lexeme?.kind === 'open') {
      const inner = parseOr();
      if (take()?.kind !== 'close') throw new TextQueryError(null);
      return inner;
    }
    if (lexeme?.kind === 'phrase') return phrase(tokenize(lexeme.text));
    if (lexeme?.kind === 'word') return word(lexeme.text);
    throw new TextQueryError(null);
  }

  const predicate = parseOr();
  if (peek()) throw new TextQueryError(null);
  return predicate;
}

/** A map, since a word may be called like anything that every object has. */
const KEYWORDS: ReadonlyMap<string, Lexeme['kind']> = new Map([
  ['AND', 'and'],
  ['&&', 'and'],
  ['OR', 'or'],
  ['||', 'or'],
  ['NOT', 'not'],
]);
const SYMBOLS: Readonly<Record<string, Lexeme['kind']>> = {
  '+': 'must',
  '-': 'not',
  '!': 'not',
  '(': 'open',
  ')': 'close',
};

/** A word keeps its backslashes, so that an escaped wildcard stays apart from a real one. */
function lex(query: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  const pattern = /\s+|"((?:\\.|[^"\\])*)"|([+\-!()])|((?:\\.|[^\s"+!()[\]{}^~:/\\&|]|(?<=\S)\+|&&|\|\||[&|])+)|(.)/suy;
  for (let match = pattern.exec(query); match; match = pattern.exec(query)) {
    const [, quoted, symbol, text, other] = match;
    if (other !== undefined) throw new TextQueryError(null);
    if (quoted !== undefined) lexemes.push({ kind: 'phrase', text: withoutBackslashes(quoted) });
    if (symbol !== undefined) lexemes.push({ kind: SYMBOLS[symbol] ?? 'word', text: symbol });
    if (text !== undefined) lexemes.push({ kind: KEYWORDS.get(text) ?? 'word', text });
  }
  return lexemes;
}

function withoutBackslashes(text: string): string {
  return text.replace(/\\(.)/gsu, '$1');
}

function word(text: string): TextPredicate {
  if (/^[*?]/.test(text)) throw new TextQueryError(`is not allowed to start with character '${text[0]}'`);
  if (!/(?<!\\)[*?]/.test(text)) return phrase(tokenize(withoutBackslashes(text)));
  const source = text
    .toLowerCase()
    .replace(/\\(.)|([*?])|([^*?\\])/gsu, (_, escaped?: string, wildcard?: string, plain?: string) =>
      wildcard ? (wildcard === '*' ? '.*' : '.') : (escaped ?? plain ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    );
  const pattern = new RegExp(`^${source}$`, 'su');
  return (tokens) => tokens.some((token) => pattern.test(token));
}

/** Words that follow each other. Punctuation alone is no word, and so no condition. */
function phrase(words: readonly string[]): TextPredicate {
  if (words.length === 0) return () => true;
  return (tokens) => {
    for (let start = tokens.indexOf(words[0] ?? ''); start !== -1; start = tokens.indexOf(words[0] ?? '', start + 1)) {
      if (words.every((wanted, offset) => tokens[start + offset] === wanted)) return true;
    }
    return false;
  };
}
