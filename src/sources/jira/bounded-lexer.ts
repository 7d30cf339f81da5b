import { Lexer, type Token, Tokenizer, type Tokens } from 'marked';

/** Thrown where text takes too long to read. */
export class TooManyMarks extends Error {}

/**
 * A step takes some ten nanoseconds. Prose of 10,000 characters in one paragraph, with six marks in each line, takes 92,000; marks that find their ends
 * soon are little effort, so words in bold by the hundred take 16,000.
 */
const MOST_STEPS = 600_000;
/** Passing over a character, where the end of an emphasis, of code, of a link, of a word, of a table is looked for. */
const PASSING = { emphasis: 1.6, code: 8, link: 0.7, word: 0.1, table: 0.5 };
/** Making one cell, which rows that are too short get as well. */
const CELL = 50;
/** A link's text is read no further. */
const LONGEST_LABEL = 1_000;

/** What an e-mail address may begin with: wherever text begins the lexer looks for its `@`. */
const beginningOfAddress = /^[\s\S][A-Za-z0-9.!#$%&'*+/=?_`{|}~-]*/;
const delimiterRow = /^[^\n]*\n([ \t]*[-:|][-:| \t]*)(?:\n|$)/;
const emptyLine = /\n[ \t]*(?:\n|$)/;
const endsWithWord = /[\p{L}\p{N}]$/u;

class Steps {
  #taken = 0;

  take(steps: number): void {
    this.#taken += steps;
    if (this.#taken > MOST_STEPS) throw new TooManyMarks();
  }
}

/** Counts the steps of what takes time by the square of the text's length. */
class CountingTokenizer extends Tokenizer {
  protected readonly steps: Steps;

  constructor(steps: Steps) {
    super();
    this.steps = steps;
  }

  override codespan(src: string): Tokens.Codespan | undefined {
    const token = super.codespan(src);
    if (src.startsWith('`')) this.steps.take(PASSING.word * (token?.raw ?? src).length);
    return token;
  }

  override inlineText(src: string): Tokens.Text | undefined {
    this.steps.take(PASSING.word * (beginningOfAddress.exec(src)?.[0].length ?? 0));
    return super.inlineText(src);
  }

  /** What stands above a line of `-` is tried as a table of all lines that follow, and is then a heading. */
  override table(src: string): Tokens.Table | undefined {
    const columns = delimiterRow.exec(src)?.[1];
    if (columns !== undefined) {
      const table = src.slice(0, emptyLine.exec(src)?.index);
      this.steps.take(PASSING.table * table.length);
      if (/[:|]/.test(columns)) this.steps.take(CELL * columns.split('|').length * table.split('\n').length);
    }
    return super.table(src);
  }
}

/** For text with marks of emphasis; the lexer works harder at text whose tokenizer counts these. */
class EmphasisCountingTokenizer extends CountingTokenizer {
  /** An opening mark without an end is compared with all that follow; an underscore within a word opens nothing. */
  override emStrong(src: string, masked: string, before?: string): Tokens.Em | Tokens.Strong | undefined {
    const token = super.emStrong(src, masked, before);
    const mayOpen =
      this.rules.inline.emStrongLDelim.test(src) && (src.startsWith('*') || !endsWithWord.test(before ?? ''));
    if (mayOpen) this.steps.take(PASSING.emphasis * (token?.raw ?? src).length);
    return token;
  }

  override del(src: string, masked: string, before?: string): Tokens.Del | undefined {
    const token = super.del(src, masked, before);
    if (src.startsWith('~')) this.steps.take(PASSING.emphasis * (token?.raw ?? src).length);
    return token;
  }
}

/** Reads Markdown (GitHub's) in bounded time: throws TooManyMarks for what would take longer, and RangeError for what is nested too deeply. */
export class BoundedLexer extends Lexer {
  readonly #steps: Steps;
  readonly #plain: CountingTokenizer;
  readonly #emphatic: EmphasisCountingTokenizer;

  constructor() {
    const steps = new Steps();
    const plain = new CountingTokenizer(steps);
    super({ gfm: true, tokenizer: plain });
    this.#steps = steps;
    this.#plain = plain;
    this.#emphatic = new EmphasisCountingTokenizer(steps);
    this.#emphatic.rules = plain.rules;
  }

  /** Called for each paragraph, and again for what is within each mark of it. */
  override inlineTokens(text: string, tokens?: Token[]): Token[] {
    const outer = this.#swap(/[*_~]/.test(text) ? this.#emphatic : this.#plain);
    try {
      // Code and links are blotted out first, so that no mark in them counts.
      if (this.tokenizer === this.#emphatic) this.#steps.take(text.length + stepsOfCode(text) + stepsOfLinks(text));
      return super.inlineTokens(text, tokens);
    } finally {
      this.#swap(outer);
    }
  }

  #swap(tokenizer: Tokenizer): Tokenizer {
    const before = this.tokenizer;
    this.tokenizer = tokenizer;
    return before;
  }
}

/** From every backtick that opens no code to the end of the text. Code ends with as many as it begins with; none that is escaped begins any. */
function stepsOfCode(text: string): number {
  const lastOfLength = new Map<number, number>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) lastOfLength.set(run.length, index);
  let steps = 0;
  for (const { 0: run, index } of text.matchAll(/\\[\s\S]|`+/g)) {
    const isOpen = run.startsWith('`') && (lastOfLength.get(run.length) ?? -1) <= index;
    if (isOpen) steps += PASSING.code * (text.length - index);
  }
  return steps;
}

function stepsOfLinks(text: string): number {
  return PASSING.link * (text.split('[').length - 1) * Math.min(text.length, LONGEST_LABEL);
}
