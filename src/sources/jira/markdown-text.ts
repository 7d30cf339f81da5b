/** Markdown (CommonMark with GitHub's tables, strikethrough and task lists) that shows exactly a given text. */

const activeAnywhere = /[\\`*_[\]<>~|]/g;
const bareUrl = /https?:\/\/[^\s<>\\|]+/gi;

/** Escapes what could be read as Markdown anywhere in a line. Line beginnings are `escapeLineStarts`'. */
export function escapeText(text: string): string {
  return oneSpaced(text)
    .replace(activeAnywhere, '\\$&')
    .replace(/&(?=[#a-z])/gi, '\\&')
    .replace(/(https?|ftp):(?=\/\/)/gi, '$1\\:')
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}\\.`);
}

/** The same, and addresses in it become links that show themselves. */
export function escapeTextWithLinks(text: string): string {
  const spaced = oneSpaced(text);
  let markdown = '';
  let end = 0;
  for (const match of spaced.matchAll(bareUrl)) {
    // Punctuation behind an address belongs to the sentence.
    const url = match[0].replace(/[.,;:!?'")\]*_~]+$/, '');
    markdown += `${escapeText(spaced.slice(end, match.index))}<${url}>`;
    end = match.index + url.length;
  }
  return markdown + escapeText(spaced.slice(end));
}

/** Escapes what begins a heading, list, rule or code block at the start of a line, and drops indentation, which means code. */
export function escapeLineStarts(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) =>
      line
        .trimStart()
        .replace(/^[#+=-]/, '\\$&')
        .replace(/^(\d{1,9})([.)])/, '$1\\$2'),
    )
    .join('\n');
}

/** A code span; its fence is longer than any run of backticks inside. */
export function codeSpan(code: string): string {
  const line = code.replace(/\s*[\r\n]+\s*/g, ' ');
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line, /`+/g) + 1);
  const padded = /^`|`$|^ .*[^ ].* $/.test(line) ? ` ${line} ` : line;
  return `${fence}${padded}${fence}`;
}

export function codeBlock(code: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(code, /`+/g) + 1));
  const info = /^[\w+#.-]{1,40}$/.test(language) ? language : '';
  return `${fence}${info}\n${code.replace(/\r\n?/g, '\n')}\n${fence}`;
}

/** Where a link may lead; anything else (`javascript:` …) is shown without being a link. */
export function isSafeUrl(url: string): boolean {
  return /^(?:https?:\/\/|mailto:|\/|#)/i.test(url.trim());
}

/** A link target; characters that would end it are percent-encoded. */
export function linkTarget(url: string): string {
  return url
    .trim()
    .replace(
      /[\s()<>\\|[\]"`]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}

/** An address that shows itself, or its text where it must not be a link. */
export function autolink(url: string): string {
  return /^https?:\/\/[^\s<>\\|]+$/i.test(url) ? `<${url}>` : escapeText(url);
}

function longestRun(text: string, run: RegExp): number {
  return (text.match(run) ?? []).reduce((longest, found) => Math.max(longest, found.length), 0);
}

/** A line break inside a text node is white space to a reader; an empty line would end the paragraph. */
function oneSpaced(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, '\n').replaceAll('\t', ' ');
}
