import type { VariableLimits } from './document-limits.ts';
import { nestedTooDeeply, tooManyValues } from './variable-values.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);
const WHITE_SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Counts the values of a JSON text before it is parsed: to parse a megabyte of brackets or numbers takes as long as hundreds of requests. Ends at
 * the first limit that is broken. Whether the text is JSON shows when it is parsed. Throws OPERATION_TOO_COMPLEX.
 */
export function checkJsonText(text: string, { maxValues, maxNesting }: VariableLimits): void {
  let values = 0;
  let nesting = 0;
  let isEmpty = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (WHITE_SPACE.has(code)) continue;
    if (CLOSE.has(code)) {
      nesting -= 1;
      isEmpty = false;
      continue;
    }
    // The first value of a list or an object has no comma.
    if (isEmpty || code === COMMA) values += 1;
    if (values > maxValues) throw tooManyValues(values, maxValues);
    isEmpty = OPEN.has(code);
    if (isEmpty) {
      // The body itself is the first level.
      if (nesting > maxNesting) throw nestedTooDeeply(nesting, maxNesting);
      nesting += 1;
    }
    if (code === QUOTE) at = endOfText(text, at);
  }
}

/** Where a text that begins at `start` ends. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
}
