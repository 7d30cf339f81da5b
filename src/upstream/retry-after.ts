/**
 * `Retry-After` as whole seconds from `nowMs` (milliseconds since the epoch), never less than told: the header holds seconds or an HTTP date
 * (RFC 9110, 10.2.3). Undefined when it holds neither.
 */
export function parseRetryAfter(header: string | readonly string[] | undefined, nowMs: number): number | undefined {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return Math.ceil(Number(text));
  // A date has letters; without any, lenient parsing would take `-5` or `1e9` for a year.
  const dateMs = /[a-z]/i.test(text) && /\d{4}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, Math.ceil((dateMs - nowMs) / 1_000));
}
