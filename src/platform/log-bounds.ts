/** Of one text, and of all texts of one event together; enough for a stack and what it was about. */
const MAX_TEXT_CHARACTERS = 4_000;
const MAX_EVENT_CHARACTERS = 16_000;
const MAX_ITEMS = 100;
const MAX_DEPTH = 8;

/** A copy of what is logged with an event that stays short, whatever clients and sources put into it. What is left out says so. */
export function boundedEvent(event: object): Record<string, unknown> {
  let left = MAX_EVENT_CHARACTERS;
  const text = (value: string): string => {
    const length = Math.min(MAX_TEXT_CHARACTERS, left);
    left -= Math.min(value.length, length);
    return value.length <= length ? value : `${value.slice(0, length)}… (${value.length} characters)`;
  };
  const bounded = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return '…';
    if (Array.isArray(value)) {
      const items = value.slice(0, MAX_ITEMS).map((item) => bounded(item, depth + 1));
      return value.length <= MAX_ITEMS ? items : [...items, `… (${value.length} items)`];
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    // Dates, errors and the like are written by the log itself.
    return prototype === Object.prototype || prototype === null ? properties(value, depth) : value;
  };
  const properties = (value: object, depth: number): Record<string, unknown> => {
    const entries = Object.entries(value);
    const kept = entries.slice(0, MAX_ITEMS).map(([key, inner]) => [text(key), bounded(inner, depth + 1)] as const);
    return Object.fromEntries(entries.length <= MAX_ITEMS ? kept : [...kept, ['…', `${entries.length} properties`]]);
  };
  return properties(event, 0);
}

/** What JSON lets stand in a text although terminals and readers of lines take it for a sign of theirs: C1 controls, line separators, directions. */
const signs = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** A line of JSON in which such characters are written as escapes; it means the same. */
export function withoutSigns(line: string): string {
  return line.replace(signs, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
