import type { Truth } from '../../platform/truth.ts';

/** Letters of a word that no stemmer of Jira's touches. */
const KEPT_LETTERS = 2;
/**
 * Shorter words may be stop words, which Jira passes over, in one of the languages that a site may index by. Of fifteen of them, as PostgreSQL
 * lists their stop words, the longest in ASCII letters has eleven (`estuvierais`).
 */
const LEAST_LETTERS = 13;

/**
 * Whether Jira's text search would find all the words in a text. It compares stems, by rules of the site's language that nobody tells, so
 * nothing is certain but this: of a long word in ASCII letters the first two stay, and a text without any word that begins so does not have it.
 */
export function findsWords(words: string, text: unknown): Truth {
  if (typeof text !== 'string') return text === null ? false : undefined;
  if (!isPlain(words) || !isPlain(text)) return undefined;
  const beginnings = beginningsIn(text);
  const asked = words.toLowerCase().match(/[a-z]+|[0-9]+/g) ?? [];
  const isMissing = asked.some((word) => word.length >= LEAST_LETTERS && !beginnings.has(word.slice(0, KEPT_LETTERS)));
  return isMissing ? false : undefined;
}

/** Of every part that some tokenizer might take for a word: the letters and digits of `v2` apart and together, and `e-mail` as `email` too. */
function beginningsIn(text: string): ReadonlySet<string> {
  const beginnings = new Set<string>();
  for (const chunk of text.toLowerCase().split(/\s+/)) {
    for (const { index } of chunk.matchAll(/[a-z]+|[0-9]+/g)) {
      beginnings.add(
        chunk
          .slice(index)
          .replace(/[^a-z0-9]/g, '')
          .slice(0, KEPT_LETTERS),
      );
    }
  }
  return beginnings;
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e\s]*$/.test(text);
}
