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

/** Counts the steps of what takes time by the square of the text's length. */
class CountingTokenizer extends Tokenizer {
  #steps = 0;

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MOST_STEPS) throw new TooManyMarks();
  }

  override codespan(src: string): Tokens.Codespan | undefined {
    const token = super.codespan(src);
    if (src.startsWith('`')) this.spend(PASSING.word * (token?.raw ?? src).length);
    return token;
  }

  override inlineText(src: string): Tokens.Text | undefined {
    this.spend(PASSING.word * (beginningOfAddress.exec(src)?.[0].length ?? 0));
    return super.inlineText(src);
  }

  /** What stands above a line of `-` is tried as a table of all lines that follow, and is then a heading. */
  override table(src: string): Tokens.Table | undefined {
    const columns = delimiterRow.exec(src)?.[1];
    if (columns !== undefined) {
      const table = src.slice(0, emptyLine.exec(src)?.index);
      this.spend(PASSING.table * table.length);
      if (/[:|]/.test(columns)) this.spend(CELL * columns.split('|').length * table.split('\n').length);
    }
    return super.table(src);
  }

  /** Whether marks of emphasis are counted from here on; the lexer prepares every text for a tokenizer that does, as if it had some. Gives how it was. */
  countEmphasis(isCounted: boolean): boolean {
    const wasCounted = this.emStrong === this.#emStrong;
    this.emStrong = isCounted ? this.#emStrong : Tokenizer.prototype.emStrong;
    this.del = isCounted ? this.#del : Tokenizer.prototype.del;
    return wasCounted;
  }

  /** An opening mark without an end is compared with all that follow; an underscore within a word opens nothing. */
  readonly #emStrong: Tokenizer['emStrong'] = (src, masked, before) => {
    const token = super.emStrong(src, masked, before);
    const mayOpen =
      this.rules.inline.emStrongLDelim.test(src) && (src.startsWith('*') || !endsWithWord.test(before ?? ''));
    if (mayOpen) this.spend(PASSING.emphasis * (token?.raw ?? src).length);
    return token;
  };

  readonly #del: Tokenizer['del'] = (src, masked, before) => {
    const token = super.del(src, masked, before);
    if (src.startsWith('~')) this.spend(PASSING.emphasis * (token?.raw ?? src).length);
    return token;
  };
}

/** Reads Markdown (GitHub's) in bounded time: throws TooManyMarks for what would take longer, and RangeError for what is nested too deeply. */
export class BoundedLexer extends Lexer {
  readonly #tokenizer: CountingTokenizer;

  constructor() {
    const tokenizer = new CountingTokenizer();
    super({ gfm: true, tokenizer });
    this.#tokenizer = tokenizer;
  }

  /** Called for each paragraph, and again for what is within each mark of it. */
  override inlineTokens(text: string, tokens?: Token[]): Token[] {
    const hasMarks = /[*_~]/.test(text);
    // Code and links are blotted out first, so that no mark in them counts.
    if (hasMarks) this.#tokenizer.spend(text.length + stepsOfCode(text) + stepsOfLinks(text));
    const wasCounted = this.#tokenizer.countEmphasis(hasMarks);
    try {
      return super.inlineTokens(text, tokens);
    } finally {
      this.#tokenizer.countEmphasis(wasCounted);
    }
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
