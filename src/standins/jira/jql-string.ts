const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', ' ': ' ' };

/** The value of an operand as it is written: quotes removed, `\n`, `\t`, `\uXXXX` and escaped characters decoded. */
export function decodeJqlString(text: string): string {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text);
  const inner = quoted?.[2] ?? text;
  return inner.replace(
    /\\(?:u([0-9A-Fa-f]{4})|([\s\S]))/g,
    (_, hex: string | undefined, character: string | undefined) =>
      hex === undefined ? (ESCAPES[character ?? ''] ?? character ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
